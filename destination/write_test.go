// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package destination

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/conduitio/conduit-commons/config"
	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"github.com/conduitio/conduit-connector-s3/internal/s3test"
	"github.com/parquet-go/parquet-go"
	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
)

// parquetRow is what the tests read of a row.
type parquetRow struct {
	Operation string            `parquet:"operation"`
	Position  []byte            `parquet:"position"`
	Key       []byte            `parquet:"key_raw,optional"`
	Metadata  map[string]string `parquet:"metadata"`
	Payload   struct {
		Before []byte `parquet:"before_raw,optional"`
		After  []byte `parquet:"after_raw,optional"`
	} `parquet:"payload"`
}

func readParquet(t *testing.T, body []byte) []parquetRow {
	t.Helper()
	rows, err := parquet.Read[parquetRow](bytes.NewReader(body), int64(len(body)))
	assert.NilError(t, err)
	return rows
}

// everyOperation returns a record of each operation, among them deletes with
// and without what was deleted, and an empty payload.
func everyOperation() []opencdc.Record {
	recs := numbered(0, 6)
	recs[0].Operation = opencdc.OperationSnapshot
	recs[2].Operation, recs[2].Payload.Before = opencdc.OperationUpdate, opencdc.RawData("\xff\x00")
	recs[3].Operation, recs[3].Payload = opencdc.OperationDelete, opencdc.Change{}
	recs[4].Operation, recs[4].Payload = opencdc.OperationDelete, opencdc.Change{Before: opencdc.RawData("b")}
	recs[5].Payload.After = opencdc.RawData{}
	return recs
}

// A destination that takes every payload for granted panics on a delete, which
// has none.
func TestDelete_IsWrittenLikeAnyRecord(t *testing.T) {
	for _, format := range []string{"json", "parquet"} {
		server := newServer(s3test.Config{})
		d := open(t, server, config.Config{ConfigFormat: format})
		recs := numbered(0, 1)
		recs[0].Operation, recs[0].Payload = opencdc.OperationDelete, opencdc.Change{}
		n, err := d.Write(t.Context(), recs)
		assert.NilError(t, err)
		assert.Check(t, is.Equal(n, 1))
		assert.Check(t, is.Len(keys(server), 1))
	}
}

func TestD2_AllOfTheRecordAsJSON(t *testing.T) {
	server := newServer(s3test.Config{})
	recs := everyOperation()
	n, err := open(t, server, config.Config{ConfigPrefix: "logs/"}).Write(t.Context(), recs)
	assert.NilError(t, err)
	assert.Check(t, is.Equal(n, len(recs)))

	objects := server.Objects(bucketName)
	assert.Assert(t, is.Len(objects, 1))
	assert.Check(t, is.Regexp(`^logs/20260102T030405\.005000006Z-[0-9a-f]{24}\.json$`, objects[0].Key))
	assert.Check(t, is.Equal(objects[0].Header.Get("Content-Type"), "application/x-ndjson"))
	lines := bytes.SplitAfter(objects[0].Body, []byte("\n"))
	assert.Assert(t, is.Len(lines, len(recs)+1), "and nothing behind the last newline")
	for i, want := range recs {
		var got opencdc.Record
		assert.NilError(t, got.UnmarshalJSON(lines[i]))
		assert.Check(t, bytes.Equal(got.Position, want.Position))
		assert.Check(t, is.Equal(got.Operation, want.Operation))
		assert.Check(t, is.DeepEqual(got.Metadata, want.Metadata))
		assert.Check(t, is.DeepEqual(got.Key, want.Key))
		// Without data JSON has null, which is read as structured data.
		for _, half := range [][2]opencdc.Data{
			{got.Payload.Before, want.Payload.Before}, {got.Payload.After, want.Payload.After},
		} {
			if half[1] == nil {
				half[1] = opencdc.StructuredData(nil)
			}
			assert.Check(t, is.DeepEqual(half[0], half[1]))
		}
	}
}

