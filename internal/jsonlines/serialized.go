// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package jsonlines

import (
	"bytes"
	stdjson "encoding/json"
	"errors"
	"fmt"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/internal/value"
)

// ErrSerializer is the error of a record that the serializer fails for, or makes
// no line of.
var ErrSerializer = errors.New("serializer")

var (
	errEmptyLine = fmt.Errorf("%w: its output is empty, and a record must be one line", ErrSerializer)
	errLines     = fmt.Errorf("%w: its output has several lines and is not JSON, and a record must be one line", ErrSerializer)
)

// serializedLines writes the output of a serializer.
//
// Conduit commons v0.6.0: Record.Bytes hides an error of the serializer by using
// another layout, and panics if that fails, too (opencdc/record.go). So the
// serializer is called directly. Remove when Record returns the error.
type serializedLines struct {
	serializer opencdc.RecordSerializer
}

// check serializes rec, which is the only way to know whether a template fails.
func (l serializedLines) check(rec opencdc.Record) error {
	_, err := l.line(rec)
	return err
}

func (l serializedLines) append(dst []byte, rec opencdc.Record) ([]byte, error) {
	line, err := l.line(rec)
	return append(dst, line...), err
}

// sum returns the zero Hash, because a layout may leave out what identifies records.
func (serializedLines) sum() (none Hash) { return none }

// line returns rec in the serializer's layout, without a newline in it. Newlines
// at the end, which templates often have, are cut off. Newlines inside are removed
// from JSON, where they have no meaning. Any other output with several lines is
// an error, and so is an empty one.
func (l serializedLines) line(rec opencdc.Record) ([]byte, error) {
	line, err := serialize(l.serializer, value.PlainRecord(rec))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSerializer, err)
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

// serialize calls the serializer. A panic becomes an error, because a record can
// hold values of any type.
func serialize(s opencdc.RecordSerializer, rec opencdc.Record) (line []byte, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("serializer panics: %v", r)
		}
	}()
	return s.Serialize(rec)
}
