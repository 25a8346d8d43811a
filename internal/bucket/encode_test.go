// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package bucket_test

import (
	"mime"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"github.com/conduitio/conduit-connector-s3/internal/s3test"
	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
)

func TestEncodeHeader(t *testing.T) {
	for value, want := range map[string]string{
		"":                                 "",
		"text/plain":                       "text/plain",
		`attachment; filename="a b.txt"`:   `attachment; filename="a b.txt"`,
		`attachment; filename="Übung.pdf"`: `attachment; filename*=utf-8''%C3%9Cbung.pdf`,
		`text/plain; charset=utf-8; title="日本 語"`:   `text/plain; charset=utf-8; title*=utf-8''%E6%97%A5%E6%9C%AC%20%E8%AA%9E`,
		`attachment; filename*=utf-8''%C3%9C`:       `attachment; filename*=utf-8''%C3%9C`,
		`not even "a media type; with ; it is kept`: `not even "a media type; with ; it is kept`,
	} {
		got, err := bucket.EncodeHeader(value)
		assert.NilError(t, err)
		assert.Check(t, is.Equal(got, want))
	}
	for value, want := range map[string]string{
		"deutsch, österreichisch":           "beyond ASCII",
		"attachment; filename=Übung.pdf":    "beyond ASCII", // without quotes
		"attachment; filename=\"\xfc.pdf\"": "beyond ASCII", // no UTF-8
		"a\nb":                              "control characters",
		"ü\x00":                             "control characters",
	} {
		_, err := bucket.EncodeHeader(value)
		assert.Check(t, is.ErrorContains(err, want), value)
	}
}

// Whatever the value of a header is, it is either stored or refused by name, and
// never an error of the signature, which blames the keys.
func TestStore_HeadersBeyondASCII(t *testing.T) {
	set := map[string]func(*bucket.PutOptions, string){
		"Content-Type":        func(o *bucket.PutOptions, v string) { o.ContentType = v },
		"Content-Encoding":    func(o *bucket.PutOptions, v string) { o.ContentEncoding = v },
		"Content-Disposition": func(o *bucket.PutOptions, v string) { o.ContentDisposition = v },
		"Content-Language":    func(o *bucket.PutOptions, v string) { o.ContentLanguage = v },
		"Cache-Control":       func(o *bucket.PutOptions, v string) { o.CacheControl = v },
		"Expires":             func(o *bucket.PutOptions, v string) { o.Expires = v },
		"x-amz-acl":           func(o *bucket.PutOptions, v string) { o.ACL = v },
		"x-amz-tagging":       func(o *bucket.PutOptions, v string) { o.Tags = v },
		"x-amz-server-side-encryption-aws-kms-key-id": func(o *bucket.PutOptions, v string) { o.KMSKeyID = v },
	}
	for size, body := range map[string][]byte{"one request": {1}, "parts": content(2*partSize + 1)} {
		for name, apply := range set {
			server, b := open(t, s3test.Unversioned, s3test.Config{})
			in := uploadOf(body)
			apply(&in.PutOptions, "ä; ü")
			err := b.Store(t.Context(), in)
			assert.Check(t, is.ErrorIs(err, bucket.ErrInvalid), size)
			assert.Check(t, is.ErrorContains(err, "header "+name+": "), size)
			assert.Check(t, is.Equal(server.Count(""), 0))
		}
		_, b := open(t, s3test.Unversioned, s3test.Config{})
		in := uploadOf(body)
		in.ContentDisposition, in.Metadata = `attachment; filename="Ü.pdf"`, map[string]string{"colour": "grün"}
		assert.NilError(t, b.Store(t.Context(), in))
		got, err := b.Get(t.Context(), list(t, b)[0], 0)
		assert.NilError(t, err)
		_, params, err := mime.ParseMediaType(got.ContentDisposition)
		assert.NilError(t, err)
		assert.Check(t, is.DeepEqual(params, map[string]string{"filename": "Ü.pdf"}))
		assert.Check(t, is.DeepEqual(got.Metadata, map[string]string{"colour": "grün"}))
	}
}

func FuzzEncodeHeader(f *testing.F) {
	for _, seed := range []string{"", "a", `attachment; filename="ü"`, "ü", "\xff", `a/b; c="` + strings.Repeat("ü", 100) + `"; d*0="x"`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		got, err := bucket.EncodeHeader(value)
		if err != nil {
			return
		}
		for _, c := range []byte(got) {
			assert.Check(t, c == '\t' || c >= ' ' && c < utf8.RuneSelf && c != 0x7f, "%q of %q", got, value)
		}
		again, err := bucket.EncodeHeader(got)
		assert.NilError(t, err)
		assert.Check(t, is.Equal(again, got))
	})
}
