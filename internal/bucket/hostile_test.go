// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package bucket_test

import (
	"io"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
)

// stream is a body that is made as it is read: head, then unit again and again
// until size bytes have come.
type stream struct {
	head, unit string
	size       int64
	read       int64
}

func (s *stream) Read(p []byte) (int, error) {
	if s.read == s.size {
		return 0, io.EOF
	}
	n := 0
	for n < len(p) && s.read < s.size {
		next := s.head[min(s.read, int64(len(s.head))):]
		if next == "" {
			next = s.unit[(s.read-int64(len(s.head)))%int64(len(s.unit)):]
		}
		c := copy(p[n:], next[:min(int64(len(next)), s.size-s.read)])
		n, s.read = n+c, s.read+int64(c)
	}
	return n, nil
}

func (*stream) Close() error { return nil }

// allocated returns how many bytes were allocated while do ran. Unlike the size
// of the heap, that does not depend on when garbage is collected, and is no less.
func allocated(do func()) int64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	do()
	runtime.ReadMemStats(&after)
	return int64(after.TotalAlloc - before.TotalAlloc)
}

func listVersions(t *testing.T, b *bucket.Bucket) error {
	_, err := b.ListVersions(t.Context(), "", bucket.Marker{})
	return err
}

func listUploads(t *testing.T, b *bucket.Bucket) error {
	_, err := b.ListUploads(t.Context(), "", bucket.UploadMarker{})
	return err
}

func getOneByte(t *testing.T, b *bucket.Bucket) error {
	_, err := b.Get(t.Context(), bucket.Version{Key: "a", VersionID: "1", Size: 1}, 0)
	return err
}

func getOnePetabyte(t *testing.T, b *bucket.Bucket) error {
	_, err := b.Get(t.Context(), bucket.Version{Key: "a", VersionID: "1", Size: 1 << 50}, 0)
	return err
}

// An endpoint decides what it sends, not how much memory that takes.
func TestP5_AnswersAreBounded(t *testing.T) {
	const MiB = 1 << 20
	const root = "<ListVersionsResult><IsTruncated>false</IsTruncated>"
	for name, test := range map[string]struct {
		status int
		header http.Header
		body   stream
		ask    func(*testing.T, *bucket.Bucket) error
		want   error
		says   string
		bound  int64
	}{
		"an error": {
			status: 503, body: stream{head: "<Error><Code>SlowDown</Code><Message>", unit: "x", size: 300 * MiB},
			ask: listVersions, want: bucket.ErrInvalid, says: "more than 1048576 bytes", bound: 16 * MiB,
		},
		"an error of an object": {
			status: 403, body: stream{head: "<Error><Code>AccessDenied</Code><Message>", unit: "x", size: 300 * MiB},
			ask: getOneByte, want: bucket.ErrInvalid, says: "more than 1048576 bytes", bound: 16 * MiB,
		},
		"an error's message": {
			status: 403, body: stream{head: "<Error><Code>AccessDenied</Code><Message>", unit: "x", size: MiB},
			ask: getOneByte, want: bucket.ErrForbidden, says: "status 403", bound: 32 * MiB,
		},
		"empty versions": {
			status: 200, body: stream{head: root, unit: "<Version/>", size: 15 * MiB},
			ask: listVersions, want: bucket.ErrMalformed, says: "more than 10000 entries", bound: 160 * MiB,
		},
		"a listing": {
			status: 200, body: stream{head: root, unit: "<Version/>", size: 63 * MiB},
			ask: listVersions, want: bucket.ErrInvalid, says: "more than 16777216 bytes", bound: 160 * MiB,
		},
		"a listing without end": {
			status: 200, body: stream{head: root, unit: " ", size: 1 << 60},
			ask: listVersions, want: bucket.ErrInvalid, says: "more than 16777216 bytes", bound: 160 * MiB,
		},
		"a listing of objects": {
			status: 200, body: stream{head: "<ListBucketResult>", unit: "<Contents/>", size: 15 * MiB},
			ask: listVersions, want: bucket.ErrMalformed, says: "a listing of objects", bound: 192 * MiB,
		},
		"uploads": {
			status: 200, body: stream{head: "<ListMultipartUploadsResult>", unit: "<Upload/>", size: 15 * MiB},
			ask: listUploads, want: bucket.ErrMalformed, says: "more than 10000 entries", bound: 160 * MiB,
		},
		"nested elements": {
			status: 200, body: stream{head: root, unit: "<a>", size: 15 * MiB},
			ask: listVersions, want: bucket.ErrMalformed, says: "more than 64 deep", bound: 160 * MiB,
		},
		"an object without end": {
			status: 200, header: http.Header{"X-Amz-Checksum-Crc32": {"AAAAAA=="}}, body: stream{unit: "x", size: 1 << 60},
			ask: getOneByte, want: bucket.ErrCorrupt, says: "more than 1 bytes", bound: 4 * MiB,
		},
		"an object that is listed with one byte": {
			status: 200, header: http.Header{"Content-Length": {strconv.Itoa(600 * MiB)}}, body: stream{unit: "x", size: 600 * MiB},
			ask: getOneByte, want: bucket.ErrCorrupt, says: "629145600 bytes and not 1", bound: 4 * MiB,
		},
		"an object that is listed with a petabyte": {
			status: 200, header: http.Header{"Content-Length": {strconv.Itoa(1 << 50)}}, body: stream{unit: "x", size: MiB},
			ask: getOnePetabyte, want: bucket.ErrUnavailable, says: "1048576 bytes came", bound: 16 * MiB,
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := answering(t, "http://s3.test", says(test.status, test.header, &test.body)) //nolint:bodyclose // there is no response yet
			var err error
			took := allocated(func() { err = test.ask(t, b) })
			assert.Check(t, is.ErrorIs(err, test.want))
			assert.Check(t, is.ErrorContains(err, test.says))
			assert.Check(t, took < test.bound, "%d MiB were allocated", took/MiB)
			assert.Check(t, len(err.Error()) < 2000, "%d bytes of error", len(err.Error()))
		})
	}
}