func TestD2_AllOfTheRecordAsParquet(t *testing.T) {
	server := newServer(s3test.Config{})
	recs := everyOperation()
	n, err := open(t, server, config.Config{ConfigFormat: "parquet"}).Write(t.Context(), recs)
	assert.NilError(t, err)
	assert.Check(t, is.Equal(n, len(recs)))

	objects := server.Objects(bucketName)
	assert.Assert(t, is.Len(objects, 1))
	assert.Check(t, is.Regexp(`\.parquet$`, objects[0].Key))
	assert.Check(t, is.Equal(objects[0].Header.Get("Content-Type"), "application/vnd.apache.parquet"))
	rows := readParquet(t, objects[0].Body)
	assert.Assert(t, is.Len(rows, len(recs)))
	for i, want := range recs {
		got := rows[i]
		assert.Check(t, is.Equal(got.Operation, want.Operation.String()))
		assert.Check(t, bytes.Equal(got.Position, want.Position))
		assert.Check(t, bytes.Equal(got.Key, want.Key.Bytes()))
		assert.Check(t, is.DeepEqual(got.Metadata, map[string]string(want.Metadata)))
		for _, half := range []struct {
			got  []byte
			want opencdc.Data
		}{{got.Payload.Before, want.Payload.Before}, {got.Payload.After, want.Payload.After}} {
			assert.Check(t, is.Equal(half.got == nil, half.want == nil), "null or not")
			if half.want != nil {
				assert.Check(t, bytes.Equal(half.got, half.want.Bytes()))
			}
		}
	}
}

// A destination that has a layout of its own ignores what is asked for.
func TestWrite_LayoutOfRecordFormat(t *testing.T) {
	server := newServer(s3test.Config{})
	d := open(t, server, config.Config{
		ConfigSdkRecordFormat:        "template",
		ConfigSdkRecordFormatOptions: `{{ printf "%s" .Position }}: {{ printf "%s" .Payload.After }}`,
	})
	_, err := d.Write(t.Context(), numbered(0, 2))
	assert.NilError(t, err)
	assert.Check(t, is.Equal(string(server.Objects(bucketName)[0].Body), "0: payload 0\n1: payload 1\n"))
}

func TestWrite_Nothing(t *testing.T) {
	server := newServer(s3test.Config{})
	n, err := open(t, server, nil).Write(t.Context(), nil)
	assert.NilError(t, err)
	assert.Check(t, is.Equal(n, 0))
	assert.Check(t, is.Equal(server.Count(""), 0))
}

func TestWrite_CutsBatchesIntoObjects(t *testing.T) {
	for size, want := range map[string][]int{"4": {4, 4, 2}, "5": {5, 5}, "10": {10}, "0": {10}} {
		t.Run(size, func(t *testing.T) {
			server := newServer(s3test.Config{})
			n, err := open(t, server, config.Config{ConfigSdkBatchSize: size}).Write(t.Context(), numbered(0, 10))
			assert.NilError(t, err)
			assert.Check(t, is.Equal(n, 10))
			all, sizes := positions(t, server)
			assert.Check(t, is.DeepEqual(sizes, want))
			assert.Check(t, is.DeepEqual(all, sequence(0, 10)), "names sort as they were written")
		})
	}
}

func TestWrite_MixedShapesWithoutALimit(t *testing.T) {
	server := newServer(s3test.Config{})
	recs := numbered(0, 4)
	recs[2].Payload.After = opencdc.StructuredData{"n": 1}
	d := open(t, server, config.Config{ConfigFormat: "parquet", ConfigSdkBatchSize: "0"})
	n, err := d.Write(t.Context(), recs)
	assert.NilError(t, err)
	assert.Check(t, is.Equal(n, 4))
	assert.Check(t, is.Len(keys(server), 1))
}

