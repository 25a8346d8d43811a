// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package columns

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"time"

	"github.com/duckdb/duckdb-go/v2"
)

// readDuckDB reads a file with DuckDB, and the types of its columns.
func readDuckDB(t tester, db *sql.DB, directory string, file []byte) ([]map[string]any, map[string]string) {
	t.Helper()
	// A name of its own: DuckDB keeps what it has read of a file in memory.
	path := filepath.Join(directory, fmt.Sprintf("%x.parquet", sha256.Sum256(file)))
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatalf("write: %v", err)
	}
	return query(t, db, fmt.Sprintf("SELECT * FROM read_parquet('%s')", path))
}

func query(t tester, db *sql.DB, text string) ([]map[string]any, map[string]string) {
	t.Helper()
	rows, types, err := rowsOf(t.Context(), db, text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return rows, types
}

// rowsOf returns the rows that a query finds, and the types of its columns.
func rowsOf(ctx context.Context, db *sql.DB, text string) ([]map[string]any, map[string]string, error) {
	result, err := db.QueryContext(ctx, text)
	if err != nil {
		return nil, nil, err
	}
	defer result.Close()
	columns, err := result.ColumnTypes()
	if err != nil {
		return nil, nil, err
	}
	types := map[string]string{}
	for _, c := range columns {
		types[c.Name()] = c.DatabaseTypeName()
	}
	var rows []map[string]any
	for result.Next() {
		values, pointers := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			pointers[i] = &values[i]
		}
		if err := result.Scan(pointers...); err != nil {
			return nil, nil, err
		}
		row := map[string]any{}
		for i, c := range columns {
			row[c.Name()] = duckValue(values[i])
		}
		rows = append(rows, row)
	}
	return rows, types, result.Err()
}

func duckValue(v any) any {
	switch v := v.(type) {
	case int32:
		return number(int64(v))
	case int64:
		return number(v)
	case *big.Int:
		return new(big.Rat).SetInt(v)
	case float32:
		return float64(v)
	case duckdb.Decimal:
		return ratio(v.Value, int(v.Scale))
	case duckdb.UUID:
		return uuidText(v[:])
	case map[string]any:
		fields := map[string]any{}
		for name, value := range v {
			if value != nil {
				fields[name] = duckValue(value)
			}
		}
		return fields
	case duckdb.Map:
		values := map[string]any{}
		for name, value := range v {
			values[name.(string)] = duckValue(value)
		}
		return values
	case []any:
		items := []any{}
		for _, item := range v {
			items = append(items, duckValue(item))
		}
		return items
	case time.Time:
		if v.Year() == 1 { // a time of day
			return v.Sub(time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC))
		}
		return v
	default:
		return v
	}
}
