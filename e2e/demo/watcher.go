// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/e2e/internal/objects"
)

// watcher shows the objects that the destination writes.
type watcher struct {
	out     io.Writer
	client  *s3.Client
	seen    map[string]bool // keys of objects
	records []opencdc.Record
}

// until shows objects as they appear, until they hold n records in all.
func (w *watcher) until(ctx context.Context, n int) error {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		if err := w.look(ctx); err != nil {
			return err
		}
		if len(w.records) >= n {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("wait for %d records, have %d: %w", n, len(w.records), context.Cause(ctx))
		}
	}
}

// look shows what is new. The bucket of the demo fits in one page.
func (w *watcher) look(ctx context.Context) error {
	page, err := w.client.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: &archive})
	if err != nil {
		return fmt.Errorf("list %q: %w", archive, err)
	}
	for _, entry := range page.Contents {
		if w.seen[*entry.Key] {
			continue
		}
		records, err := w.read(ctx, *entry.Key)
		if err != nil {
			return err
		}
		w.seen[*entry.Key] = true
		w.records = append(w.records, records...)
		fmt.Fprintf(w.out, "  wrote %s/%s  %d bytes: %s\n", archive, *entry.Key, *entry.Size, tally(records))
	}
	return nil
}

func (w *watcher) read(ctx context.Context, key string) ([]opencdc.Record, error) {
	res, err := w.client.GetObject(ctx, &s3.GetObjectInput{Bucket: &archive, Key: &key})
	if err != nil {
		return nil, fmt.Errorf("get %q: %w", key, err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, fmt.Errorf("read %q: %w", key, err)
	}
	records, err := objects.ReadParquet(body)
	if err != nil {
		return nil, fmt.Errorf("decode %q: %w", key, err)
	}
	return records, nil
}

// operations are all that there are, in the order in which they are told.
var operations = []opencdc.Operation{
	opencdc.OperationSnapshot, opencdc.OperationCreate, opencdc.OperationUpdate, opencdc.OperationDelete,
}

// tally counts the records by operation, like "2 create, 1 delete".
func tally(records []opencdc.Record) string {
	var counts []string
	for _, operation := range operations {
		n := 0
		for _, r := range records {
			if r.Operation == operation {
				n++
			}
		}
		if n > 0 {
			counts = append(counts, fmt.Sprintf("%d %s", n, operation))
		}
	}
	return strings.Join(counts, ", ")
}

// rows is how many rows of the Parquet are shown.
const rows = 8

// report shows the last records as a table.
func (w *watcher) report() error {
	fmt.Fprintf(w.out, "\n%d records in %d Parquet objects: %s. The last %d rows, read back:\n\n",
		len(w.records), len(w.seen), tally(w.records), rows)
	table := tabwriter.NewWriter(w.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "OPERATION\tKEY\tLAST MODIFIED\tSIZE\tPAYLOAD.AFTER")
	for _, r := range w.records[max(0, len(w.records)-rows):] {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", r.Operation, r.Key.Bytes(),
			r.Metadata["s3.lastModified"], cmp.Or(r.Metadata["s3.size"], "-"), payload(r))
	}
	return table.Flush()
}

func payload(r opencdc.Record) string {
	if r.Payload.After == nil {
		return "-"
	}
	return string(r.Payload.After.Bytes())
}
