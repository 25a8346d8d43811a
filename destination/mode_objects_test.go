// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package destination

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/conduitio/conduit-commons/config"
	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"github.com/conduitio/conduit-connector-s3/internal/s3test"
	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
)

var mirrored = config.Config{ConfigMode: "objects", ConfigFormat: ""}

// put returns a record that says what an object is.
func put(position int, key, body string) opencdc.Record {
	rec := numbered(position, position+1)[0]
	rec.Key, rec.Payload.After = opencdc.RawData(key), opencdc.RawData(body)
	return rec
}

func deleted(position int, key string) opencdc.Record {
	rec := put(position, key, "")
	rec.Operation, rec.Payload = opencdc.OperationDelete, opencdc.Change{}
	return rec
}

func bodies(server *s3test.Server) map[string]string {
	found := map[string]string{}
	for _, o := range server.Objects(bucketName) {
		found[o.Key] = string(o.Body)
	}
	return found
}

func TestObjects_EachRecordIsOne(t *testing.T) {
	server := newServer(s3test.Config{})
	d := open(t, server, config.Config{ConfigMode: "objects", ConfigFormat: "", ConfigPrefix: "copy/", ConfigContentDisposition: "inline"})
	recs := []opencdc.Record{
		put(0, "a", "1"), put(1, "dir/ü b", "\xff\x00"), put(2, "empty", ""), put(3, "gone", "x"), deleted(4, "gone"),
		deleted(5, "never there"), put(6, "a", "2"), put(7, "fields", ""), put(8, "back", "1"), deleted(9, "back"), put(10, "back", "2"),
	}
	recs[0].Operation = opencdc.OperationSnapshot
	recs[6].Operation = opencdc.OperationUpdate
	recs[6].Metadata["s3.header.contentType"] = "text/x"
	recs[6].Metadata["s3.header.cacheControl"] = "no-cache"
	recs[6].Metadata["s3.header.expires"] = "0" // no date, and S3 keeps it
	recs[6].Metadata["s3.header.contentDisposition"] = `attachment; filename="x.html"`
	recs[6].Metadata["s3.metadata.colour"] = "blue"
	recs[6].Metadata["s3.etag"] = `"not the object's"`
	recs[7].Payload.After = opencdc.StructuredData{"b": 1, "a": "<"}

	for range 2 { // again changes nothing
		n, err := d.Write(t.Context(), recs)
		assert.NilError(t, err)
		assert.Check(t, is.Equal(n, len(recs)))
		assert.Check(t, is.DeepEqual(bodies(server), map[string]string{
			"copy/a": "2", "copy/dir/ü b": "\xff\x00", "copy/empty": "", "copy/fields": `{"a":"\u003c","b":1}`, "copy/back": "2",
		}))
		a, _ := server.Get(bucketName, "copy/a")
		assert.Check(t, is.Equal(a.Header.Get("Content-Type"), "text/x"))
		assert.Check(t, is.Equal(a.Header.Get("Cache-Control"), "no-cache"))
		assert.Check(t, is.Equal(a.Header.Get("Expires"), "0"))
		assert.Check(t, is.Equal(a.Header.Get("Content-Disposition"), "inline"), "as configured")
		assert.Check(t, is.DeepEqual(a.Metadata, map[string]string{"colour": "blue"}))
		fields, _ := server.Get(bucketName, "copy/fields")
		assert.Check(t, is.Equal(fields.Header.Get("Content-Type"), "application/json"))
		assert.Check(t, is.Equal(fields.Header.Get("Content-Disposition"), "inline"))
	}
}

// Without a configured one, the Content-Disposition is that of the record.
func TestObjects_DispositionOfARecord(t *testing.T) {
	server := newServer(s3test.Config{})
	rec := put(0, "a", "1")
	rec.Metadata["s3.header.contentDisposition"] = "attachment"
	_, err := open(t, server, mirrored).Write(t.Context(), []opencdc.Record{rec})
	assert.NilError(t, err)
	a, _ := server.Get(bucketName, "a")
	assert.Check(t, is.Equal(a.Header.Get("Content-Disposition"), "attachment"))
}

