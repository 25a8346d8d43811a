// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"fmt"
	"sync/atomic"
	"testing"

	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/conduitio/conduit-connector-s3/internal/s3test/contract"
)

// TestContract runs what the connector relies on, and what its own tests'
// server promises, against the real server.
func TestContract(t *testing.T) {
	t.Parallel()
	var buckets atomic.Int64
	newContractBucket := func(t *testing.T, versioned bool) (*awss3.Client, string) {
		t.Helper()
		return store.Client(), newBucket(t, fmt.Sprintf("contract-%d", buckets.Add(1)), versioned)
	}
	contract.Run(t, newContractBucket, contract.MinIO())
}
