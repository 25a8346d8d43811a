// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package jsonlines

import (
	"sync"

	"github.com/conduitio/conduit-commons/opencdc"
)

const (
	// maxPooled is the largest buffer that a Sizer keeps.
	maxPooled = 1 << 20
	// metadataSize is what counts for a value of metadata that is not part of a Hash,
	// because it may have another size when the record is read again.
	metadataSize = 32
)

// Sizer computes how many bytes records are as lines before compression. It is safe
// for concurrent use.
type Sizer struct {
	serializer opencdc.RecordSerializer
	pool       sync.Pool // of *lineWriter
}

// NewSizer returns a Sizer of OpenCDC's JSON.
func NewSizer() *Sizer { return &Sizer{} }

// Sizer returns a Sizer of the lines that the encoder writes.
func (e *Encoder) Sizer() *Sizer { return &Sizer{serializer: e.serializer} }

// Size returns the number of bytes of rec, which passed Check, including the newline.
// A record that is read again has the same size. In OpenCDC's JSON, the values of
// metadata that may differ then are counted as if they had a fixed size. It takes as
// long as to encode rec.
func (s *Sizer) Size(rec opencdc.Record) int {
	l, ok := s.pool.Get().(*lineWriter)
	if !ok {
		l = &lineWriter{lines: newLines(s.serializer)}
	}
	line, err := l.append(l.buffer[:0], rec)
	if err != nil { // Encode returns it
		return 0
	}
	if l.buffer = line; cap(line) > maxPooled {
		l.buffer = nil
	}
	s.pool.Put(l)
	size := len(line) + 1
	if s.serializer != nil {
		return size
	}
	for name, value := range rec.Metadata {
		if !identifies(name) {
			size += metadataSize - len(value)
		}
	}
	return size
}

// newLines returns the lines of a serializer, or those of OpenCDC's JSON if it is nil.
func newLines(serializer opencdc.RecordSerializer) lines {
	if serializer != nil {
		return serializedLines{serializer}
	}
	return newOpenCDCLines(false)
}
