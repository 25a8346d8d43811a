// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package jsonlines

import (
	"cmp"
	"fmt"
	"io"
	"slices"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/internal/value"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// The compressions.
const (
	none      = "none"
	gzipped   = "gzip"
	zstandard = "zstd"
)

// Compressions returns the names of the compressions, the default first.
func Compressions() []string { return []string{none, gzipped, zstandard} }

// bufferSize is how many bytes of lines are handed to the writer at once.
const bufferSize = 64 << 10

// Encoder writes one record a line, each line ended by a newline.
type Encoder struct {
	serializer  opencdc.RecordSerializer // nil for OpenCDC's own layout
	compression string
	checkers    value.Checker
}

// lines are some lines of an object. Nothing of them is safe for concurrent use.
type lines interface {
	// append appends rec as a line without the newline at its end.
	append(dst []byte, rec opencdc.Record) ([]byte, error)
	// sum returns a hash of what was appended since the last sum, if these lines
	// are hashed.
	sum() Hash
}

// New returns an encoder of lines. serializer is their layout, which
// is OpenCDC's JSON if it is nil. compression is one of Compressions, or empty for
// the default.
func New(serializer opencdc.RecordSerializer, compression string) (*Encoder, error) {
	compression = cmp.Or(compression, none)
	if !slices.Contains(Compressions(), compression) {
		return nil, fmt.Errorf("compression: %q is not one of %q", compression, Compressions())
	}
	e := &Encoder{serializer: serializer, compression: compression, checkers: value.Checker{Finite: true}}
	if named, ok := e.serializer.(interface{ Name() string }); ok && named.Name() == openCDCName {
		e.serializer = nil
	}
	return e, nil
}

func (e *Encoder) Extension() string {
	switch e.compression {
	case gzipped:
		return ".json.gz"
	case zstandard:
		return ".json.zst"
	default:
		return ".json"
	}
}

func (*Encoder) ContentType() string { return "application/x-ndjson" }

func (e *Encoder) ContentEncoding() string {
	if e.compression == none {
		return ""
	}
	return e.compression
}

func (e *Encoder) Check(rec opencdc.Record) error {
	if err := e.checkers.Check(rec); err != nil || e.serializer == nil {
		return err
	}
	if err := (serializedLines{e.serializer}).check(rec); err != nil {
		return value.Refuse(rec, err)
	}
	return nil
}

// Shape returns which data a record has. Lines may hold any kind of it.
func (*Encoder) Shape(rec opencdc.Record) (key, before, after value.Kind) {
	return min(value.KindOf(rec.Key), value.Raw), min(value.KindOf(rec.Payload.Before), value.Raw), min(value.KindOf(rec.Payload.After), value.Raw)
}

func (e *Encoder) Encode(w io.Writer, recs []opencdc.Record) error {
	_, err := e.encode(w, recs, func() lines {
		if e.serializer != nil {
			return serializedLines{e.serializer}
		}
		return newOpenCDCLines(false)
	})
	return err
}

// Hashable reports whether the lines are those that the hash is made of.
func (e *Encoder) Hashable() bool { return e.serializer == nil }

// EncodeAndHash is Encode for lines that are hashable. It returns their hash.
func (e *Encoder) EncodeAndHash(w io.Writer, recs []opencdc.Record) (Hash, error) {
	hashes, err := e.encode(w, recs, func() lines { return newOpenCDCLines(true) })
	return hashOfBlocks(hashes), err
}

// encode writes recs and returns the hashes of the blocks.
func (e *Encoder) encode(w io.Writer, recs []opencdc.Record, newLines func() lines) ([]Hash, error) {
	out, err := e.compressed(w)
	if err != nil {
		return nil, err
	}
	hashes, err := writeLines(out, recs, newLines)
	if err != nil {
		return nil, err
	}
	if err := out.Close(); err != nil {
		return nil, fmt.Errorf("write the end: %w", err)
	}
	return hashes, nil
}

// writeLines writes recs to w, on all processors. It returns the hashes of the
// blocks.
func writeLines(w io.Writer, recs []opencdc.Record, newLines func() lines) ([]Hash, error) {
	hashes, queue := make([]Hash, blockCount(recs)), newOrderedWriter(w)
	newWriter := func() *lineWriter { return &lineWriter{lines: newLines()} }
	err := inBlocks(recs, newWriter, func(lines *lineWriter, block int, recs []opencdc.Record) error {
		err := queue.write(block, func(w io.Writer) error { return lines.write(w, recs) })
		hashes[block] = lines.sum()
		return err
	})
	return hashes, err
}

// lineWriter writes lines, many at once.
type lineWriter struct {
	lines
	buffer []byte
}

func (l *lineWriter) write(w io.Writer, recs []opencdc.Record) error {
	l.buffer = l.buffer[:0]
	for i, rec := range recs {
		var err error
		if l.buffer, err = l.append(l.buffer, rec); err != nil {
			return value.Refuse(rec, err)
		}
		l.buffer = append(l.buffer, '\n')
		if len(l.buffer) < bufferSize && i < len(recs)-1 {
			continue
		}
		if _, err := w.Write(l.buffer); err != nil {
			return fmt.Errorf("write lines: %w", err)
		}
		l.buffer = l.buffer[:0]
	}
	return nil
}

// compressed returns a writer in front of w. Its Close does not close w.
func (e *Encoder) compressed(w io.Writer) (io.WriteCloser, error) {
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
