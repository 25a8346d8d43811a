// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package jsonlines

import (
	"bytes"
	stdjson "encoding/json"
	"errors"
	"fmt"

	"github.com/conduitio/conduit-commons/opencdc"
)

var (
	errEmptyLine = errors.New("sdk.record.format: its text is empty; one record must be one line")
	errLines     = errors.New("sdk.record.format: its text spans lines and is no JSON; one record must be one line")
)

// serializedLines writes what a serializer makes of records.
//
// Records are serialized here and not with Record.Bytes, which hides the
// serializer's error behind another layout and panics when that fails too.
type serializedLines struct {
	serializer opencdc.RecordSerializer
}

// check serializes rec: nothing else tells whether a template fails for it.
func (l serializedLines) check(rec opencdc.Record) error {
	_, err := l.line(rec)
	return err
}

func (l serializedLines) append(dst []byte, rec opencdc.Record) ([]byte, error) {
	line, err := l.line(rec)
	return append(dst, line...), err
}

// sum returns nothing: a layout may leave out what tells records apart.
func (serializedLines) sum() (none Hash) { return none }

// line returns rec in the serializer's layout without a newline in it. Newlines
// at the end, as templates have them, are cut off. Those inside are taken out
// of JSON, where they mean nothing; in anything else they would break the
// record into several lines, so the record is refused, as is an empty text.
func (l serializedLines) line(rec opencdc.Record) ([]byte, error) {
	line, err := serialize(l.serializer, rec)
	if err != nil {
		return nil, fmt.Errorf("sdk.record.format: %w", err)
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
