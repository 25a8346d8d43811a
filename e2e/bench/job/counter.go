// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package job

import (
	"os"
	"time"
)

// Counter keeps what a reader of records has to report. It is not safe for
// concurrent use.
type Counter struct {
	job    Job
	result Result
}

// NewCounter returns a counter that has seen no records. It makes the job's
// Ready file at once if none are to come before.
func NewCounter(j Job) (*Counter, error) {
	c := &Counter{job: j}
	if j.Times {
		c.result.Came = map[string]time.Time{}
	}
	return c, c.ready()
}

// Add counts a record that has just come.
func (c *Counter) Add(key string, size int) error {
	c.result.Records++
	c.result.Bytes += int64(size)
	if c.result.Records == c.job.Records || c.job.Times {
		c.result.Ended = time.Now()
	}
	if c.job.Times && c.result.Records > c.job.Before {
		c.result.Came[key] = c.result.Ended
	}
	return c.ready()
}

// Done tells whether all records have come.
func (c *Counter) Done() bool { return c.job.Records > 0 && c.result.Records >= c.job.Records }

// Result returns what was counted.
func (c *Counter) Result() Result { return c.result }

func (c *Counter) ready() error {
	if c.job.Ready == "" || c.result.Records != c.job.Before {
		return nil
	}
	return os.WriteFile(c.job.Ready, nil, 0o600)
}
