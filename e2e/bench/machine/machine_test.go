// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package machine_test

import (
	"strings"
	"testing"

	"github.com/conduitio/conduit-connector-s3/e2e/bench/machine"
	"gotest.tools/v3/assert"
)

const gib = 1 << 30

func TestCheck_Enough(t *testing.T) {
	assert.NilError(t, machine.Check(machine.Room{Memory: gib, Disk: gib}, machine.Room{Memory: gib, Disk: 2 * gib}))
}

func TestCheck_NamesAllThatIsMissing(t *testing.T) {
	err := machine.Check(machine.Room{Memory: 3 * gib, Disk: 2 * gib}, machine.Room{Memory: gib, Disk: gib / 2})
	assert.Error(t, err, "memory: 3.0 GiB is needed and 1.0 GiB is free: 2.0 GiB is missing\n"+
		"disk: 2.0 GiB is needed and 512 MiB is free: 1.5 GiB is missing")
}

func TestCheck_UnknownIsEnough(t *testing.T) {
	free := machine.Room{Memory: machine.Unknown, Disk: machine.Unknown}
	assert.NilError(t, machine.Check(machine.Room{Memory: gib, Disk: gib}, free))
}

func TestDescribe_ThisMachine(t *testing.T) {
	m := machine.Describe()
	assert.Check(t, m.Cores > 0)
	assert.Check(t, strings.Contains(m.String(), "cores"), m.String())
	assert.Check(t, strings.Contains(m.String(), "go1."), m.String())
}