// TestObjects_MetadataBeyondASCII's headers are ASCII. What S3 itself answers is RFC 2047, which is kept.
func TestObjects_MetadataBeyondASCII(t *testing.T) {
	server := newServer(s3test.Config{})
	rec := put(0, "a", "1")
	rec.Metadata["s3.metadata.Colour"] = "grün"
	rec.Metadata["s3.metadata.asread"] = "=?UTF-8?B?Z3LDvG4=?="
	rec.Metadata["s3.metadata.ascii"] = "a  b"
	_, err := open(t, server, mirrored).Write(t.Context(), []opencdc.Record{rec})
	assert.NilError(t, err)
	a, _ := server.Get(bucketName, "a")
	assert.Check(t, is.DeepEqual(a.Metadata, map[string]string{
		"colour": "=?UTF-8?b?Z3LDvG4=?=", "asread": "=?UTF-8?B?Z3LDvG4=?=", "ascii": "a  b",
	}))
}

func TestObjects_LargeOnesGoOutInParts(t *testing.T) {
	server := newServer(s3test.Config{})
	d := open(t, server, config.Config{ConfigMode: "objects", ConfigFormat: "", ConfigUploadPartSize: fmt.Sprint(bucket.MinPartSize)})
	body := bytes.Repeat([]byte("0123456789abcdef"), 1<<20)
	rec := put(0, "large", "")
	rec.Payload.After = opencdc.RawData(body)
	_, err := d.Write(t.Context(), []opencdc.Record{rec})
	assert.NilError(t, err)
	got, _ := server.Get(bucketName, "large")
	assert.Check(t, bytes.Equal(got.Body, body))
	assert.Check(t, is.Equal(server.Count("UploadPart"), 4))
}

// Requests of one key never overlap and come in its order, whatever they take
// and however often they fail; other keys are not held up by them.
func TestObjects_OrderOfAKey(t *testing.T) {
	for seed := range uint64(10) {
		synctest.Test(t, func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 3))
			server := newServer(s3test.Config{})
			server.SetVersioning(bucketName, s3test.Enabled)
			server.SetFaults(func(r s3test.Request) s3test.Fault {
				fault := s3test.Fault{}
				if r.N%3 == 0 {
					fault = s3test.SlowDown()
				}
				fault.Delay = time.Duration(r.N*7919%13) * time.Second
				return fault
			})
			d := open(t, server, mirrored)
			want := map[string][]string{}
			var recs []opencdc.Record
			for i := range 200 {
				key := fmt.Sprint(random.IntN(10))
				if random.IntN(4) == 0 {
					recs = append(recs, deleted(i, key))
					want[key] = append(want[key], "deleted")
				} else {
					recs = append(recs, put(i, key, fmt.Sprint(i)))
					want[key] = append(want[key], fmt.Sprint(i))
				}
			}
			n, err := d.Write(t.Context(), recs)
			assert.NilError(t, err)
			assert.Check(t, is.Equal(n, len(recs)))
			got := map[string][]string{}
			for _, v := range server.Versions(bucketName) { // newest first
				text := string(v.Body)
				if v.DeleteMarker {
					text = "deleted"
				}
				got[v.Key] = append([]string{text}, got[v.Key]...)
			}
			assert.Check(t, is.DeepEqual(got, want), "seed %d", seed)
			assert.Check(t, server.PeakConcurrency("") > 1, "keys are written in parallel")
			assert.Check(t, server.PeakConcurrency("") <= 4)
		})
	}
}

