// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package process

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// ErrEnded means that the program ended before it was ready.
var ErrEnded = errors.New("ended before it was ready")

// Ready waits until url answers 200. It gives up when the program or ctx ends.
func (p *Process) Ready(ctx context.Context, url string) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		if answers(ctx, url) {
			return nil
		}
		select {
		case <-tick.C:
		case <-p.done:
			return fmt.Errorf("%s %w: %s", p.cmd.Path, ErrEnded, p.cmd.ProcessState)
		case <-ctx.Done():
			return fmt.Errorf("wait for %s: %w", url, context.Cause(ctx))
		}
	}
}

func answers(ctx context.Context, url string) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return false
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	_ = res.Body.Close()
	return res.StatusCode == http.StatusOK
}
