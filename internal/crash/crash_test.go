// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package crash_test

import (
	"errors"
	"testing"

	"github.com/conduitio/conduit-connector-s3/internal/crash"
	"gotest.tools/v3/assert"
)

func TestCatch_ReturnsTheError(t *testing.T) {
	assert.NilError(t, crash.Catch(func() error { return nil }))
	want := errors.New("said")
	assert.Check(t, errors.Is(crash.Catch(func() error { return want }), want))
}

// byName indexes nothing.
func byName(names []string, i int) string { return names[i] }

func TestCatch_PanicIsAnErrorWithItsPlace(t *testing.T) {
	for name, do := range map[string]func() error{
		"said":           func() error { panic("too many") },
		"of the runtime": func() error { return errors.New(byName(nil, 7)) },
	} {
		t.Run(name, func(t *testing.T) {
			err := crash.Catch(do)
			assert.Check(t, errors.Is(err, crash.ErrPanic))
			assert.ErrorContains(t, err, "crash_test.")
		})
	}
}
