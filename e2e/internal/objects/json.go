// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

// Package objects reads the records back out of the objects that the
// destination writes. It is written against the documented layout alone and
// shares no code with the connector.
package objects

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/conduitio/conduit-commons/opencdc"
)

// ReadJSON reads an object of the format "json": one record a line.
func ReadJSON(body []byte) ([]opencdc.Record, error) {
	var records []opencdc.Record
	for line := range bytes.Lines(body) {
		if !bytes.HasSuffix(line, []byte("\n")) {
			return nil, fmt.Errorf("line %d: no line feed at its end", len(records)+1)
		}
		var record opencdc.Record
		if err := json.Unmarshal(line, &record); err != nil {
			return nil, fmt.Errorf("line %d: %w", len(records)+1, err)
		}
		record.Key = absent(record.Key)
		record.Payload.Before = absent(record.Payload.Before)
		record.Payload.After = absent(record.Payload.After)
		records = append(records, record)
	}
	return records, nil
}

// absent turns what a JSON null becomes, a map that is nil, into no data.
func absent(data opencdc.Data) opencdc.Data {
	if fields, ok := data.(opencdc.StructuredData); ok && fields == nil {
		return nil
	}
	return data
}
