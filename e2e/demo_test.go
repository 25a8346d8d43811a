// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"bufio"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"gotest.tools/v3/assert"
	"gotest.tools/v3/assert/cmp"
	"gotest.tools/v3/poll"
)

// TestDemo runs the demo as its make target does and reads what it prints.
func TestDemo(t *testing.T) {
	t.Parallel()
	text, err := exec.CommandContext(t.Context(), "go", "run", "./demo").CombinedOutput()
	assert.NilError(t, err, "%s", text)
	for _, want := range []string{
		`(?m)^  wrote archive/orders/\S+\.parquet  \d+ bytes: 5 snapshot$`,
		`(?m)^  delete  2026/order-4\.json$`,
		`(?m)^Conduit stopped in \S+s\.$`,
		`(?m)^11 records in \d+ Parquet objects: 5 snapshot, 3 create, 2 update, 1 delete\.`,
		`(?m)^OPERATION  KEY +LAST MODIFIED +SIZE  PAYLOAD\.AFTER$`,
		`(?m)^update +2026/order-2\.json  \S+ +46 +\{"id":2,"customer":"Grace","status":"shipped"\}$`,
		`(?m)^delete +2026/order-4\.json  \S+ +- +-$`,
		`(?m)^All stopped after \S+; nothing is left running\.$`,
	} {
		assert.Check(t, regexp.MustCompile(want).Match(text), "no %s in:\n%s", want, text)
	}
	waitUntilGone(t, string(text))
}

// TestDemo_Killed kills the demo in the middle, which leaves nothing running
// either.
func TestDemo_Killed(t *testing.T) {
	t.Parallel()
	binary := filepath.Join(t.TempDir(), "demo")
	text, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "./demo").CombinedOutput()
	assert.NilError(t, err, "%s", text)

	cmd := exec.CommandContext(t.Context(), binary)
	cmd.Env = append(os.Environ(), "TMPDIR="+t.TempDir())
	out, err := cmd.StdoutPipe()
	assert.NilError(t, err)
	assert.NilError(t, cmd.Start())
	var printed strings.Builder
	for lines := bufio.NewScanner(out); lines.Scan(); {
		printed.WriteString(lines.Text() + "\n")
		if strings.HasPrefix(lines.Text(), "Conduit runs") {
			break
		}
	}
	assert.NilError(t, cmd.Process.Kill())
	assert.Check(t, cmd.Wait() != nil)
	waitUntilGone(t, printed.String())
}

// waitUntilGone waits until nothing listens where the demo said that MinIO and
// Conduit do.
func waitUntilGone(t *testing.T, printed string) {
	t.Helper()
	matches := regexp.MustCompile(`listens on http://(\S+)`).FindAllStringSubmatch(printed, -1)
	assert.Assert(t, cmp.Len(matches, 2), printed)
	for _, match := range matches {
		poll.WaitOn(t, func(poll.LogT) poll.Result {
			conn, err := net.Dial("tcp", match[1])
			if err != nil {
				return poll.Success()
			}
			_ = conn.Close()
			return poll.Continue("something listens on %s", match[1])
		}, poll.WithTimeout(10*time.Second))
	}
}
