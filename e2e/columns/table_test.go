// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package columns

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/internal/format"
)

// judge reads folders of Parquet as one table with each engine.
type judge struct {
	duckDB *sql.DB
	polars *polars
	folder string
	tables int
}

func newJudge(t *testing.T) *judge {
	t.Helper()
	db := openDuckDB(t)
	db.SetMaxOpenConns(1) // which has the temporary table
	return &judge{duckDB: db, polars: openPolars(t), folder: t.TempDir()}
}

// batch is the records of one flush. A restart before it loses what the encoder
// knows.
type batch struct {
	records []opencdc.Record
	restart bool
}

// check writes batches and returns what is wrong with the table that engines
// read, in the order of the files and in the opposite one: an error of the engine, a
// value that is not what was written, or a predicate that hides a row.
func (j *judge) check(ctx context.Context, opts format.Options, batches []batch) error {
	files, recs, err := written(opts, batches)
	if err != nil {
		return fmt.Errorf("write: %w", err)
	}
	return j.checkFiles(ctx, opts.Layout, files, recs)
}

// checkFiles is check for files that are written.
func (j *judge) checkFiles(ctx context.Context, layout string, files [][]byte, recs []opencdc.Record) error {
	for _, order := range []string{"first to last", "last to first"} {
		if err := j.checkOrder(ctx, layout, files, recs); err != nil {
			return fmt.Errorf("%s: %w", order, err)
		}
		slices.Reverse(files)
	}
	return nil
}

// written returns the files of batches, and all of their records.
func written(opts format.Options, batches []batch) (files [][]byte, recs []opencdc.Record, err error) {
	var encoder format.Encoder
	for _, b := range batches {
		if encoder == nil || b.restart {
			if encoder, err = format.New(opts); err != nil {
				return nil, nil, err
			}
		}
		for _, rec := range b.records {
			if err := encoder.Check(rec); err != nil {
				return nil, nil, err
			}
		}
		groups := encoder.Groups(b.records)
		tables := encoder.Tables(b.records, groups)
		for g, group := range groups {
			members := make([]opencdc.Record, len(group))
			for i, at := range group {
				members[i] = b.records[at]
			}
			var file bytes.Buffer
			if err := encoder.Encode(&file, members, tables[g]); err != nil {
				return nil, nil, err
			}
			files = append(files, file.Bytes())
		}
		recs = append(recs, b.records...)
	}
	return files, recs, nil
}

func (j *judge) checkOrder(ctx context.Context, layout string, files [][]byte, recs []opencdc.Record) error {
	j.tables++ // DuckDB keeps what it has read of a file in memory
	folder := filepath.Join(j.folder, fmt.Sprint(j.tables))
	if err := os.Mkdir(folder, 0o700); err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	var paths []string
	for i, file := range files {
		paths = append(paths, filepath.Join(folder, fmt.Sprintf("%04d.parquet", i)))
		if err := os.WriteFile(paths[i], file, 0o600); err != nil {
			return err
		}
	}

	rows, columns, err := arrowTable(ctx, files)
	if err := cmpRows(layout, rows, recs, err); err != nil {
		return fmt.Errorf("arrow: %w", err)
	}
	leaves := columns.someLeaves()
	if err := j.checkDuckDB(ctx, layout, paths, columns, leaves, recs); err != nil {
		return fmt.Errorf("duckdb: %w", err)
	}
	if err := j.checkPolars(ctx, layout, folder, leaves, recs); err != nil {
		return fmt.Errorf("polars: %w", err)
	}
	return nil
}

func (j *judge) checkDuckDB(ctx context.Context, layout string, paths []string, columns tableColumns, leaves []leaf, recs []opencdc.Record) error {
	table := fmt.Sprintf("read_parquet(['%s'], union_by_name = true)", strings.Join(paths, "','"))
	rows, _, err := rowsOf(ctx, j.duckDB, "SELECT * FROM "+table)
	if err := cmpRows(layout, rows, recs, err); err != nil {
		return err
	}
	safe, err := columns.safeInDuckDB(leaves)
	if err != nil {
		return err
	}
	return checkPredicates(ctx, j.duckDB, table, safe)
}

func (j *judge) checkPolars(ctx context.Context, layout, folder string, leaves []leaf, recs []opencdc.Record) error {
	out := folder + ".out.parquet"
	defer func() { _ = os.Remove(out) }()
	if err := j.polars.read(folder, out, leaves); err != nil {
		return err
	}
	rows, _, err := rowsOf(ctx, j.duckDB, fmt.Sprintf("SELECT * FROM read_parquet('%s')", out))
	return cmpRows(layout, rows, recs, err)
}

// cmpRows returns an error if rows are not those of recs, in any order.
func cmpRows(layout string, rows []map[string]any, recs []opencdc.Record, err error) error {
	if err != nil {
		return err
	}
	if len(rows) != len(recs) {
		return fmt.Errorf("values: %d rows of %d records", len(rows), len(recs))
	}
	found := map[string]map[string]any{}
	for _, row := range rows {
		rec, err := reassemble(layout, row)
		if err != nil {
			return fmt.Errorf("names: %w", err)
		}
		found[string(rec["position"].([]byte))] = rec
	}
	for _, rec := range recs {
		got := found[string(rec.Position)]
		for field, want := range wanted(layout, rec) {
			if !agree(got[field], want) {
				return fmt.Errorf("values: record %s: %s is %s, not %s", rec.Position, field, brief(got[field]), brief(want))
			}
		}
	}
	return nil
}

func wanted(layout string, rec opencdc.Record) map[string]any {
	metadata := map[string]any{}
	for name, value := range rec.Metadata {
		metadata[name] = value
	}
	want := map[string]any{
		"operation": rec.Operation.String(), "position": []byte(rec.Position), "metadata": metadata, "key": data(rec.Key),
	}
	if layout == format.Envelope {
		want["before"], want["after"] = data(rec.Payload.Before), data(rec.Payload.After)
		return want
	}
	state := data(rec.Payload.After)
	if rec.Operation == opencdc.OperationDelete {
		state = data(rec.Payload.Before)
	}
	if fields, ok := state.(map[string]any); ok && len(fields) == 0 {
		state = nil // a row whose columns are all null
	}
	want["state"] = state
	return want
}

func data(d opencdc.Data) any {
	if d == nil {
		return nil
	}
	return canonical(d)
}

func brief(v any) string {
	text := fmt.Sprint(v)
	if len(text) > 200 {
		text = text[:200] + "…"
	}
	return text
}
