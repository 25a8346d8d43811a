// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package columns

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/conduitio/conduit-connector-s3/e2e/internal/build"
	"gotest.tools/v3/assert"
)

// polars is Polars in a process of Node.js, which runs testdata/polars.js.
type polars struct {
	in      io.Writer
	answers *bufio.Scanner
}

func openPolars(t *testing.T) *polars {
	t.Helper()
	module, err := build.Polars(t.Context(), os.Stderr)
	assert.NilError(t, err)
	cmd := exec.Command("node", filepath.Join("testdata", "polars.js"), module)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	assert.NilError(t, err)
	out, err := cmd.StdoutPipe()
	assert.NilError(t, err)
	assert.NilError(t, cmd.Start())
	t.Cleanup(func() {
		_ = in.Close()
		_ = cmd.Wait()
	})
	answers := bufio.NewScanner(out)
	answers.Buffer(nil, 16<<20)
	return &polars{in: in, answers: answers}
}

// read makes Polars read a folder as one table and write that to the file out. It
// returns an error if Polars can't, or if a predicate about one of the leaves does
// not find a row that is there.
func (p *polars) read(folder, out string, leaves []leaf) error {
	if err := json.NewEncoder(p.in).Encode(map[string]any{"folder": folder, "out": out, "leaves": leaves}); err != nil {
		return err
	}
	if !p.answers.Scan() {
		return fmt.Errorf("node ended: %w", errors.Join(p.answers.Err(), io.ErrUnexpectedEOF))
	}
	var answer struct {
		Error string
		Lost  []string
	}
	if err := json.Unmarshal(p.answers.Bytes(), &answer); err != nil {
		return err
	}
	switch {
	case answer.Error != "":
		return errors.New(strings.SplitN(answer.Error, "\n", 2)[0])
	case len(answer.Lost) > 0:
		return fmt.Errorf("predicates hide rows: %s", strings.Join(answer.Lost, "; "))
	default:
		return nil
	}
}
