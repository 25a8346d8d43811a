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

// bufferSize is the number of bytes at which lines are passed to the writer.
const bufferSize = 64 << 10

// Encoder writes one record per line, each followed by a newline. It is safe for
// concurrent use.
type Encoder struct {
	serializer  opencdc.RecordSerializer // nil for OpenCDC's own layout
	compression string
	checker     value.Checker
}

// lines makes the lines of an object. It is not safe for concurrent use.
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
	e := &Encoder{serializer: serializer, compression: compression}
	if named, ok := e.serializer.(interface{ Name() string }); ok && named.Name() == openCDCName {
		e.serializer = nil
	}
	return e, nil
}

// Extension returns the end of the objects' names, with its dot.
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

// ContentType returns the media type of the objects.
func (*Encoder) ContentType() string { return "application/x-ndjson" }

// ContentEncoding returns the compression as HTTP names it, or an empty string.
func (e *Encoder) ContentEncoding() string {
	if e.compression == none {
		return ""
	}
	return e.compression
}

// Check returns a *value.RecordError if rec can't be written. The error wraps
// ErrSerializer if the serializer fails.
func (e *Encoder) Check(rec opencdc.Record) error {
	if err := e.checker.Check(rec); err != nil || e.serializer == nil {
		return err
	}
	if err := (serializedLines{e.serializer}).check(rec); err != nil {
		return value.Refuse(rec, err)
	}
	return nil
}

// Encode writes an object with recs, which passed Check. It calls w from several
// goroutines, but one at a time.
func (e *Encoder) Encode(w io.Writer, recs []opencdc.Record) error {
	_, err := e.encode(w, recs, func() lines { return newLines(e.serializer) })
	return err
}

// Hashable reports whether the lines are those that a Hash is made of.
func (e *Encoder) Hashable() bool { return e.serializer == nil }

// EncodeAndHash is Encode for lines that are Hashable. It returns the hash of recs,
// which takes less time than HashOf.
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
		return nil, fmt.Errorf("finish compression: %w", err)
	}
	return hashes, nil
}

// writeLines writes recs to w, using all processors. It returns the hashes of the
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

// lineWriter collects lines in a buffer and writes them.
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

// compressed returns a writer that compresses into w. Its Close does not close w.
func (e *Encoder) compressed(w io.Writer) (io.WriteCloser, error) {
	switch e.compression {
	case gzipped:
		return gzip.NewWriter(w), nil
	case zstandard:
		out, err := zstd.NewWriter(w, zstd.WithEncoderConcurrency(1))
		if err != nil {
			return nil, fmt.Errorf("start zstd: %w", err)
		}
		return out, nil
	default:
		return uncompressed{w}, nil
	}
}

type uncompressed struct{ io.Writer }

func (uncompressed) Close() error { return nil }
