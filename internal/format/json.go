// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package format

import (
	"bytes"
	"cmp"
	stdjson "encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/goccy/go-json"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

var (
	errEmptyLine = errors.New("sdk.record.format: its text is empty; one record must be one line")
	errLines     = errors.New("sdk.record.format: its text spans lines and is no JSON; one record must be one line")
)

// jsonEncoder writes one record a line, each line ended by a newline.
//
// Records are serialized here and not with Record.Bytes, which hides the
// serializer's error behind another layout and panics when that fails too.
type jsonEncoder struct {
	serializer  opencdc.RecordSerializer
	compression string
}

// The names of what compresses JSON.
const (
	none      = "none"
	gzipped   = "gzip"
	zstandard = "zstd"
)

func newJSONEncoder(opts Options) (Encoder, error) {
	compression := cmp.Or(opts.Compression, none)
	switch compression {
	case none, gzipped, zstandard:
		return &jsonEncoder{serializer: opts.Serializer, compression: compression}, nil
	default:
		return nil, fmt.Errorf("compression: %q is none of %q, %q and %q", compression, none, gzipped, zstandard)
	}
}

func (e *jsonEncoder) Extension() string {
	switch e.compression {
	case gzipped:
		return ".json.gz"
	case zstandard:
		return ".json.zst"
	default:
		return ".json"
	}
}

func (*jsonEncoder) ContentType() string { return "application/x-ndjson" }

func (e *jsonEncoder) ContentEncoding() string {
	if e.compression == none {
		return ""
	}
	return e.compression
}

func (e *jsonEncoder) Check(rec opencdc.Record) error {
	if _, err := e.line(rec); err != nil {
		return refuse(rec, err)
	}
	return nil
}

func (*jsonEncoder) Groups(recs []opencdc.Record) [][]int { return groupsOf(recs, false) }

func (e *jsonEncoder) Encode(w io.Writer, recs []opencdc.Record) error {
	out, err := e.compressed(w)
	if err != nil {
		return err
	}
	for i, rec := range recs {
		line, err := e.line(rec)
		if err != nil {
			return refuse(rec, err)
		}
		if _, err := out.Write(append(line, '\n')); err != nil {
			return fmt.Errorf("write line %d: %w", i+1, err)
		}
	}
	if err := out.Close(); err != nil {
		return fmt.Errorf("write the end: %w", err)
	}
	return nil
}

// compressed returns a writer in front of w. Its Close does not close w.
func (e *jsonEncoder) compressed(w io.Writer) (io.WriteCloser, error) {
	switch e.compression {
	case gzipped:
		return gzip.NewWriter(w), nil
	case zstandard:
		out, err := zstd.NewWriter(w, zstd.WithEncoderConcurrency(1))
		if err != nil {
			return nil, fmt.Errorf("begin zstd: %w", err)
		}
		return out, nil
	default:
		return uncompressed{w}, nil
	}
}

type uncompressed struct{ io.Writer }

func (uncompressed) Close() error { return nil }

// line returns rec in the serializer's layout without a newline in it. Newlines
// at the end, as templates have them, are cut off. Those inside are taken out
// of JSON, where they mean nothing; in anything else they would break the
// record into several lines, so the record is refused, as is an empty text.
func (e *jsonEncoder) line(rec opencdc.Record) ([]byte, error) {
	if err := check(rec); err != nil {
		return nil, err
	}
	line, err := serialize(e.serializer, rec)
	if err != nil {
		return nil, blame(rec, err)
	}
	line = bytes.TrimRight(line, "\r\n")
	if len(bytes.TrimSpace(line)) == 0 {
		return nil, errEmptyLine
	}
	if bytes.IndexByte(line, '\n') < 0 {
		return line, nil
	}
	var compact bytes.Buffer
	if err := stdjson.Compact(&compact, line); err != nil {
		return nil, errLines
	}
	return compact.Bytes(), nil
}

// serialize calls the serializer and turns a panic into an error: it meets
// values of any type.
func serialize(s opencdc.RecordSerializer, rec opencdc.Record) (line []byte, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("serializer panics: %v", r)
		}
	}()
	return s.Serialize(rec)
}

// blame returns err together with the field that is to blame for it, if it is
// one that can't be JSON.
func blame(rec opencdc.Record, err error) error {
	for _, f := range dataFields(rec) {
		if s, ok := f.data.(opencdc.StructuredData); ok {
			if _, fieldErr := marshal(s); fieldErr != nil {
				return &fieldError{field: f.name, err: fieldErr}
			}
		}
	}
	return fmt.Errorf("sdk.record.format: %w", err)
}

// marshal returns structured data as JSON, numbers without loss.
func marshal(s opencdc.StructuredData) (text []byte, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("no JSON: %v", r)
		}
	}()
	text, err = json.MarshalWithOption(map[string]any(s), json.DisableHTMLEscape())
	if err != nil {
		return nil, fmt.Errorf("no JSON: %w", err)
	}
	return text, nil
}
