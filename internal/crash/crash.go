// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

// Package crash turns panics into errors. It is for the few places where a
// library works on what strangers wrote, in a goroutine of ours: a panic there
// would end Conduit with all of its pipelines, if the connector is built in.
package crash

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
)

// ErrPanic is the error of a function that panicked.
var ErrPanic = errors.New("unexpected failure, please report it")

// Catch calls do and returns its error. If do panics, the error is ErrPanic, with
// the value of the panic and the line where it happened. What do had begun is
// then half done, so nothing that it changed may be used again.
func Catch(do func() error) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = fmt.Errorf("%w: %v (%s)", ErrPanic, value, place())
		}
	}()
	return do()
}

// place returns where the panic happened that is being recovered from.
func place() string {
	var callers [64]uintptr
	frames := runtime.CallersFrames(callers[:runtime.Callers(1, callers[:])])
	panicked := false
	for {
		frame, more := frames.Next()
		inRuntime := strings.HasPrefix(frame.Function, "runtime.")
		if panicked && !inRuntime {
			return fmt.Sprintf("%s:%d", frame.Function, frame.Line)
		}
		panicked = panicked || inRuntime
		if !more {
			return "unknown place"
		}
	}
}
