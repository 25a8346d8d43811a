// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package destination

import (
	"maps"
	"slices"
	"time"

	"github.com/conduitio/conduit-commons/opencdc"
)

// timesAsText is a serializer that meets text where a payload has times: RFC
// 3339, as JSON writes them. The SDK's Debezium layout takes a time.Time for a
// struct of unexported fields, and panics on one in UTC.
type timesAsText struct {
	opencdc.RecordSerializer
}

func (s timesAsText) Serialize(rec opencdc.Record) ([]byte, error) {
	for _, data := range []*opencdc.Data{&rec.Payload.Before, &rec.Payload.After} {
		if fields, ok := (*data).(opencdc.StructuredData); ok {
			*data = fieldsWithText(fields)
		}
	}
	return s.RecordSerializer.Serialize(rec)
}

// withText returns v with text in the place of times; what it changes is a copy.
// A time that has no text stays: nothing can write it.
func withText(v any) any {
	switch v := v.(type) {
	case time.Time:
		if text, err := v.MarshalText(); err == nil {
			return string(text)
		}
	case *time.Time:
		if v == nil {
			return nil
		}
		return withText(*v)
	case opencdc.StructuredData:
		return fieldsWithText(v)
	case map[string]any:
		return fieldsWithText(v)
	case []any:
		v = slices.Clone(v)
		for i, item := range v {
			v[i] = withText(item)
		}
		return v
	}
	return v
}

func fieldsWithText[M ~map[string]any](m M) M {
	m = maps.Clone(m)
	for name, value := range m {
		m[name] = withText(value)
	}
	return m
}
