// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package destination

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/internal/format"
)

// timeLayout has a fixed width, so names sort by time.
const timeLayout = "20060102T150405.000000000Z"

// namer makes the names of objects:
//
//	<prefix><folder><time>-<hash><extension>    logs/20260102T030405.000000006Z-0123456789abcdef01234567.json
//
// A name depends only on the records, so a batch that is written again overwrites
// its own object. That may be a retry or, after a crash between upload and
// acknowledgement, the same records read again.
//
// The hash is that of the records, see format.Hash. It distinguishes batches. If the
// layout of the objects is not the default, it is part of the hash, because two
// destinations with one prefix may get the same records. If records of a batch are
// equal in everything, their position included, objects of them may be equal, too.
// Their order in the batch then distinguishes them. Equal objects of different batches
// have the same name, since they can't be told from a batch that is written again.
//
// The time makes names sort. It is the time of the newest record, because unlike
// the time of the upload it is the same when a batch is written again:
//
//   - opencdc.createdAt, the time of the change, if any record has it. In a stream
//     of changes it increases from one object to the next, and the objects of a
//     snapshot sort before those of the changes that follow it.
//   - otherwise opencdc.readAt. Names then follow the order of writing exactly, but
//     a batch that is read again gets a new name.
//   - otherwise the Unix epoch.
//
// Objects with the same time sort by hash, so their order has no meaning. Their records
// have opencdc.readAt.
type namer struct {
	prefix, extension string
	layout            string // empty for the default
}

// hashSize is how many bytes of the hash are in a name.
const hashSize = 12

// name returns the name of the object in folder that holds recs, whose hash is given.
// twins is the number of objects before it in the batch that may be equal to it.
func (n namer) name(folder string, recs []opencdc.Record, hash format.Hash, twins int) string {
	if n.layout != "" || twins > 0 {
		hash = sha256.Sum256(fmt.Appendf(hash[:], "%d %s", twins, n.layout))
	}
	newest := newestOf(recs, opencdc.Metadata.GetCreatedAt)
	if newest.IsZero() {
		newest = newestOf(recs, opencdc.Metadata.GetReadAt)
	}
	if newest.IsZero() {
		newest = time.Unix(0, 0)
	}
	return n.prefix + folder + newest.UTC().Format(timeLayout) + "-" + hex.EncodeToString(hash[:hashSize]) + n.extension
}

// newestOf returns the latest time that get finds in the records' metadata, or the
// zero time. Invalid times are ignored.
func newestOf(recs []opencdc.Record, get func(opencdc.Metadata) (time.Time, error)) time.Time {
	var newest time.Time
	for _, rec := range recs {
		if t, err := get(rec.Metadata); err == nil && t.After(newest) {
			newest = t
		}
	}
	return newest
}

// layout returns what distinguishes the layout of objects from the default, apart from
// their extension. Types and compression are no part of it: the content is the same.
func (c *Config) layout() string {
	switch {
	case c.Format == format.Parquet && c.ParquetLayout != format.Envelope:
		return c.ParquetLayout
	case c.Format == format.JSON && c.RecordFormat != nil && *c.RecordFormat != defaultLayout:
		return *c.RecordFormat + " " + c.RecordFormatOptions
	default:
		return ""
	}
}

// twins returns, by the first records of objects, how many objects before have the same
// folder, number of records, and first and last position. Objects without any are left
// out.
func (p *plan) twins(recs []opencdc.Record) map[int]int {
	type ends struct {
		folder, first, last string
		records             int
	}
	twins, seen := map[int]int{}, make(map[ends]int, len(p.objects))
	for _, object := range p.objects {
		first, last := object[0], object[len(object)-1]
		e := ends{p.folders[first], string(recs[first].Position), string(recs[last].Position), len(object)}
		if seen[e] > 0 {
			twins[first] = seen[e]
		}
		seen[e]++
	}
	return twins
}
