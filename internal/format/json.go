// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package format

import (
	"bytes"
	stdjson "encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/goccy/go-json"
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
	serializer opencdc.RecordSerializer
}

func (*jsonEncoder) Extension() string { return ".json" }

func (*jsonEncoder) ContentType() string { return "application/x-ndjson" }

func (e *jsonEncoder) Encode(w io.Writer, recs []opencdc.Record) (int, error) {
	for i, rec := range recs {
		line, err := e.line(rec)
		if err != nil {
			return i, refuse(rec, err)
		}
		if _, err := w.Write(append(line, '\n')); err != nil {
			return i, fmt.Errorf("write line %d: %w", i+1, err)
		}
	}
	return len(recs), nil
}

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
