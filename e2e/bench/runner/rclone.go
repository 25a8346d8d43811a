// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/conduitio/conduit-connector-s3/e2e/bench/job"
	"github.com/conduitio/conduit-connector-s3/e2e/internal/process"
	"github.com/conduitio/conduit-connector-s3/source"
)

// Rclone copies a bucket into a folder with rclone, 16 objects at a time, and
// removes the folder again. settings are the connector's. rclone does not ask
// for the times that it would have stored itself, which takes a request for each
// object.
func (r *Runner) Rclone(ctx context.Context, settings map[string]string) (job.Result, error) {
	r.started++
	dir := filepath.Join(r.Dir, fmt.Sprintf("run-%04d", r.started))
	copied := filepath.Join(dir, "copied")
	if err := os.MkdirAll(copied, 0o700); err != nil {
		return job.Result{}, err
	}
	defer os.RemoveAll(copied)
	cmd := exec.Command(r.Programs.Rclone, "copy", "--config", "", "--transfers", "16", "--checkers", "16", "--use-server-modtime",
		"store:"+settings[source.ConfigAwsBucket], copied)
	cmd.Dir = dir
	cmd.Env = append(environment(dir),
		"RCLONE_CONFIG_STORE_TYPE=s3",
		"RCLONE_CONFIG_STORE_PROVIDER=Other",
		"RCLONE_CONFIG_STORE_LIST_VERSION=2",
		"RCLONE_CONFIG_STORE_ACCESS_KEY_ID="+settings[source.ConfigAwsAccessKeyId],
		"RCLONE_CONFIG_STORE_SECRET_ACCESS_KEY="+settings[source.ConfigAwsSecretAccessKey],
		"RCLONE_CONFIG_STORE_REGION="+settings[source.ConfigAwsRegion],
		"RCLONE_CONFIG_STORE_ENDPOINT="+settings[source.ConfigAwsEndpoint],
	)
	p, err := process.Start(cmd, filepath.Join(dir, "log"))
	if err != nil {
		return job.Result{}, err
	}
	result, err := watch(ctx, p, cmd)
	if err != nil {
		return job.Result{}, fmt.Errorf("rclone: %w\n%s", err, p.Log())
	}
	entries, err := os.ReadDir(filepath.Join(copied, "orders"))
	result.Records = len(entries)
	return result, err
}

// watch looks at the memory of a foreign program until it has ended.
func watch(ctx context.Context, p *process.Process, cmd *exec.Cmd) (job.Result, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, deadline, errDeadline)
	defer cancel()
	var result job.Result
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			result.Peak = max(result.Peak, job.Peak(cmd.Process.Pid))
		case <-p.Done():
			result.Ended = time.Now()
			if !cmd.ProcessState.Success() {
				return result, errors.New(cmd.ProcessState.String())
			}
			return result, nil
		case <-ctx.Done():
			p.Kill()
			return result, context.Cause(ctx)
		}
	}
}