func TestObjects_RefusesARecordAlone(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*opencdc.Record)
		want   string
	}{
		"no key":           {func(r *opencdc.Record) { r.Key = nil }, "key: "},
		"structured key":   {func(r *opencdc.Record) { r.Key = opencdc.StructuredData{"id": 1} }, "key: "},
		"empty key":        {func(r *opencdc.Record) { r.Key = opencdc.RawData{} }, "key: "},
		"long key":         {func(r *opencdc.Record) { r.Key = opencdc.RawData(strings.Repeat("k", 1023)) }, "key: has 1025 bytes with the prefix"},
		"key in no UTF-8":  {func(r *opencdc.Record) { r.Key = opencdc.RawData("\xff") }, "key: "},
		"no payload":       {func(r *opencdc.Record) { r.Payload.After = nil }, "payload.after: "},
		"payload is null":  {func(r *opencdc.Record) { r.Payload.After = opencdc.StructuredData(nil) }, "payload.after: "},
		"text in no UTF-8": {func(r *opencdc.Record) { r.Payload.After = opencdc.StructuredData{"f": "\xff"} }, "payload.after: "},
		"payload no JSON":  {func(r *opencdc.Record) { r.Payload.After = opencdc.StructuredData{"f": func() {}} }, "payload.after: "},
		"name of metadata": {func(r *opencdc.Record) { r.Metadata["s3.metadata.a b"] = "x" }, `metadata: "s3.metadata.a b"`},
		"metadata":         {func(r *opencdc.Record) { r.Metadata["s3.metadata.a"] = "x\ny" }, `metadata: "s3.metadata.a"`},
		"names alike": {func(r *opencdc.Record) {
			r.Metadata["s3.metadata.A"], r.Metadata["s3.metadata.a"] = "1", "2"
		}, `metadata: "s3.metadata.a": another name differs only in case`},
		"header":              {func(r *opencdc.Record) { r.Metadata["s3.header.contentType"] = "x\x00" }, `metadata: "s3.header.contentType"`},
		"header beyond ASCII": {func(r *opencdc.Record) { r.Metadata["s3.header.contentLanguage"] = "ä" }, `metadata: "s3.header.contentLanguage"`},
	} {
		t.Run(name, func(t *testing.T) {
			server := newServer(s3test.Config{})
			d := open(t, server, config.Config{ConfigMode: "objects", ConfigFormat: "", ConfigPrefix: "p/"})
			recs := []opencdc.Record{put(0, "a", "1"), put(1, "b", "2"), put(2, "c", "3"), put(3, "d", "4")}
			test.change(&recs[2])
			n, err := d.Write(t.Context(), recs)
			assert.Check(t, is.Equal(n, 2))
			assert.Check(t, is.ErrorContains(err, `record at position "2": `+test.want))
			assert.Check(t, is.DeepEqual(bodies(server), map[string]string{"p/a": "1", "p/b": "2"}))
		})
	}
	t.Run("by S3", func(t *testing.T) {
		server := newServer(s3test.Config{})
		server.SetFaults(func(r s3test.Request) s3test.Fault {
			if r.Key == "c" {
				return s3test.Fault{Status: http.StatusBadRequest, Code: "XMinioInvalidObjectName"}
			}
			return s3test.Fault{}
		})
		n, err := open(t, server, mirrored).Write(t.Context(), []opencdc.Record{
			put(0, "a", "1"), put(1, "b", "2"), put(2, "c", "3"), deleted(3, "c"),
		})
		assert.Check(t, is.Equal(n, 2))
		assert.Check(t, is.ErrorContains(err, `key "c"`))
		assert.Check(t, is.DeepEqual(bodies(server), map[string]string{"a": "1", "b": "2"}))
	})
}

func TestObjects_KeyOfAThousandAndTwentyFourBytes(t *testing.T) {
	server := newServer(s3test.Config{})
	key := strings.Repeat("k", 1024)
	n, err := open(t, server, mirrored).Write(t.Context(), []opencdc.Record{put(0, key, "1")})
	assert.NilError(t, err)
	assert.Check(t, is.Equal(n, 1))
	assert.Check(t, is.DeepEqual(bodies(server), map[string]string{key: "1"}))
}
