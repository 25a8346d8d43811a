// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package format

import (
	"cmp"
	"fmt"
	"io"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// The names of what compresses JSON.
const (
	none      = "none"
	gzipped   = "gzip"
	zstandard = "zstd"
)

// bufferSize is how many bytes of lines are handed to the writer at once.
const bufferSize = 64 << 10

// jsonEncoder writes one record a line, each line ended by a newline.
type jsonEncoder struct {
	serializer  opencdc.RecordSerializer // nil for OpenCDC's own layout
	compression string
}

// lines are the lines of one object.
type lines interface {
	// append appends rec as a line without the newline at its end.
	append(dst []byte, rec opencdc.Record) ([]byte, error)
}

func newJSONEncoder(opts Options) (Encoder, error) {
	compression := cmp.Or(opts.Compression, none)
	switch compression {
	case none, gzipped, zstandard:
	default:
		return nil, fmt.Errorf("compression: %q is none of %q, %q and %q", compression, none, gzipped, zstandard)
	}
	e := &jsonEncoder{serializer: opts.Serializer, compression: compression}
	if named, ok := e.serializer.(interface{ Name() string }); ok && named.Name() == openCDCName {
		e.serializer = nil
	}
	return e, nil
}

func (e *jsonEncoder) lines() lines {
	if e.serializer == nil {
		return &openCDCLines{jsonWriter: jsonWriter{html: true}}
	}
	return serializedLines{e.serializer}
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
	err := checker{finite: true}.record(rec)
	if err == nil && e.serializer != nil {
		err = serializedLines{e.serializer}.check(rec)
	}
	if err != nil {
		return refuse(rec, err)
	}
	return nil
}

func (*jsonEncoder) Groups(recs []opencdc.Record) [][]int { return groupsOf(recs, presence) }

func (e *jsonEncoder) Encode(w io.Writer, recs []opencdc.Record) error {
	out, err := e.compressed(w)
	if err != nil {
		return err
	}
	if err := writeLines(out, e.lines(), recs); err != nil {
		return err
	}
	if err := out.Close(); err != nil {
		return fmt.Errorf("write the end: %w", err)
	}
	return nil
}

func writeLines(w io.Writer, lines lines, recs []opencdc.Record) error {
	var buffer []byte
	for i, rec := range recs {
		var err error
		if buffer, err = lines.append(buffer, rec); err != nil {
			return refuse(rec, err)
		}
		buffer = append(buffer, '\n')
		if len(buffer) < bufferSize && i < len(recs)-1 {
			continue
		}
		if _, err := w.Write(buffer); err != nil {
			return fmt.Errorf("write up to line %d: %w", i+1, err)
		}
		buffer = buffer[:0]
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
