// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package columns

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
)

// How many columns of a table are asked for with predicates, and how many of a
// wide one, where each takes long.
const (
	maxLeaves     = 8
	maxWideLeaves = 3
)

// leaf is a column that is neither a struct nor a list.
type leaf struct {
	Path    []string `json:"path"`
	Compare bool     `json:"compare"` // Polars for Node.js can compare its values
}

func leavesOf(around []string, fields []arrow.Field) []leaf {
	var leaves []leaf
	for _, f := range fields {
		path := append(slices.Clone(around), f.Name)
		switch typ := f.Type.(type) {
		case *arrow.StructType:
			leaves = append(leaves, leavesOf(path, typ.Fields())...)
		case *arrow.ListType, *arrow.MapType:
		case *arrow.Int32Type, *arrow.Int64Type, *arrow.Float32Type, *arrow.Float64Type, *arrow.StringType, *arrow.BooleanType:
			leaves = append(leaves, leaf{path, true})
		default:
			leaves = append(leaves, leaf{path, false})
		}
	}
	return leaves
}

// sql is the column as DuckDB names it.
func (l leaf) sql() string {
	var names []string
	for _, name := range l.Path {
		names = append(names, `"`+strings.ReplaceAll(name, `"`, `""`)+`"`)
	}
	return strings.Join(names, ".")
}

// someLeaves returns leaves from all over the table, and not too many.
func (c tableColumns) someLeaves() []leaf {
	all := leavesOf(nil, c.fields)
	most := maxLeaves
	if len(all) > 100 {
		most = maxWideLeaves
	}
	step := (len(all) + most - 1) / most
	var some []leaf
	for i := 0; i < len(all); i += step {
		some = append(some, all[i])
	}
	return some
}

// safeInDuckDB returns the leaves that DuckDB can compare. It fails, and its
// database with it, where a struct is missing as a whole in one of the files: see
// TestDuckDB_StructThatAFileDoesNotHave. A field of a payload may be missing in the
// layout flat; of the other columns that is an error.
func (c tableColumns) safeInDuckDB(leaves []leaf) ([]leaf, error) {
	var safe []leaf
	for _, l := range leaves {
		switch name := l.Path[0]; {
		case len(l.Path) == 1 || c.in[name] == c.files:
			safe = append(safe, l)
		case name == "key" || name == "_key" || name == "payload":
			return nil, fmt.Errorf("missing: %d of %d files do not have %s, and comparisons with its fields end in an internal error", c.files-c.in[name], c.files, name)
		}
	}
	return safe, nil
}

// checkPredicates returns an error if a predicate does not find all rows of a
// table that it holds for. What it holds for is found in a copy, without the
// statistics of the files.
func checkPredicates(ctx context.Context, db *sql.DB, table string, leaves []leaf) error {
	if _, err := db.ExecContext(ctx, "CREATE OR REPLACE TEMP TABLE copied AS SELECT * FROM "+table); err != nil {
		return err
	}
	var lost []string
	for _, leaf := range leaves {
		predicates, err := predicatesOf(ctx, db, leaf.sql())
		if err != nil {
			return fmt.Errorf("%s: %w", leaf.sql(), err)
		}
		for _, p := range predicates {
			var found, there int
			text := fmt.Sprintf("SELECT (SELECT count(*) FROM %s WHERE %s), (SELECT count(*) FROM copied WHERE %s)", table, p, p)
			if err := db.QueryRowContext(ctx, text).Scan(&found, &there); err != nil {
				return fmt.Errorf("%s: %w", p, err)
			}
			if found != there {
				lost = append(lost, fmt.Sprintf("%s: %d rows of %d", p, found, there))
			}
		}
	}
	if lost != nil {
		return fmt.Errorf("predicates hide rows: %s", strings.Join(lost, "; "))
	}
	return nil
}

// predicatesOf returns predicates about a column, made of values in it.
func predicatesOf(ctx context.Context, db *sql.DB, leaf string) ([]string, error) {
	text := fmt.Sprintf(`SELECT v::VARCHAR AS v, typeof(v) AS t FROM (
		(SELECT DISTINCT %[1]s AS v FROM copied WHERE %[1]s IS NOT NULL ORDER BY v LIMIT 1) UNION
		(SELECT DISTINCT %[1]s AS v FROM copied WHERE %[1]s IS NOT NULL ORDER BY v DESC LIMIT 1))`, leaf)
	values, _, err := rowsOf(ctx, db, text)
	predicates := []string{leaf + " IS NULL", leaf + " IS NOT NULL"}
	for _, row := range values {
		value := fmt.Sprintf("'%s'::%s", strings.ReplaceAll(row["v"].(string), "'", "''"), row["t"])
		for _, operator := range []string{"=", "<", ">"} {
			predicates = append(predicates, fmt.Sprintf("%s %s %s", leaf, operator, value))
		}
	}
	return predicates, err
}
