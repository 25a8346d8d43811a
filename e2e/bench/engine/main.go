// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

// Command engine is Conduit with the connector built in, and with the two ends
// that the benchmark needs: a destination that only counts, and a source that
// hands out prepared records. It runs one pipeline and ends when the records
// are through.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"

	"github.com/conduitio/conduit-connector-s3/e2e/bench/job"
	"github.com/conduitio/conduit/pkg/conduit"
)

func main() { job.Main(do) }

func do(ctx context.Context, j job.Job) (job.Result, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var ends ends
	var from, to connector
	switch j.Kind {
	case job.SourceEngine:
		counter, err := job.NewCounter(j)
		if err != nil {
			return job.Result{}, err
		}
		ends.sink = &sink{counter: counter, end: cancel}
		from, to = connector{"builtin:s3", j.Settings}, connector{"builtin:sink", nil}
	case job.DestinationEngine:
		ends.feed = newFeed(j, cancel)
		from, to = connector{"builtin:feed", nil}, connector{"builtin:s3", j.Settings}
	default:
		return job.Result{}, fmt.Errorf("unknown kind of job %q", j.Kind)
	}
	if err := run(ctx, j.Dir, ends, from, to); err != nil {
		return job.Result{}, err
	}
	// A pipeline that fails is restarted, or ends without an error of its own;
	// only the ends know whether all records came through.
	if err := context.Cause(ctx); !errors.Is(err, errDone) && !errors.Is(err, context.Canceled) {
		return job.Result{}, err
	}
	return ends.result(), nil
}

// errDone ends the engine when all records are through.
var errDone = errors.New("all records are through")

// run runs Conduit, as it comes but without its API, until ctx ends. What is in
// its way when it stops is not waited for.
func run(ctx context.Context, dir string, ends ends, from, to connector) error {
	file := filepath.Join(dir, "pipeline.yaml")
	if err := writePipeline(file, from, to); err != nil {
		return err
	}
	cfg := conduit.DefaultConfigWithBasePath(dir)
	cfg.API.Enabled = false
	cfg.Log.Level, cfg.Log.Format = "warn", "json"
	cfg.Pipelines.Path = file
	cfg.Pipelines.ExitOnDegraded = true
	cfg.Pipelines.ErrorRecovery.MaxRetries = 0
	// Conduit's own stay: the connector is one of them, and every pipeline has a
	// dead-letter queue that needs another.
	cfg.ConnectorPlugins = maps.Clone(cfg.ConnectorPlugins)
	cfg.ConnectorPlugins["sink"], cfg.ConnectorPlugins["feed"] = ends.sinkConnector(), ends.feedConnector()
	runtime, err := conduit.NewRuntime(cfg)
	if err != nil {
		return fmt.Errorf("set Conduit up: %w", err)
	}
	ended := make(chan error, 1)
	go func() { ended <- runtime.Run(ctx) }()
	select {
	case err := <-ended:
		if err == nil || ctx.Err() == nil {
			return fmt.Errorf("conduit ended before the records were through: %w", err)
		}
		return nil
	case <-ctx.Done():
		return nil
	}
}

// connector is one end of a pipeline.
type connector struct {
	plugin   string
	settings map[string]string
}

// writePipeline writes a pipeline file. JSON is YAML too.
func writePipeline(path string, from, to connector) error {
	type entry map[string]any
	text, err := json.Marshal(entry{"version": "2.2", "pipelines": []entry{{
		"id": "benchmark", "status": "running", "connectors": []entry{
			{"id": "source", "type": "source", "plugin": from.plugin, "settings": from.settings},
			{"id": "destination", "type": "destination", "plugin": to.plugin, "settings": to.settings},
		},
	}}})
	if err != nil {
		return err
	}
	return os.WriteFile(path, text, 0o600)
}
