// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package destination

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"github.com/conduitio/conduit-connector-s3/internal/value"
)

// objectsMode is the mode in which each record is one object, or deletes one.
// Writing the same records again changes nothing.
type objectsMode struct {
	storer
	prefix  string
	checker *value.Checker // of structured payloads, which are written as JSON
}

// state is the state of an object after a record.
type state struct {
	key     string
	deleted bool
	body    []byte
	options bucket.PutOptions
}

// The names of the metadata in which the source passes on the headers and the user
// metadata of an object.
const (
	headerMetadata = "s3.header."
	userMetadata   = "s3.metadata."
)

// write stores recs up to the first that is not about an object. The records of a
// key are stored one after the other, and different keys in parallel.
func (m *objectsMode) write(ctx context.Context, recs []opencdc.Record) (int, error) {
	states, keys, refused := m.statesOf(recs)
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

// apply stores or deletes the object, and retries until ctx ends.
func (m *objectsMode) apply(ctx context.Context, s state, up bucket.StoreInput) error {
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

// statesOf returns the states and the keys of recs, up to the first that is not
// about an object, and why it is not.
func (m *objectsMode) statesOf(recs []opencdc.Record) ([]state, []string, error) {
	states, keys := make([]state, 0, len(recs)), make([]string, 0, len(recs))
	for _, rec := range recs {
		s, err := m.stateOf(rec)
		if err != nil {
			return states, keys, err
		}
		states, keys = append(states, s), append(keys, s.key)
	}
	return states, keys, nil
}

func (m *objectsMode) stateOf(rec opencdc.Record) (state, error) {
	refuse := func(field string, err error) (state, error) {
		return state{}, &value.RecordError{Position: rec.Position, Field: field, Err: err}
	}
	key, err := m.keyOf(rec.Key)
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

// keyOf returns the key of the object for a record's key. Which characters are
// allowed is left to the store.
func (m *objectsMode) keyOf(key opencdc.Data) (string, error) {
	raw, ok := key.(opencdc.RawData)
	switch text := m.prefix + string(raw); {
	case !ok:
		return "", errors.New("is not raw data, which the mode objects requires")
	case len(raw) == 0:
		return "", errors.New("is empty")
	case len(text) > maxKey:
		return "", fmt.Errorf("has %d bytes with the prefix, more than S3's limit of %d", len(text), maxKey)
	case !utf8.ValidString(text):
		return "", errors.New("is not valid UTF-8, which keys in S3 must be")
	default:
		return text, nil
	}
}

func (m *objectsMode) bodyOf(data opencdc.Data) ([]byte, error) {
	switch data := data.(type) {
	case opencdc.RawData:
		return data, nil
	case opencdc.StructuredData:
		if data != nil {
			return m.jsonOf(data)
		}
	}
	return nil, errors.New("is missing, and only a delete needs none")
}

// jsonOf returns data as JSON. Values that JSON can't represent are refused, as in
// the mode "batches".
func (m *objectsMode) jsonOf(data opencdc.StructuredData) ([]byte, error) {
	err := m.checker.Check(opencdc.Record{Operation: opencdc.OperationCreate, Payload: opencdc.Change{After: data}})
	var refused *value.RecordError
	if errors.As(err, &refused) {
		return nil, refused.Err // the caller adds field and position
	}
	var keys *value.KeyOrder
	return (&value.JSONWriter{HTML: true}).AppendValue(nil, data, &keys)
}

// optionsOf returns the options of a record's object. The record's metadata, which
// has the headers of an object that the source read, sets what the configuration
// does not.
func (m *objectsMode) optionsOf(rec opencdc.Record) (bucket.PutOptions, error) {
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
	if m.options.ContentDisposition != "" {
		delete(headers, headerMetadata+"contentDisposition")
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
			return options, fmt.Errorf("%q: another name differs only in case, which S3 ignores", name)
		}
		if options.Metadata == nil {
			options.Metadata = map[string]string{}
		}
		options.Metadata[user] = value
	}
	return options, nil
}
