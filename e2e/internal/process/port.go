// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package process

import (
	"fmt"
	"net"
)

// FreeAddress returns an address on the loopback interface that nothing
// listens on. Another process may take it before the caller does, so the
// caller has to be ready to try again.
func FreeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("look for a free port: %w", err)
	}
	return l.Addr().String(), l.Close()
}