// The SDK is told another size than the one that is configured; whoever opens
// again must not take that one for the limit.
func TestOpen_AgainKeepsTheSize(t *testing.T) {
	server := newServer(s3test.Config{})
	d := open(t, server, config.Config{ConfigSdkBatchSize: "4"})
	assert.NilError(t, d.Teardown(t.Context()))
	assert.NilError(t, d.Open(t.Context()))
	_, err := d.Write(t.Context(), numbered(0, 10))
	assert.NilError(t, err)
	_, sizes := positions(t, server)
	assert.Check(t, is.DeepEqual(sizes, []int{4, 4, 2}))
}

// A destination that names objects by the clock writes a second object when it
// tries again.
func TestD3_RetryOverwritesItsOwnObject(t *testing.T) {
	for name, metadata := range map[string]func(opencdc.Metadata){
		"created at":      func(opencdc.Metadata) {},
		"read at alone":   func(m opencdc.Metadata) { delete(m, opencdc.MetadataCreatedAt) },
		"no time at all":  func(m opencdc.Metadata) { delete(m, opencdc.MetadataCreatedAt); delete(m, opencdc.MetadataReadAt) },
		"broken metadata": func(m opencdc.Metadata) { m[opencdc.MetadataCreatedAt] = "yesterday" },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := newServer(s3test.Config{})
				server.SetVersioning(bucketName, s3test.Enabled)
				recs := numbered(0, 3)
				for _, rec := range recs {
					metadata(rec.Metadata)
				}
				server.SetFaults(func(r s3test.Request) s3test.Fault {
					// The object is stored, its answer is lost.
					return s3test.Fault{Reset: r.Op == "PutObject" && r.N <= 2, Late: true}
				})
				d := open(t, server, nil)
				n, err := d.Write(t.Context(), recs)
				assert.NilError(t, err)
				assert.Check(t, is.Equal(n, 3))
				n, err = d.Write(t.Context(), recs)
				assert.NilError(t, err)
				assert.Check(t, is.Equal(n, 3))
				assert.Check(t, is.Len(server.Versions(bucketName), 4))
				assert.Check(t, is.Len(keys(server), 1))
			})
		})
	}
}

func TestD3_ReplayAfterACrashOverwritesItsOwnObjects(t *testing.T) {
	server := newServer(s3test.Config{})
	_, err := open(t, server, config.Config{ConfigSdkBatchSize: "4"}).Write(t.Context(), numbered(0, 10))
	assert.NilError(t, err)
	before := keys(server)

	again := numbered(0, 10)
	for _, rec := range again {
		rec.Metadata.SetReadAt(epoch.Add(48 * time.Hour)) // read again
	}
	_, err = open(t, server, config.Config{ConfigSdkBatchSize: "4"}).Write(t.Context(), again)
	assert.NilError(t, err)
	assert.Check(t, is.DeepEqual(keys(server), before))
	all, _ := positions(t, server)
	assert.Check(t, is.DeepEqual(all, sequence(0, 10)))
}

func TestD4_OneBadRecordStopsAtItself(t *testing.T) {
	for _, format := range []string{"json", "parquet"} {
		t.Run(format, func(t *testing.T) {
			server := newServer(s3test.Config{})
			d := open(t, server, config.Config{ConfigFormat: format, ConfigSdkBatchSize: "4"})
			recs := numbered(0, 10)
			recs[6].Metadata["text"] = "\xff secret"

			n, err := d.Write(t.Context(), recs)
			assert.Check(t, is.Equal(n, 6), "what stands before it")
			assert.Check(t, is.ErrorContains(err, `record at position "6": metadata "text": `))
			assert.Check(t, is.ErrorContains(err, "3 records after it"))
			assert.Check(t, !bytes.Contains([]byte(err.Error()), []byte("secret")))
			assert.Check(t, is.Len(keys(server), 2))

			n, err = d.Write(t.Context(), recs[6:7])
			assert.Check(t, is.Equal(n, 0))
			assert.Check(t, is.ErrorContains(err, `record at position "6": metadata "text": `))

			n, err = d.Write(t.Context(), recs[7:])
			assert.NilError(t, err)
			assert.Check(t, is.Equal(n, 3))
			assert.Check(t, is.Len(keys(server), 3))
		})
	}
}

