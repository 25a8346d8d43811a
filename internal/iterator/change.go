// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

// Package iterator turns a bucket into a snapshot of its objects and a stream
// of its changes. It owns the order, the positions and the reading ahead; it
// knows objects and time, and nothing of Conduit.
package iterator

import "github.com/conduitio/conduit-connector-s3/internal/bucket"

// Operation is what a change did to its key.
type Operation int

// The operations of changes.
const (
	// Snapshot is an object that existed when the source started.
	Snapshot Operation = iota + 1
	// Create is a version where nothing, or a delete marker, stood before.
	Create
	// Update is a version where another version stood before.
	Update
	// Delete is a delete marker.
	Delete
)

// Change is one object of the snapshot, or one version or delete marker that
// appeared later.
type Change struct {
	Operation Operation
	Version   bucket.Version
	Object    bucket.Object // empty for a Delete
	Position  Position      // where to go on after this change
}
