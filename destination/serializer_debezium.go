// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package destination

import (
	"maps"
	"slices"
	"time"

	"github.com/conduitio/conduit-commons/opencdc"
)

// timesAsText is a serializer that gets the times in payloads as strings in RFC
// 3339, as JSON has them.
//
// Connector SDK v0.14.2: the Debezium layout treats a time.Time as a struct with
// unexported fields, and panics if it is in UTC (kafkaconnect/reflect.go). Remove
// when the SDK writes times.
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

// withText returns v with strings in place of times. It changes copies only. A time
// that RFC 3339 can't represent is unchanged, because no layout can write it.
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
