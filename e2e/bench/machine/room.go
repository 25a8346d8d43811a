// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package machine

import (
	"errors"
	"fmt"
)

// Unknown is a number that the system does not tell.
const Unknown = -1

// Room is memory and disk, in bytes.
type Room struct {
	Memory, Disk int64
}

// Check returns an error that says what is missing, all of it at once. What the
// system does not tell is taken for enough.
func Check(need, free Room) error {
	return errors.Join(check("memory", need.Memory, free.Memory), check("disk", need.Disk, free.Disk))
}

func check(what string, need, free int64) error {
	if free == Unknown || free >= need {
		return nil
	}
	return fmt.Errorf("%s: %s is needed and %s is free: %s is missing", what, Size(need), Size(free), Size(need-free))
}

// Size writes a number of bytes for people.
func Size(n int64) string {
	switch {
	case n >= 10<<30:
		return fmt.Sprintf("%d GiB", (n+1<<29)>>30)
	case n >= 1<<30:
		return fmt.Sprintf("%.1f GiB", float64(n)/(1<<30))
	default:
		return fmt.Sprintf("%d MiB", (n+1<<19)>>20)
	}
}
