// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package destination

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"github.com/conduitio/conduit-connector-s3/internal/format"
)

// mirror is the mode in which each record is an object of its own, or deletes
// one. To write records again changes nothing.
type mirror struct {
	uploads
	prefix string
	json   format.Encoder // knows what JSON can't hold
}

// state is what a record says an object shall be.
type state struct {
	key     string
	deleted bool
	body    []byte
	options bucket.PutOptions
}

// The names of metadata that the source gives to what S3 keeps with an object.
const (
	headerMetadata = "s3.header."
	userMetadata   = "s3.metadata."
)

// write stores recs up to the first that says nothing of an object. The records
// of a key are stored one after the other, in their order; several keys at a
// time.
func (m *mirror) write(ctx context.Context, recs []opencdc.Record) (int, error) {
	states, keys, refused := m.states(recs)
	jobs := jobsOf(keys)
	up := m.upload(len(jobs))
	stored, err := m.run(ctx, len(states), jobs, func(ctx context.Context, records job) (int, error) {
		for done, at := range records {
			if err := m.apply(ctx, states[at], up); err != nil {
				return done, err
			}
		}
		return len(records), nil
	})
	if err != nil {
		return stored, err
	}
	return stored, refused
}

// apply makes the object what s says.
func (m *mirror) apply(ctx context.Context, s state, up bucket.StoreInput) error {
	if s.deleted {
		return m.store.Remove(ctx, s.key)
	}
	up.Key, up.PutOptions = func() string { return s.key }, s.options
	up.Write = func(w io.Writer) error {
		_, err := w.Write(s.body)
		return err
	}
	return m.store.Store(ctx, up)
}

// states returns what recs say, and of which keys, up to the first that says
// nothing of an object.
func (m *mirror) states(recs []opencdc.Record) ([]state, []string, error) {
	states, keys := make([]state, 0, len(recs)), make([]string, 0, len(recs))
	for _, rec := range recs {
		s, err := m.state(rec)
		if err != nil {
			return states, keys, err
		}
		states, keys = append(states, s), append(keys, s.key)
	}
	return states, keys, nil
}

func (m *mirror) state(rec opencdc.Record) (state, error) {
	refuse := func(field string, err error) (state, error) {
		return state{}, &format.RecordError{Position: rec.Position, Field: field, Err: err}
	}
	key, err := m.key(rec.Key)
	if err != nil {
		return refuse("key", err)
	}
	if rec.Operation == opencdc.OperationDelete {
		return state{key: key, deleted: true}, nil
	}
	body, err := m.bodyOf(rec.Payload.After)
	if err != nil {
		return refuse("payload.after", err)
	}
	options, err := m.optionsOf(rec)
	if err != nil {
		return refuse("metadata", err)
	}
	return state{key: key, body: body, options: options}, nil
}

// key returns the key of the object that a record with this key is about. Which
// characters the store takes, it says itself.
func (m *mirror) key(key opencdc.Data) (string, error) {
	raw, ok := key.(opencdc.RawData)
	switch text := m.prefix + string(raw); {
	case !ok:
		return "", errors.New("with the mode objects it must be raw, the key of an object")
	case len(raw) == 0:
		return "", errors.New("it is empty, and no object's key is")
	case len(text) > maxKey:
		return "", fmt.Errorf("with the prefix it has %d bytes, more than S3's limit of %d", len(text), maxKey)
	case !utf8.ValidString(text):
		return "", errors.New("it is no UTF-8, as S3's keys must be")
	default:
		return text, nil
	}
}

func (m *mirror) bodyOf(data opencdc.Data) ([]byte, error) {
	switch data := data.(type) {
	case opencdc.RawData:
		return data, nil
	case opencdc.StructuredData:
		if data != nil {
			return m.jsonOf(data)
		}
	}
	return nil, errors.New("it is missing, and only a delete needs none")
}

// jsonOf returns data as JSON. What JSON can't hold is refused as in the mode
// batches: of text that is no UTF-8, json.Marshal would replace the bytes.
func (m *mirror) jsonOf(data opencdc.StructuredData) ([]byte, error) {
	err := m.json.Check(opencdc.Record{Operation: opencdc.OperationCreate, Payload: opencdc.Change{After: data}})
	var refused *format.RecordError
	if errors.As(err, &refused) {
		return nil, refused.Err // whose field and position are known
	}
	return json.Marshal(data)
}

// optionsOf returns the options of a record's object: those of the configuration
// with what the record's metadata says of an object that the source has read.
func (m *mirror) optionsOf(rec opencdc.Record) (bucket.PutOptions, error) {
	options := m.options
	if _, ok := rec.Payload.After.(opencdc.StructuredData); ok {
		options.ContentType = "application/json"
	}
	headers := map[string]*string{
		headerMetadata + "contentType":        &options.ContentType,
		headerMetadata + "contentEncoding":    &options.ContentEncoding,
		headerMetadata + "contentDisposition": &options.ContentDisposition,
		headerMetadata + "contentLanguage":    &options.ContentLanguage,
		headerMetadata + "cacheControl":       &options.CacheControl,
		headerMetadata + "expires":            &options.Expires,
	}
	for _, name := range slices.Sorted(maps.Keys(rec.Metadata)) {
		header, known := headers[name]
		user, isUser := strings.CutPrefix(name, userMetadata)
		var value string
		var err error
		switch {
		case known:
			value, err = bucket.EncodeHeader(rec.Metadata[name])
		case isUser:
			user, value, err = bucket.EncodeMetadata(user, rec.Metadata[name])
		default:
			continue
		}
		if err != nil {
			return options, fmt.Errorf("%q: %w", name, err)
		}
		if known {
			*header = value
			continue
		}
		if _, twice := options.Metadata[user]; twice {
			return options, fmt.Errorf("%q: S3 takes it for another name, which differs only in upper and lower case", name)
		}
		if options.Metadata == nil {
			options.Metadata = map[string]string{}
		}
		options.Metadata[user] = value
	}
	return options, nil
}
