// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package format

import (
	"io"
	"sync"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/internal/jsonlines"
)

// Object is the records of one object: it has the object's bytes and the hash
// for its name. It is safe for concurrent use.
type Object struct {
	encoder Encoder
	lines   *jsonlines.Encoder // if they are what the hash is made of, else nil
	recs    []opencdc.Record
	table   *Table
	once    sync.Once
	hash    Hash
}

// NewObject returns the object that an encoder makes of recs, which passed Check and
// must not change any more. table is that of their group.
func NewObject(e Encoder, recs []opencdc.Record, table *Table) *Object {
	o := &Object{encoder: e, recs: recs, table: table}
	if lines, ok := e.(lines); ok && lines.Hashable() {
		o.lines = lines.Encoder
	}
	return o
}

// Encode writes the object, see Encoder. It computes the hash at the same time,
// which takes less time than to compute it before or afterwards: either from the
// lines that it writes, or in parallel.
func (o *Object) Encode(w io.Writer) error {
	if o.lines != nil {
		hash, err := o.lines.EncodeAndHash(w, o.recs)
		if err == nil {
			o.once.Do(func() { o.hash = hash })
		}
		return err
	}
	var group sync.WaitGroup
	defer group.Wait()
	group.Go(func() { o.Hash() })
	return o.encoder.Encode(w, o.recs, o.table)
}

// Hash returns the hash of the records. It computes the hash unless Encode has
// done so. A part of an object can be sent only when the object has a name, so
// Hash may be called while Encode runs.
func (o *Object) Hash() Hash {
	o.once.Do(func() { o.hash = HashOf(o.recs) })
	return o.hash
}
