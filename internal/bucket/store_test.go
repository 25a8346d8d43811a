// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package bucket_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"github.com/conduitio/conduit-connector-s3/internal/s3test"
	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
)

const partSize = bucket.MinPartSize

// content returns bytes that no two parts have alike.
func content(n int) []byte {
	var seed [32]byte
	body := make([]byte, n)
	_, _ = rand.NewChaCha8(seed).Read(body)
	return body
}

// uploadOf is an upload of body, which is written in small pieces.
func uploadOf(body []byte) bucket.StoreInput {
	return bucket.StoreInput{
		Key: func() string { return "a" }, PartSize: partSize, Concurrency: 2,
		Write: func(w io.Writer) error {
			_, err := io.CopyBuffer(struct{ io.Writer }{w}, struct{ io.Reader }{bytes.NewReader(body)}, make([]byte, 50_000))
			return err
		},
	}
}

func checkStored(t *testing.T, server *s3test.Server, body []byte) {
	t.Helper()
	got, ok := server.Get(bucketName, "a")
	assert.Assert(t, ok)
	assert.Check(t, bytes.Equal(got.Body, body))
	assert.Check(t, is.Len(server.Uploads(bucketName), 0))
}

func TestStore_OfAnySize(t *testing.T) {
	for name, test := range map[string]struct {
		size, parts int
	}{
		"nothing":               {0, 0},
		"a byte":                {1, 0},
		"a part":                {partSize, 0},
		"two parts":             {2 * partSize, 0},
		"a byte more":           {2*partSize + 1, 3},
		"whole parts":           {3 * partSize, 3},
		"more than in parallel": {5*partSize + 7, 6},
	} {
		t.Run(name, func(t *testing.T) {
			server, b := open(t, s3test.Unversioned, s3test.Config{})
			body := content(test.size)
			assert.NilError(t, b.Store(t.Context(), uploadOf(body)))
			checkStored(t, server, body)
			assert.Check(t, is.Equal(server.Count("UploadPart"), test.parts))
			assert.Check(t, server.PeakConcurrency("UploadPart") <= 2)
			assert.Check(t, is.Equal(server.Count("PutObject"), map[bool]int{true: 1}[test.parts == 0]))
		})
	}
}

func TestStore_InOneWrite(t *testing.T) {
	server, b := open(t, s3test.Unversioned, s3test.Config{})
	up, body := uploadOf(nil), content(2*partSize+1)
	up.Write = func(w io.Writer) error {
		_, err := w.Write(body)
		return err
	}
	assert.NilError(t, b.Store(t.Context(), up))
	checkStored(t, server, body)
}

