// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package destination

import (
	"context"
	"fmt"
	"sync"
	"time"

	sdk "github.com/conduitio/conduit-connector-sdk"
	"github.com/conduitio/conduit-connector-sdk/schema"
)

// schemaTimeout is how long an object waits for its schema. The SDK has mostly
// just used it to decode the records, and still knows it.
const schemaTimeout = 10 * time.Second

// schemas are those of Conduit's schema registry. It warns once of each that it
// can't have.
type schemas struct {
	ctx    context.Context // of the logger and the registry
	warned sync.Map        // of subject and version
}

func newSchemas(ctx context.Context) *schemas {
	return &schemas{ctx: context.WithoutCancel(ctx)}
}

// Schema returns the text of an Avro schema.
func (s *schemas) Schema(subject string, version int) (string, error) {
	ctx, cancel := context.WithTimeout(s.ctx, schemaTimeout)
	defer cancel()
	found, err := schema.Get(ctx, subject, version)
	if err == nil && found.Type != schema.TypeAvro {
		err = fmt.Errorf("it is of the type %v", found.Type)
	}
	if err != nil {
		if _, known := s.warned.LoadOrStore(fmt.Sprint(subject, " ", version), true); !known {
			sdk.Logger(s.ctx).Warn().Err(err).Str("subject", subject).Int("version", version).
				Msg("no schema: the types of columns are inferred from the records until it is there")
		}
		return "", fmt.Errorf("get schema %q, version %d: %w", subject, version, err)
	}
	return string(found.Bytes), nil
}