// What an endpoint writes comes into the log short and on one line, and without
// what signs requests.
func TestErrors_ForeignStringsAreCutAndQuoted(t *testing.T) {
	const esc = "\x1b[31m\nlevel=fatal"
	long := strings.Repeat("m", 100_000)
	for _, body := range []string{
		"<Error><Code>" + long + "</Code><Message>" + long + "</Message><RequestId>" + long + "</RequestId></Error>",
		"<Error><Code>a&#10;b</Code><Message>a&#10;level=fatal&#x202E;</Message><RequestId>r&#10;</RequestId></Error>",
		esc + long, "<" + long, "<html>" + long,
	} {
		for status, ask := range map[int]func(*testing.T, *bucket.Bucket) error{200: listVersions, 403: getOneByte, 503: listUploads, 301: listVersions} {
			header := http.Header{"X-Amz-Request-Id": {long}, "X-Amz-Bucket-Region": {"eu\nx" + long}, "Location": {"https://" + long}}
			b := answering(t, "http://s3.test", func(r *http.Request) (*http.Response, error) {
				return says(status, header, bodyOf(body))(r)
			})
			err := ask(t, b)
			assert.Assert(t, err != nil)
			assert.Check(t, len(err.Error()) < 1500, "%d: %d bytes", status, len(err.Error()))
			assert.Check(t, !strings.ContainsAny(err.Error(), "\n\x1b\u202e"), "%d: %q", status, err)
		}
	}
}

func TestErrors_EchoedCredentialsAreRedacted(t *testing.T) {
	for _, echo := range []func(*http.Request) string{
		func(r *http.Request) string { return r.Header.Get("Authorization") },
		func(r *http.Request) string { return "GET / Authorization: " + r.Header.Get("Authorization") + " end" },
		func(*http.Request) string { return "the secret is testsecret123, the key testaccess" },
		func(*http.Request) string {
			return "https://x/?X-Amz-Credential=testaccess%2F20261122&amp;X-Amz-Signature=0123abcd"
		},
	} {
		b := answering(t, "http://s3.test", func(r *http.Request) (*http.Response, error) {
			return says(400, nil, bodyOf("<Error><Code>Odd</Code><Message>"+echo(r)+"</Message></Error>"))(r)
		})
		err := b.Put(t.Context(), "a", nil, bucket.PutOptions{})
		assert.Check(t, is.ErrorContains(err, "[redacted]"))
		for _, secret := range []string{"testaccess", "testsecret123", "AWS4-HMAC", "0123abcd"} {
			assert.Check(t, err == nil || !strings.Contains(err.Error(), secret), err)
		}
	}
}

func TestErrors_OfALongKeyAreCut(t *testing.T) {
	b := answering(t, "http://s3.test", says(403, nil, bodyOf(""))) //nolint:bodyclose // as above
	_, err := b.Get(t.Context(), bucket.Version{Key: strings.Repeat("é", 500), VersionID: "1"}, 0)
	assert.Check(t, is.ErrorContains(err, `é"… (cut from 1000 bytes)`))
	assert.Check(t, err == nil || len(err.Error()) < 500)
}
