// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package source_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"slices"
	"testing"

	"github.com/conduitio/conduit-commons/config"
	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/internal/s3test"
	"github.com/conduitio/conduit-connector-s3/source"
	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
)

// batches returns the next batches that hold n records in all.
func (r *running) batches(n int) [][]opencdc.Record {
	r.t.Helper()
	var all [][]opencdc.Record
	for n > 0 {
		ctx, cancel := context.WithTimeout(r.t.Context(), readTimeout)
		batch, err := r.source.ReadN(ctx, 1)
		cancel()
		assert.NilError(r.t, err)
		all, n = append(all, batch), n-len(batch)
	}
	assert.Check(r.t, is.Equal(n, 0))
	return all
}

func lengths(batches [][]opencdc.Record) []int {
	lengths := make([]int, len(batches))
	for i, batch := range batches {
		lengths[i] = len(batch)
	}
	return lengths
}

// put writes n objects with the keys 00000, 00001 and so on.
func put(server *s3test.Server, n int, body []byte) {
	for i := range n {
		server.Put(bucketName, fmt.Sprintf("%05d", i), body)
	}
}

// With a long delay, so that it does not matter how slow the machine is; see the
// tests of batching for the default. Positions of some KB make the limit in bytes
// end a batch before the 1000 records do.
func TestReadN_ReturnsHundredsOfSmallObjects(t *testing.T) {
	objects := 10_000
	if testing.Short() {
		objects = 2000
	}
	server := newServer()
	put(server, objects, []byte("small"))
	r := runWith(t, server, config.Config{source.ConfigSdkBatchDelay: "10m"})
	for next := 0; next+1000 <= objects; { // the rest need not fill a batch
		batch, err := r.source.ReadN(t.Context(), 1)
		assert.NilError(t, err)
		assert.Check(t, len(batch) >= 200 && len(batch) <= 1000, "%d records", len(batch))
		for _, rec := range batch {
			assert.Check(t, is.Equal(string(rec.Key.Bytes()), fmt.Sprintf("%05d", next)))
			next++
		}
	}
}

func TestReadN_BatchesAreBoundedInBytes(t *testing.T) {
	const limit, size, objects = 1 << 20, 100_000, 50
	server := newServer()
	put(server, objects, bytes.Repeat([]byte("x"), size))
	server.Put(bucketName, "large", bytes.Repeat([]byte("x"), 3*limit))
	batches := runWith(t, server, config.Config{source.ConfigSdkBatchDelay: "10m"}).batches(objects + 1)
	last := batches[len(batches)-1]
	assert.Check(t, is.Len(last, 1), "a record larger than the limit is a batch of its own")
	assert.Check(t, is.Equal(string(last[0].Key.Bytes()), "large"))
	for _, batch := range batches[:len(batches)-1] {
		bytes := 0
		for _, rec := range batch {
			bytes += len(rec.Position) + len(rec.Payload.After.Bytes())
		}
		assert.Check(t, bytes < limit, "%d bytes", bytes)
	}
	assert.Check(t, len(batches) < objects/5, lengths(batches))
}

func TestReadN_AnErrorAfterRecordsDoesNotDropThem(t *testing.T) {
	for name, delay := range map[string]string{"without a delay": "0s", "with a delay": "1s"} {
		t.Run(name, func(t *testing.T) {
			server := newServer()
			put(server, 10, []byte("small"))
			server.SetFaults(func(r s3test.Request) s3test.Fault {
				if r.Key == "00007" {
					return s3test.Fault{Status: http.StatusForbidden, Code: "AccessDenied", Message: "Access Denied"}
				}
				return s3test.Fault{}
			})
			r := runWith(t, server, config.Config{source.ConfigSdkBatchDelay: delay})
			r.batches(7)
			assert.Check(t, is.ErrorContains(r.fails(), `key "00007"`))
		})
	}
}

// The SDK's own batching would wait for ever for a batch to become full that has
// a size and no delay.
func TestReadN_TakesTheSizeAndDelayThatAreSet(t *testing.T) {
	for _, test := range []struct {
		size, delay string
		want        []int // the sizes of batches of three objects; nil if it depends
	}{
		{"1", "0s", []int{1, 1, 1}},
		{"1", "1m", []int{1, 1, 1}},
		{"0", "0s", []int{1, 1, 1}},
		{"3", "1m", []int{3}},
		{"0", "1s", nil}, // see TestTakeOver
		{"1000", "0s", nil},
	} {
		t.Run("size "+test.size+" delay "+test.delay, func(t *testing.T) {
			server := newServer()
			put(server, 3, nil)
			r := runWith(t, server, config.Config{source.ConfigSdkBatchSize: test.size, source.ConfigSdkBatchDelay: test.delay})
			got := lengths(r.batches(3))
			assert.Check(t, test.want == nil || slices.Equal(got, test.want), got)
		})
	}
}

func TestMaxObjectSize(t *testing.T) {
	put := func() *s3test.Server {
		server := newServer()
		server.Put(bucketName, "a", []byte("12345"))
		server.Put(bucketName, "b/large", []byte("123456"))
		server.Put(bucketName, "c", []byte("12345"))
		return server
	}
	t.Run("fail", func(t *testing.T) {
		r := runWith(t, put(), config.Config{source.ConfigMaxObjectSize: "5"})
		assert.Check(t, is.DeepEqual(r.next(1), []string{"snapshot a=12345"}))
		err := r.fails()
		for _, want := range []string{`"b/large"`, "6 bytes", "5", "raise maxObjectSize", `onLargeObject to "skip"`} {
			assert.Check(t, is.ErrorContains(err, want))
		}
		r.settings[source.ConfigMaxObjectSize] = "6"
		r.restart()
		assert.Check(t, is.DeepEqual(r.next(2), []string{"snapshot b/large=123456", "snapshot c=12345"}))
	})
	t.Run("skip", func(t *testing.T) {
		server := put()
		r := runWith(t, server, config.Config{source.ConfigMaxObjectSize: "5", source.ConfigOnLargeObject: "skip"})
		assert.Check(t, is.DeepEqual(r.next(2), []string{"snapshot a=12345", "snapshot c=12345"}))
		assert.Check(t, is.Equal(server.Count("GetObject"), 2), "what is skipped is not read")
	})
}
