// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package format

import (
	"crypto/sha256"
	"io"
	"strings"
	"sync"

	"github.com/conduitio/conduit-commons/opencdc"
)

// conduitMetadata begins the names that Conduit itself gives to metadata.
const conduitMetadata = "conduit."

// Sum is a hash of what a sequence of records is.
type Sum [sha256.Size]byte

// Identity is what a sequence of records is: the same records read anew have the
// same one, and no others have it. It is made of what the records are in
// OpenCDC's JSON, whatever the format of their object, without the metadata
// opencdc.readAt and that which Conduit says about itself, which may be upgraded
// meanwhile; of that, only the connector that read the records counts.
//
// Less than that is not enough: position, operation and time of creation are
// the same in all records that a processor makes of one.
type Identity struct {
	recs []opencdc.Record
	once sync.Once
	sum  Sum
}

// NewIdentity returns the identity of recs, which must not change any more.
func NewIdentity(recs []opencdc.Record) *Identity { return &Identity{recs: recs} }

// Sum returns a hash of the identity. Unless an encoder has found it already, it
// takes about as long as to encode the records as JSON. It is safe for concurrent
// use.
func (i *Identity) Sum() Sum {
	i.once.Do(func() {
		// What passed Check can be written.
		sums, _ := writeLines(io.Discard, i.recs, func() lines { return newOpenCDCLines(true) })
		i.sum = sumOf(sums)
	})
	return i.sum
}

// found tells the sums of the blocks to an identity that is wanted.
func (i *Identity) found(sums []Sum) {
	if i != nil {
		i.once.Do(func() { i.sum = sumOf(sums) })
	}
}

// find begins to find an identity, if one is wanted. What it returns waits for it.
func (i *Identity) find() (wait func()) {
	if i == nil {
		return func() {}
	}
	var group sync.WaitGroup
	group.Go(func() { i.Sum() })
	return group.Wait
}

func sumOf(sums []Sum) Sum {
	all := sha256.New()
	for _, sum := range sums {
		_, _ = all.Write(sum[:]) // a hash takes everything
	}
	return Sum(all.Sum(nil))
}

// identifies reports whether metadata is the same when a record is read anew.
func identifies(name string) bool {
	switch name {
	case opencdc.MetadataConduitSourceConnectorID:
		return true
	case opencdc.MetadataReadAt:
		return false
	default:
		return !strings.HasPrefix(name, conduitMetadata)
	}
}
