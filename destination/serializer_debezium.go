// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package destination

import (
	"encoding/json"
	"maps"
	"slices"
	"time"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/internal/value"
)

// typedValues is a serializer that gets values for which the SDK's Debezium layout has
// a type: times in payloads as strings in RFC 3339, and decimals as doubles. A
// decimal with more digits than a double is a string, so that no digit is lost.
//
// Connector SDK v0.14.2: the layout treats a time as a struct and describes its
// unexported fields, and panics if it is in UTC. It describes a number of any
// digits as a string (kafkaconnect/reflect.go). Remove when the SDK writes both.
type typedValues struct {
	opencdc.RecordSerializer
}

func (s typedValues) Serialize(rec opencdc.Record) ([]byte, error) {
	for _, data := range []*opencdc.Data{&rec.Payload.Before, &rec.Payload.After} {
		if fields, ok := (*data).(opencdc.StructuredData); ok {
			*data = typedFields(fields)
		}
	}
	return s.RecordSerializer.Serialize(rec)
}

// typed returns v with values that the layout has types for. It changes copies only. A
// time that RFC 3339 can't represent is unchanged, because no layout can write it.
func typed(v any) any {
	switch v := v.(type) {
	case time.Time:
		if text, err := v.MarshalText(); err == nil {
			return string(text)
		}
	case *time.Time:
		if v == nil {
			return nil
		}
		return typed(*v)
	case json.Number:
		if f, ok := value.DoubleOf(v); ok {
			return f
		}
		return v.String()
	case opencdc.StructuredData:
		return typedFields(v)
	case map[string]any:
		return typedFields(v)
	case []any:
		v = slices.Clone(v)
		for i, item := range v {
			v[i] = typed(item)
		}
		return v
	}
	return v
}

func typedFields[M ~map[string]any](m M) M {
	m = maps.Clone(m)
	for name, v := range m {
		m[name] = typed(v)
	}
	return m
}