// What is written at once is not copied as a whole.
func TestStore_InOneWriteTakesNoMoreMemory(t *testing.T) {
	const size = 32 * partSize
	server, b := open(t, s3test.Unversioned, s3test.Config{})
	refuse := s3test.Fault{Status: http.StatusBadRequest, Code: "InvalidRequest"}
	server.SetFaults(func(r s3test.Request) s3test.Fault {
		if r.Op == "UploadPart" {
			return refuse
		}
		return s3test.Fault{}
	})
	up, body := uploadOf(nil), make([]byte, size)
	up.Write = func(w io.Writer) error {
		_, err := w.Write(body)
		return err
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	assert.Check(t, is.ErrorIs(b.Store(t.Context(), up), bucket.ErrInvalid))
	runtime.ReadMemStats(&after)
	assert.Check(t, after.TotalAlloc-before.TotalAlloc < size, "%d bytes", after.TotalAlloc-before.TotalAlloc)
}

// Each part bears its checksum in the header, as Put does, and S3 is told
// beforehand that parts have one.
func TestStore_ChecksumsNeedNoTrailer(t *testing.T) {
	for _, endpoint := range []string{"http://s3.test", "https://s3.test"} {
		server, b := openAt(t, endpoint)
		server.SetFaults(func(r s3test.Request) s3test.Fault {
			assert.Check(t, is.Equal(r.Header.Get("X-Amz-Trailer"), ""))
			switch r.Op {
			case "CreateMultipartUpload":
				assert.Check(t, is.Equal(r.Header.Get("X-Amz-Checksum-Algorithm"), "CRC32"))
			case "UploadPart":
				assert.Check(t, r.Header.Get("X-Amz-Checksum-Crc32") != "", "S3 can't verify the part")
			}
			return s3test.Fault{}
		})
		assert.NilError(t, b.Store(t.Context(), uploadOf(content(2*partSize+1))))
	}
}

func TestStore_Options(t *testing.T) {
	for name, size := range map[string]int{"one request": 1, "parts": 2*partSize + 1} {
		t.Run(name, func(t *testing.T) {
			server, b := open(t, s3test.Unversioned, s3test.Config{})
			up := uploadOf(content(size))
			up.PutOptions = bucket.PutOptions{
				ContentType: "text/x", ContentEncoding: "gzip", ContentDisposition: "attachment", ContentLanguage: "de",
				CacheControl: "no-cache", Expires: "Thu, 01 Dec 1994 16:00:00 GMT", Metadata: map[string]string{"colour": "blue"}, StorageClass: "STANDARD_IA",
				ServerSideEncryption: "aws:kms", KMSKeyID: "key", BucketKeyEnabled: true, ACL: "private", Tags: "a=1&b=2",
			}
			assert.NilError(t, b.Store(t.Context(), up))
			got, _ := server.Get(bucketName, "a")
			for name, want := range map[string]string{
				"Content-Type": "text/x", "Content-Encoding": "gzip", "Content-Disposition": "attachment",
				"Content-Language": "de", "Cache-Control": "no-cache", "Expires": "Thu, 01 Dec 1994 16:00:00 GMT", "X-Amz-Storage-Class": "STANDARD_IA",
				"X-Amz-Server-Side-Encryption": "aws:kms", "X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id": "key",
				"X-Amz-Server-Side-Encryption-Bucket-Key-Enabled": "true", "X-Amz-Acl": "private", "X-Amz-Tagging": "a=1&b=2",
			} {
				assert.Check(t, is.Equal(got.Header.Get(name), want), name)
			}
			assert.Check(t, is.DeepEqual(got.Metadata, map[string]string{"colour": "blue"}))

			up.PutOptions = bucket.PutOptions{}
			assert.NilError(t, b.Store(t.Context(), up))
			got, _ = server.Get(bucketName, "a")
			for name := range got.Header {
				assert.Check(t, !strings.HasPrefix(name, "X-Amz-"), "%s is sent although it is not set", name)
			}
		})
	}
}

// Each request of a multipart upload fails several times in several ways; what
// has been sent is not sent again, unless the answer that is lost is the last.
func TestStore_WhileS3Fails(t *testing.T) {
	faults := map[string]s3test.Fault{
		"throttled": s3test.SlowDown(), "500": s3test.InternalError(), "reset": s3test.Reset(), "no answer": s3test.Hang(),
		"an error inside of a success": {Status: http.StatusOK, Code: "InternalError"},
	}
	body := content(3*partSize + 1)
	for name, fault := range faults {
		for _, op := range []string{"CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload"} {
			if fault.Status == http.StatusOK && op != "CompleteMultipartUpload" {
				continue
			}
			t.Run(name+" "+op, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					server, b := open(t, s3test.Unversioned, s3test.Config{})
					server.SetFaults(func(r s3test.Request) s3test.Fault {
						if r.Op == op && r.N <= 5 {
							return fault
						}
						return s3test.Fault{}
					})
					assert.NilError(t, b.Store(t.Context(), uploadOf(body)))
					checkStored(t, server, body)
					want := map[string]int{"CreateMultipartUpload": 1, "UploadPart": 4, "CompleteMultipartUpload": 1}
					want[op] += 5
					for op, n := range want {
						assert.Check(t, is.Equal(server.Count(op), n), op)
					}
				})
			})
		}
	}
}

