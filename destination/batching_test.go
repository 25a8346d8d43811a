// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package destination

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/conduitio/conduit-commons/config"
	"github.com/conduitio/conduit-connector-s3/internal/s3test"
	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
)

func TestBatch_WhatEndsIt(t *testing.T) {
	for name, test := range map[string]struct {
		size, delay   string
		before, after []int // sizes of the objects, right before and after the delay
	}{
		"a short delay: time":                            {"2", "2s", nil, []int{2, 1}},
		"a long delay: size, or else time":               {"2", "3s", []int{2}, []int{2, 1}},
		"no size and a short delay: time":                {"0", "2s", nil, []int{3}},
		"no size and a long delay: time as well":         {"0", "10s", nil, []int{3}},
		"no size and no delay: each batch of the source": {"0", "0", []int{1, 1, 1}, []int{1, 1, 1}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := newServer(s3test.Config{})
				p := start(t, server, config.Config{ConfigSdkBatchSize: test.size, ConfigSdkBatchDelay: test.delay})
				defer p.end()
				delay, err := time.ParseDuration(test.delay)
				assert.NilError(t, err)

				p.send(numbered(0, 3))
				checkSizes(t, server, delay, test.before, test.after)
			})
		})
	}
}

// checkSizes checks the sizes of the objects right before and after a delay.
func checkSizes(t *testing.T, server *s3test.Server, delay time.Duration, before, after []int) {
	t.Helper()
	pass(max(delay-1, 0))
	synctest.Wait()
	_, sizes := positions(t, server)
	assert.Check(t, is.DeepEqual(sizes, before), "before")
	pass(time.Second)
	_, sizes = positions(t, server)
	assert.Check(t, is.DeepEqual(sizes, after), "after")
}
