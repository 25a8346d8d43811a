// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package destination

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"github.com/conduitio/conduit-commons/config"
	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-protocol/pconnector"
	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"github.com/conduitio/conduit-connector-s3/internal/s3test"
	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
)

// inParts lets the objects of large records go out in parts.
var inParts = config.Config{ConfigUploadPartSize: fmt.Sprint(bucket.MinPartSize)}

// large returns records that make 16 MB of JSON together, which is four parts.
func large(from, to int) []opencdc.Record {
	recs := numbered(from, to)
	for i := range recs {
		body := make([]byte, 12<<20/len(recs))
		copy(body, recs[i].Position)
		recs[i].Payload.After = opencdc.RawData(body)
	}
	return recs
}

func TestD1_AcknowledgedMeansStoredInParts(t *testing.T) {
	for seed := range uint64(3) {
		synctest.Test(t, func(t *testing.T) {
			server := newServer(s3test.Config{})
			server.SetFaults(flaky(rand.New(rand.NewPCG(seed, 4)), map[string]int{
				"CreateMultipartUpload": 2, "UploadPart": 2, "CompleteMultipartUpload": 2, "AbortMultipartUpload": 2,
			}))
			p := start(t, server, inParts)
			defer p.end()
			p.onAck = func(ack pconnector.DestinationRunResponseAck) {
				assert.Check(t, is.Equal(ack.Error, ""))
				all, _ := positions(t, server)
				assert.Check(t, is.Contains(all, string(ack.Position)), "seed %d", seed)
			}
			p.send(large(0, 4))
			pass(time.Hour)
			assert.NilError(t, p.stop())
			synctest.Wait()
			good, _ := p.acked()
			assert.Check(t, is.DeepEqual(good, sequence(0, 4)))
			assert.Check(t, is.Len(keys(server), 1))
			assert.Check(t, server.Count("UploadPart") >= 3, "in parts")
		})
	}
}

// The object is whole in the bucket, and nobody has been told, when the
// pipeline is killed.
func TestD1_KilledBetweenTheLastPartAndAcknowledgement(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newServer(s3test.Config{})
		ctx, cancel := context.WithCancel(t.Context())
		server.SetFaults(func(r s3test.Request) s3test.Fault {
			if r.Op != "CompleteMultipartUpload" {
				return s3test.Fault{}
			}
			if r.N > 1 { // it asks again what became of the first
				cancel()
			}
			return s3test.Fault{Reset: true, Late: true}
		})
		d := open(t, server, inParts)
		n, err := d.Write(ctx, large(0, 4))
		assert.Check(t, is.ErrorIs(err, context.Canceled))
		assert.Check(t, is.Equal(n, 0))
		assert.Check(t, is.Len(keys(server), 1), "uploaded, but the answer never came")

		server.SetFaults(nil)
		replay := large(0, 4)
		for _, rec := range replay {
			rec.Metadata.SetReadAt(time.Now())
		}
		n, err = open(t, server, inParts).Write(t.Context(), replay)
		assert.NilError(t, err)
		assert.Check(t, is.Equal(n, 4))
		assert.Check(t, is.Len(keys(server), 1), "the same object, once")
		assert.Check(t, is.Len(server.Uploads(bucketName), 0))
		all, _ := positions(t, server)
		assert.Check(t, is.DeepEqual(all, sequence(0, 4)))
	})
}

func TestD4_BadRecordAfterAMultipartUpload(t *testing.T) {
	server := newServer(s3test.Config{})
	recs := large(0, 6)
	recs[5].Metadata["text"] = "\xff"
	n, err := open(t, server, inParts).Write(t.Context(), recs)
	assert.Check(t, is.Equal(n, 5))
	assert.Check(t, is.ErrorContains(err, `record at position "5"`))
	assert.Check(t, server.Count("UploadPart") > 1)
	all, _ := positions(t, server)
	assert.Check(t, is.DeepEqual(all, sequence(0, 5)))
}

func TestWrite_Options(t *testing.T) {
	for name, write := range map[string]func(int, int) []opencdc.Record{"one request": numbered, "parts": large} {
		t.Run(name, func(t *testing.T) {
			server := newServer(s3test.Config{})
			server.SetObjectLock(bucketName, true)
			d := open(t, server, config.Config{
				ConfigUploadPartSize: inParts[ConfigUploadPartSize], ConfigStorageClass: "STANDARD_IA", ConfigAcl: "private",
				ConfigServerSideEncryption: "aws:kms", ConfigKmsKeyId: "alias/x", ConfigBucketKeyEnabled: "true",
				ConfigTags: "team=data&b=2", ConfigContentDisposition: "attachment", ConfigCompression: "none",
			})
			_, err := d.Write(t.Context(), write(0, 3))
			assert.NilError(t, err)
			got := server.Objects(bucketName)[0].Header
			for name, want := range map[string]string{
				"X-Amz-Storage-Class": "STANDARD_IA", "X-Amz-Acl": "private", "X-Amz-Server-Side-Encryption": "aws:kms",
				"X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id": "alias/x", "X-Amz-Server-Side-Encryption-Bucket-Key-Enabled": "true",
				"X-Amz-Tagging": "team=data&b=2", "Content-Disposition": "attachment", "Content-Type": "application/x-ndjson",
			} {
				assert.Check(t, is.Equal(got.Get(name), want), name)
			}
		})
	}
	t.Run("none by default", func(t *testing.T) {
		server := newServer(s3test.Config{})
		_, err := open(t, server, nil).Write(t.Context(), numbered(0, 1))
		assert.NilError(t, err)
		assert.Check(t, is.Len(server.Objects(bucketName)[0].Header, 1), "only the Content-Type")
	})
	t.Run("gzip", func(t *testing.T) {
		server := newServer(s3test.Config{})
		_, err := open(t, server, config.Config{ConfigCompression: "gzip"}).Write(t.Context(), numbered(0, 1))
		assert.NilError(t, err)
		object := server.Objects(bucketName)[0]
		assert.Check(t, is.Regexp(`\.json\.gz$`, object.Key))
		assert.Check(t, is.Equal(object.Header.Get("Content-Encoding"), "gzip"))
	})
}
