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

// schemaTimeout is how long an object waits for its schema. Usually the SDK has just
// used it to decode the records and has it in its cache.
const schemaTimeout = 10 * time.Second

// schemas reads schemas from Conduit's schema registry. It logs a warning once for
// each that is unavailable.
type schemas struct {
	ctx    context.Context // of the logger and the registry
	warned sync.Map        // of subject and version
}

func newSchemas(ctx context.Context) *schemas {
	return &schemas{ctx: context.WithoutCancel(ctx)}
}

// Schema returns an Avro schema as JSON.
func (s *schemas) Schema(subject string, version int) (string, error) {
	ctx, cancel := context.WithTimeout(s.ctx, schemaTimeout)
	defer cancel()
	found, err := schema.Get(ctx, subject, version)
	if err == nil && found.Type != schema.TypeAvro {
		err = fmt.Errorf("its type is %v, not Avro", found.Type)
	}
	if err != nil {
		if _, isWarned := s.warned.LoadOrStore(fmt.Sprint(subject, " ", version), true); !isWarned {
			sdk.Logger(s.ctx).Warn().Err(err).Str("subject", subject).Int("version", version).
				Msg("schema is unavailable: column types are inferred from the records until it is available")
		}
		return "", fmt.Errorf("get schema %q, version %d: %w", subject, version, err)
	}
	return string(found.Bytes), nil
}
