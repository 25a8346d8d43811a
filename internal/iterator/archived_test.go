// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package iterator

import (
	"testing"
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"github.com/conduitio/conduit-connector-s3/internal/s3test"
	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
)

// putArchived puts an object of each kind.
func (w *world) putArchived() {
	w.Put(bucketName, "archived", []byte("1"), s3test.StorageClass("GLACIER"))
	w.put("plain", "1")
	w.Put(bucketName, "restored", []byte("1"), s3test.StorageClass("DEEP_ARCHIVE"), s3test.Restored(time.Now().Add(24*time.Hour)))
}

func (w *world) readSkipping() []string {
	config := defaults()
	config.SkipUnreadable = true
	return said(w.read(w.startWith(config, "")))
}

// useAWS makes the server that of AWS: its listings tell what was restored.
func (w *world) useAWS() {
	w.t.Helper()
	b, err := bucket.New(bucket.Config{
		AccessKeyID: s3test.AccessKeyID, SecretAccessKey: s3test.SecretAccessKey, Region: w.Region(), Bucket: bucketName,
		Endpoint: "https://s3." + w.Region() + ".amazonaws.com",
	}, w.Server)
	assert.NilError(w.t, err)
	w.bucket = b
}

func TestArchived_OnAWSIsNotRequested(t *testing.T) {
	inWorld(t, s3test.Enabled, s3test.Config{}, func(t *testing.T, w *world) {
		w.useAWS()
		w.putArchived()
		assert.Check(t, is.DeepEqual(w.readSkipping(), []string{"snapshot plain=1", "snapshot restored=1"}))
		assert.Check(t, is.Equal(w.Count("GetObject"), 2))
	})
}

// Other stores need not tell what was restored, so each object is requested once.
func TestArchived_OnAnotherStoreIsRequestedOnce(t *testing.T) {
	inWorld(t, s3test.Enabled, s3test.Config{}, func(t *testing.T, w *world) {
		w.putArchived()
		assert.Check(t, is.DeepEqual(w.readSkipping(), []string{"snapshot plain=1", "snapshot restored=1"}))
		assert.Check(t, is.Equal(w.Count("GetObject"), 3))
	})
}

// To radosgw, a storage class is only a name.
func TestArchived_ByNameOnlyIsRead(t *testing.T) {
	inWorld(t, s3test.Enabled, s3test.Config{ReadsArchived: true}, func(t *testing.T, w *world) {
		w.putArchived()
		want := []string{"snapshot archived=1", "snapshot plain=1", "snapshot restored=1"}
		assert.Check(t, is.DeepEqual(said(w.read(w.start(""))), want))
	})
}

func TestArchived_IsAnErrorThatNamesTheObject(t *testing.T) {
	for _, aws := range []bool{false, true} {
		inWorld(t, s3test.Enabled, s3test.Config{}, func(t *testing.T, w *world) {
			if aws {
				w.useAWS()
			}
			w.Put(bucketName, "archived", []byte("1"), s3test.StorageClass("GLACIER"))
			_, err := next(t.Context(), w.start(""), 10)
			assert.Check(t, is.ErrorIs(err, bucket.ErrArchived))
			assert.Check(t, is.ErrorContains(err, `object "archived" version "`))
		})
	}
}