func TestWrite_TriesAgainWhileS3IsUnavailable(t *testing.T) {
	for name, fault := range map[string]s3test.Fault{
		"throttled": s3test.SlowDown(), "500": s3test.InternalError(), "reset": s3test.Reset(), "no answer": s3test.Hang(),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := newServer(s3test.Config{})
				server.SetFaults(func(r s3test.Request) s3test.Fault {
					if r.Op == "PutObject" && r.N <= 20 {
						return fault
					}
					return s3test.Fault{}
				})
				n, err := open(t, server, nil).Write(t.Context(), numbered(0, 3))
				assert.NilError(t, err)
				assert.Check(t, is.Equal(n, 3))
				all, _ := positions(t, server)
				assert.Check(t, is.DeepEqual(all, sequence(0, 3)))
			})
		})
	}
}

func TestWrite_RefusalEndsItAtOnce(t *testing.T) {
	for _, concurrency := range []string{"1", "4"} {
		t.Run(concurrency, func(t *testing.T) {
			server := newServer(s3test.Config{})
			recs := numbered(0, 10)
			server.SetFaults(func(r s3test.Request) s3test.Fault {
				if r.Op == "PutObject" && strings.Contains(r.Key, ".007000006Z-") { // the second object
					return s3test.Fault{Status: http.StatusForbidden, Code: "AccessDenied", Message: "Access Denied"}
				}
				return s3test.Fault{}
			})
			d := open(t, server, config.Config{ConfigSdkBatchSize: "4", ConfigUploadConcurrency: concurrency})
			n, err := d.Write(t.Context(), recs)
			assert.Check(t, is.Equal(n, 4), "only what is stored and has nothing in front that is not")
			assert.Check(t, errors.Is(err, bucket.ErrForbidden))
			assert.Check(t, is.ErrorContains(err, "s3:PutObject"))
			if concurrency == "1" {
				assert.Check(t, is.Equal(server.Count("PutObject"), 2), "the third object is not begun")
			}
		})
	}
}

func TestWrite_EndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newServer(s3test.Config{})
		server.SetFaults(func(s3test.Request) s3test.Fault { return s3test.SlowDown() })
		d := configured(t, server, nil)
		assert.NilError(t, d.Open(t.Context()))
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		n, err := d.Write(ctx, numbered(0, 3))
		assert.Check(t, is.Equal(n, 0))
		assert.Check(t, errors.Is(err, context.DeadlineExceeded))
		assert.Check(t, is.ErrorContains(err, "SlowDown"), "the reason is told as well")
	})
}

func TestWrite_MixedShapesAsParquet(t *testing.T) {
	server := newServer(s3test.Config{})
	recs := numbered(0, 6)
	for i := range recs[2:4] {
		recs[2+i].Payload.After = opencdc.StructuredData{"n": i}
	}
	n, err := open(t, server, config.Config{ConfigFormat: "parquet"}).Write(t.Context(), recs)
	assert.NilError(t, err)
	assert.Check(t, is.Equal(n, 6))
	var got []string
	for _, o := range server.Objects(bucketName) {
		rows, err := parquet.Read[any](bytes.NewReader(o.Body), int64(len(o.Body)))
		assert.NilError(t, err)
		for _, row := range rows {
			columns := row.(map[string]any)
			payload := columns["payload"].(map[string]any)
			got = append(got, fmt.Sprint(columns["position"], payload["after"], payload["after_raw"]))
		}
	}
	assert.Check(t, is.DeepEqual(got, []string{
		"0<nil>payload 0", "1<nil>payload 1", "2map[_rest:<nil> n:0] <nil>", "3map[_rest:<nil> n:1] <nil>", "4<nil>payload 4", "5<nil>payload 5",
	}))
}
