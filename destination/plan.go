// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package destination

import (
	"cmp"
	"fmt"
	"runtime"
	"slices"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/internal/format"
	"github.com/conduitio/conduit-connector-s3/internal/partition"
	"github.com/conduitio/conduit-connector-s3/internal/value"
	"golang.org/x/sync/errgroup"
)

// planner decides which records go together into an object.
type planner struct {
	encoder   format.Encoder
	partition partition.Template
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
	folders := make([]string, len(recs))
	planned, refused := p.check(recs, folders)
	result := plan{folders: folders[:planned], refused: refused}
	recs = recs[:planned]
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

// checkChunkSize is how many records are looked at in one go.
const checkChunkSize = 256

// check fills in the folders of recs, on all processors. It returns the place of
// the first record that can't be written, and why it can't.
func (p *planner) check(recs []opencdc.Record, folders []string) (int, error) {
	chunks := (len(recs) + checkChunkSize - 1) / checkChunkSize
	planned, refused := make([]int, chunks), make([]error, chunks)
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for c := range chunks {
		group.Go(func() error {
			planned[c], refused[c] = p.checkChunk(recs, c*checkChunkSize, min((c+1)*checkChunkSize, len(recs)), folders)
			return nil // the others go on: one of them may be in front of it
		})
	}
	_ = group.Wait() // they return none
	for c, err := range refused {
		if err != nil {
			return planned[c], err
		}
	}
	return len(recs), nil
}

// checkChunk looks at the records from the place begin to the one before end.
func (p *planner) checkChunk(recs []opencdc.Record, begin, end int, folders []string) (int, error) {
	for i := begin; i < end; i++ {
		folder, err := p.folderOf(recs[i])
		if err != nil {
			return i, err
		}
		folders[i] = folder
	}
	return end, nil
}

// folderOf returns the folder of rec, or why rec can't be written.
func (p *planner) folderOf(rec opencdc.Record) (string, error) {
	if err := p.encoder.Check(rec); err != nil {
		return "", err
	}
	folder, err := p.partition.Folder(rec)
	if length := len(p.prefix) + len(folder); err == nil && length > maxPrefix {
		err = fmt.Errorf("its folder has %d bytes with the prefix, more than the %d that S3's limit for a key leaves", length, maxPrefix)
	}
	if err != nil {
		return "", &value.RecordError{Position: rec.Position, Field: ConfigPartition, Err: err}
	}
	return folder, nil
}

// pick returns the records of a job, of all that there are.
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