// S3 answers with a success before it is done, and may take minutes to complete
// what has thousands of parts.
func TestStore_CompletingTakesMinutes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, b := open(t, s3test.Unversioned, s3test.Config{})
		server.SetFaults(func(r s3test.Request) s3test.Fault {
			return s3test.Fault{Delay: map[bool]time.Duration{true: 10 * time.Minute}[r.Op == "CompleteMultipartUpload"]}
		})
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		body := content(2*partSize + 1)
		assert.NilError(t, b.Store(ctx, uploadOf(body)))
		checkStored(t, server, body)
		assert.Check(t, is.Equal(server.Count("CompleteMultipartUpload"), 1))
	})
}

// A success that says nothing of an object, as it comes from a proxy or when
// S3's answer ends early, is no promise that anything is stored.
func TestStore_EmptySuccess(t *testing.T) {
	for _, op := range []string{"CreateMultipartUpload", "CompleteMultipartUpload"} {
		for _, answer := range []string{"", " \n ", "<?xml", "<html></html>", "<" + op + "Result/>"} {
			t.Run(fmt.Sprintf("%s %q", op, answer), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					server, b := open(t, s3test.Unversioned, s3test.Config{})
					server.SetFaults(func(r s3test.Request) s3test.Fault {
						if r.Op == op && r.N <= 2 {
							return s3test.Fault{Body: []byte(answer)}
						}
						return s3test.Fault{}
					})
					body := content(2*partSize + 1)
					assert.NilError(t, b.Store(t.Context(), uploadOf(body)))
					checkStored(t, server, body)
					assert.Check(t, is.Equal(server.Count(op), 3))
				})
			})
		}
	}
}

// A store that forgets every upload at once is not asked again without a pause.
func TestStore_NeverExists(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, b := open(t, s3test.Unversioned, s3test.Config{})
		server.SetFaults(func(r s3test.Request) s3test.Fault {
			if r.Op == "UploadPart" {
				return s3test.Fault{Status: http.StatusNotFound, Code: "NoSuchUpload"}
			}
			return s3test.Fault{}
		})
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
		defer cancel()
		err := b.Store(ctx, uploadOf(content(2*partSize+1)))
		assert.Check(t, is.ErrorIs(err, context.DeadlineExceeded))
		assert.Check(t, is.ErrorContains(err, "NoSuchUpload"))
		assert.Check(t, server.Count("CreateMultipartUpload") < 50, "%d in two minutes", server.Count("CreateMultipartUpload"))
		assert.Check(t, is.Len(server.Uploads(bucketName), 0))
	})
}

func TestStore_SomebodyAbortsIt(t *testing.T) {
	server, b := open(t, s3test.Unversioned, s3test.Config{})
	server.SetFaults(func(r s3test.Request) s3test.Fault {
		if r.Op == "UploadPart" && r.N == 2 {
			server.AbortUpload(bucketName, r.Query.Get("uploadId"))
		}
		return s3test.Fault{}
	})
	body := content(3 * partSize)
	assert.NilError(t, b.Store(t.Context(), uploadOf(body)))
	checkStored(t, server, body)
}

func TestStore_RefusalAbortsIt(t *testing.T) {
	for _, op := range []string{"UploadPart", "CompleteMultipartUpload"} {
		t.Run(op, func(t *testing.T) {
			server, b := open(t, s3test.Unversioned, s3test.Config{})
			server.SetFaults(func(r s3test.Request) s3test.Fault {
				if r.Op == op {
					return s3test.Fault{Status: http.StatusForbidden, Code: "AccessDenied", Message: "Access Denied"}
				}
				return s3test.Fault{}
			})
			up := uploadOf(content(6 * partSize))
			up.Tags = "a=1"
			err := b.Store(t.Context(), up)
			assert.Check(t, is.ErrorIs(err, bucket.ErrForbidden))
			assert.Check(t, is.ErrorContains(err, op+` "orders" key "a": `))
			assert.Check(t, is.ErrorContains(err, "s3:PutObjectTagging"))
			assert.Check(t, is.Len(server.Objects(bucketName), 0))
			assert.Check(t, is.Len(server.Uploads(bucketName), 0))
		})
	}
}

