// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package destination

import (
	"cmp"
	"errors"
	"fmt"
	"runtime"
	"slices"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/internal/crash"
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
	limit     int // of records in an object
	maxBytes  int // of records in an object, before compression; 0 if there is no limit
	sizer     *format.Sizer
}

// plan is the objects that a batch becomes.
type plan struct {
	folders []string        // of each planned record, without the prefix
	sizes   []int           // of each planned record, if there is a limit
	tables  []*format.Table // of each object, at the index of its first record
	objects []job           // in the order of their first records
	refused error           // why the record after those is not planned
}

// plan plans recs up to the first that can't be written. Records share an object if
// they have the same folder and are in the same group. An object has at most limit
// records and maxBytes bytes, unless it has only one record. Where it ends depends
// only on the records, so that a batch that is written again has the same objects.
func (p *planner) plan(recs []opencdc.Record) plan {
	all := plan{folders: make([]string, len(recs))}
	if p.maxBytes > 0 {
		all.sizes = make([]int, len(recs))
	}
	planned, refused := p.check(recs, all)
	all.folders, all.refused, recs = all.folders[:planned], refused, recs[:planned]
	var groups [][]int
	for _, folder := range jobsOf(all.folders) {
		for _, group := range p.encoder.Groups(pick(recs, folder)) {
			for i, at := range group {
				group[i] = folder[at]
			}
			groups = append(groups, group)
		}
	}
	all.tables = make([]*format.Table, planned)
	for g, table := range p.encoder.Tables(recs, groups) {
		for _, object := range p.cut(groups[g], all.sizes) {
			all.objects = append(all.objects, object)
			all.tables[object[0]] = table
		}
	}
	slices.SortFunc(all.objects, func(a, b job) int { return cmp.Compare(a[0], b[0]) })
	return all
}

// cut returns the objects of the records of a group.
func (p *planner) cut(group job, sizes []int) []job {
	var objects []job
	begin, bytes := 0, 0
	for i, at := range group {
		size := 0
		if p.maxBytes > 0 {
			size = sizes[at]
		}
		if count := i - begin; count > 0 && (count == p.limit || p.maxBytes > 0 && bytes+size > p.maxBytes) {
			objects = append(objects, group[begin:i])
			begin, bytes = i, 0
		}
		bytes += size
	}
	return append(objects, group[begin:])
}

// checkChunkSize is how many records a goroutine checks at a time.
const checkChunkSize = 256

// check sets the folders and sizes of recs, on all processors. It returns the index of
// the first record that can't be written, and why, or else the number of records.
func (p *planner) check(recs []opencdc.Record, all plan) (int, error) {
	chunks := (len(recs) + checkChunkSize - 1) / checkChunkSize
	planned, refused := make([]int, chunks), make([]error, chunks)
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for c := range chunks {
		group.Go(func() error {
			planned[c], refused[c] = p.checkChunk(recs, c*checkChunkSize, min((c+1)*checkChunkSize, len(recs)), all)
			return nil // an earlier chunk may have an error as well
		})
	}
	_ = group.Wait() // errors are kept in refused
	for c, err := range refused {
		if err != nil {
			return planned[c], err
		}
	}
	return len(recs), nil
}

// checkChunk is check for the records from index begin to the one before end.
func (p *planner) checkChunk(recs []opencdc.Record, begin, end int, all plan) (int, error) {
	for i := begin; i < end; i++ {
		err := crash.Catch(func() (err error) {
			all.folders[i], err = p.folderOf(recs[i])
			if err == nil && all.sizes != nil {
				all.sizes[i] = p.sizer.Size(recs[i])
			}
			return err
		})
		if errors.Is(err, crash.ErrPanic) {
			err = &value.RecordError{Position: recs[i].Position, Err: err}
		}
		if err != nil {
			return i, err
		}
	}
	return end, nil
}

// folderOf returns the folder of rec, or a *value.RecordError.
func (p *planner) folderOf(rec opencdc.Record) (string, error) {
	if err := p.encoder.Check(rec); err != nil {
		return "", nameSerializer(err)
	}
	folder, err := p.partition.Folder(rec)
	if length := len(p.prefix) + len(folder); err == nil && length > maxPrefix {
		err = fmt.Errorf("prefix and folder have %d bytes, more than the %d that S3's limit for keys allows", length, maxPrefix)
	}
	if err != nil {
		return "", &value.RecordError{Position: rec.Position, Err: fmt.Errorf("%s: %w", ConfigPartition, err)}
	}
	return folder, nil
}

// pick returns the records of a job.
func pick(recs []opencdc.Record, j job) []opencdc.Record {
	if first, last := j[0], j[len(j)-1]; last-first+1 == len(j) {
		return recs[first : last+1] // they are contiguous
	}
	picked := make([]opencdc.Record, len(j))
	for i, at := range j {
		picked[i] = recs[at]
	}
	return picked
}
