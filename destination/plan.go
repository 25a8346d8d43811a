// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package destination

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/internal/format"
)

// planner decides which records go together into an object.
type planner struct {
	encoder   format.Encoder
	partition partition
	prefix    string
	limit     int // of records an object
}

// plan is what becomes of a batch.
type plan struct {
	folders []string // of each record that is planned, without the prefix
	objects []job    // in the order of their first records
	refused error    // why the record behind those that are planned is not
}

// plan plans recs up to the first that can't be written. Records share an
// object if they have the same folder and belong into one group; each object
// has limit records at most.
func (p *planner) plan(recs []opencdc.Record) plan {
	var result plan
	result.folders, result.refused = p.place(recs)
	recs = recs[:len(result.folders)]
	for _, folder := range jobsOf(result.folders) {
		for _, group := range p.encoder.Groups(pick(recs, folder)) {
			for chunk := range slices.Chunk(group, p.limit) {
				object := make(job, len(chunk))
				for i, at := range chunk {
					object[i] = folder[at]
				}
				result.objects = append(result.objects, object)
			}
		}
	}
	slices.SortFunc(result.objects, func(a, b job) int { return cmp.Compare(a[0], b[0]) })
	return result
}

// place returns the folders of recs up to the first that can't be written, and
// why it can't.
func (p *planner) place(recs []opencdc.Record) ([]string, error) {
	folders := make([]string, 0, len(recs))
	for _, rec := range recs {
		if err := p.encoder.Check(rec); err != nil {
			return folders, err
		}
		folder, err := p.partition.folder(rec)
		if length := len(p.prefix) + len(folder); err == nil && length > maxPrefix {
			err = fmt.Errorf("its folder has %d bytes with the prefix, more than the %d that S3's limit for a key leaves", length, maxPrefix)
		}
		if err != nil {
			return folders, &format.RecordError{Position: rec.Position, Field: ConfigPartition, Err: err}
		}
		folders = append(folders, folder)
	}
	return folders, nil
}

// pick returns the records of a job.
func pick(recs []opencdc.Record, j job) []opencdc.Record {
	if first, last := j[0], j[len(j)-1]; last-first+1 == len(j) {
		return recs[first : last+1] // nothing stands between them
	}
	picked := make([]opencdc.Record, len(j))
	for i, at := range j {
		picked[i] = recs[at]
	}
	return picked
}