func TestStore_WhatCantBeWrittenIsAborted(t *testing.T) {
	broken := errors.New("broken")
	for name, size := range map[string]int{"one request": 1, "parts": 3 * partSize} {
		t.Run(name, func(t *testing.T) {
			server, b := open(t, s3test.Unversioned, s3test.Config{})
			up := uploadOf(content(size))
			write := up.Write
			up.Write = func(w io.Writer) error { return errors.Join(write(w), broken) }
			err := b.Store(t.Context(), up)
			assert.Check(t, is.ErrorIs(err, broken))
			assert.Check(t, is.Error(err, "broken"), "it is not S3's")
			assert.Check(t, is.Len(server.Objects(bucketName), 0))
			assert.Check(t, is.Len(server.Uploads(bucketName), 0))
		})
	}
}

func TestStore_EndsWithItsContextAndIsAborted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, b := open(t, s3test.Unversioned, s3test.Config{})
		server.SetFaults(func(r s3test.Request) s3test.Fault {
			if r.Op == "UploadPart" {
				return s3test.SlowDown()
			}
			return s3test.Fault{}
		})
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		err := b.Store(ctx, uploadOf(content(6*partSize)))
		assert.Check(t, is.ErrorIs(err, context.DeadlineExceeded))
		assert.Check(t, is.ErrorContains(err, "SlowDown"))
		assert.Check(t, is.Equal(strings.Count(err.Error(), "deadline"), 1), "%v", err)
		assert.Check(t, is.Len(server.Uploads(bucketName), 0))
	})
}

// That the rest of an upload could not be removed must not hide why it failed.
func TestStore_CantBeAborted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, b := open(t, s3test.Unversioned, s3test.Config{})
		server.Deny("s3:AbortMultipartUpload")
		server.SetFaults(func(r s3test.Request) s3test.Fault {
			if r.Op == "UploadPart" {
				return s3test.Fault{Status: http.StatusBadRequest, Code: "InvalidRequest"}
			}
			return s3test.Fault{}
		})
		err := b.Store(t.Context(), uploadOf(content(2*partSize+1)))
		assert.Check(t, is.ErrorContains(err, "UploadPart"))
		assert.Check(t, is.Len(server.Uploads(bucketName), 1))
	})
}

func TestStore_IntoABucketWithObjectLock(t *testing.T) {
	for name, size := range map[string]int{"one request": 1, "parts": 2*partSize + 1} {
		t.Run(name, func(t *testing.T) {
			server, b := open(t, s3test.Enabled, s3test.Config{})
			server.SetObjectLock(bucketName, true)
			assert.NilError(t, b.Store(t.Context(), uploadOf(content(size))))
		})
	}
}

// Some stores say so.
func TestDelete_OfWhatIsNotThere(t *testing.T) {
	server, b := open(t, s3test.Unversioned, s3test.Config{})
	server.SetFaults(func(s3test.Request) s3test.Fault { return s3test.Fault{Status: http.StatusNotFound, Code: "NoSuchKey"} })
	assert.NilError(t, b.Delete(t.Context(), "a"))
	server.SetFaults(func(s3test.Request) s3test.Fault {
		return s3test.Fault{Status: http.StatusNotFound, Code: "NoSuchBucket"}
	})
	assert.Check(t, is.ErrorIs(b.Delete(t.Context(), "a"), bucket.ErrNoBucket))
}

func TestDelete(t *testing.T) {
	server, b := open(t, s3test.Enabled, s3test.Config{})
	server.Put(bucketName, "a", []byte("1"))
	assert.NilError(t, b.Delete(t.Context(), "a"))
	assert.Check(t, is.Len(server.Objects(bucketName), 0))
	assert.NilError(t, b.Delete(t.Context(), "was never there"))
	server.Deny("s3:DeleteObject")
	assert.Check(t, is.ErrorContains(b.Delete(t.Context(), "a"), "IAM policy must allow s3:DeleteObject"))
}
