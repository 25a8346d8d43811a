// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package format

import (
	"crypto/sha256"
	"hash"

	"github.com/conduitio/conduit-commons/opencdc"
)

// openCDCName is the name of the serializer whose lines are written here: the
// same lines in less than half the time.
const openCDCName = "opencdc/json"

// openCDCLines writes records as OpenCDC's JSON.
type openCDCLines struct {
	jsonWriter
	meta               names
	key, before, after *names
	texts              []string  // the values of metadata
	hash               hash.Hash // of the lines; nil if they are not hashed
	small              []byte    // what goes to hash from the front of a line
}

func newOpenCDCLines(hashed bool) *openCDCLines {
	l := &openCDCLines{jsonWriter: jsonWriter{html: true}}
	if hashed {
		l.hash = sha256.New()
	}
	return l
}

func (l *openCDCLines) append(dst []byte, rec opencdc.Record) ([]byte, error) {
	begin := len(dst)
	dst = l.bytes(append(dst, `{"position":`...), rec.Position)
	dst = l.text(append(dst, `,"operation":`...), rec.Operation.String())
	l.small = append(l.small[:0], dst[begin:]...)
	dst = l.metadata(append(dst, `,"metadata":`...), rec.Metadata)
	end := len(dst)
	var err error
	if dst, err = l.field(append(dst, `,"key":`...), fieldKey, rec.Key, &l.key); err != nil {
		return dst, err
	}
	if dst, err = l.field(append(dst, `,"payload":{"before":`...), fieldBefore, rec.Payload.Before, &l.before); err != nil {
		return dst, err
	}
	if dst, err = l.field(append(dst, `,"after":`...), fieldAfter, rec.Payload.After, &l.after); err != nil {
		return dst, err
	}
	dst = append(dst, `}}`...)
	if l.hash != nil {
		_, _ = l.hash.Write(l.small) // never fails
		_, _ = l.hash.Write(dst[end:])
	}
	return dst, nil
}

// sum returns a hash of the lines since the last sum.
func (l *openCDCLines) sum() (s Hash) {
	if l.hash != nil {
		l.hash.Sum(s[:0])
		l.hash.Reset()
	}
	return s
}

func (l *openCDCLines) field(dst []byte, name string, d opencdc.Data, at **names) ([]byte, error) {
	dst, err := l.value(dst, d, at)
	if err != nil {
		return dst, &fieldError{field: name, err: err}
	}
	return dst, nil
}

func (l *openCDCLines) metadata(dst []byte, m opencdc.Metadata) []byte {
	if m == nil {
		return append(dst, "null"...)
	}
	l.texts, _ = valuesOf(&l.jsonWriter, &l.meta, m, l.texts[:0])
	dst = append(dst, '{')
	for i, text := range l.texts {
		if i > 0 {
			dst = append(dst, ',')
		}
		begin := len(dst)
		dst = l.text(append(dst, l.meta.written(i)...), text)
		if l.hash != nil && identifies(l.meta.known[i].name) {
			l.small = append(l.small, dst[begin:]...)
		}
	}
	return append(dst, '}')
}
