// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package iterator

import (
	"context"
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/listing"
	"github.com/conduitio/conduit-connector-s3/internal/position"
)

// poll scans for changes every polling period, or without a pause if a scan takes
// longer or leaves something to the next one, until ctx ends or a scan meets an
// error that stays.
func (r *reader) poll(ctx context.Context) error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-timer.C:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		timer.Reset(r.config.PollingPeriod)
		scan, err := r.scan(ctx)
		if err != nil {
			return err
		}
		if err := r.emitAll(ctx, scan); err != nil {
			return err
		}
		again, err := r.turnBack(ctx, scan)
		if err != nil {
			return err
		}
		if again || scan.findings.isCut() {
			timer.Reset(0)
		}
	}
}

// scan is one listing for changes and what it has found.
type scan struct {
	reading  *reading
	window   position.Window
	findings *findings
}

// scan lists the whole prefix, in parallel, and collects the changes.
func (r *reader) scan(ctx context.Context) (*scan, error) {
	r.pending.take()
	r.found.BeginScan()
	s := &scan{reading: newReading(), window: r.window(), findings: newFindings(r.config.ScanLimit)}
	var collectors []*collector
	err := r.lister.Scan(ctx, func(ranges int) []listing.Visitor {
		visitors := make([]listing.Visitor, ranges)
		for i := range ranges {
			c := &collector{
				reading: s.reading, window: s.window, seen: r.found, silent: r.silent, pending: r.pending,
				latestOnly: r.config.LatestOnly, matches: r.config.matches, findings: s.findings,
			}
			collectors = append(collectors, c)
			visitors[i] = c
		}
		return visitors
	})
	if err != nil {
		return nil, err
	}
	for _, c := range collectors {
		c.endKey()
	}
	return s, nil
}

// turnBack lets the source go back if the server's clock was set back: what was
// written since then has earlier times than what was found. It returns whether the
// bucket is to be scanned again without a pause: because the source went back, or
// because another listing must tell.
func (r *reader) turnBack(ctx context.Context, s *scan) (again bool, err error) {
	stopped, reached := !r.clock.listed, time.Unix(r.watermark, 0)
	by, suspected := r.clock.take(s.reading, reached, r.tolerance)
	if by == 0 {
		return suspected, nil
	}
	// The store's clock had reached the watermark before it was set back, whatever
	// Date says. If the source was stopped, for an unknown time, by was more.
	to := reached.Add(-by)
	if stopped {
		to = to.Add(-maxTurnBack)
	}
	r.log.Warn().Time("watermark", reached.UTC()).Time("back to", to.UTC()).
		Msg("the server's clock was set back: some changes may be delivered again")
	r.watermark = to.Unix()
	r.windows.turnBack(r.watermark-r.windows.lookback, by)
	r.pending.turnBack(r.watermark)
	w := r.window()
	r.found.Advance(w)
	return true, r.emit(ctx, &item{checkpoint: position.Checkpoint{Window: w, SetBack: true}})
}

// emitAll puts what a scan has found in line.
func (r *reader) emitAll(ctx context.Context, s *scan) error {
	limit := s.reading.watermark(r.watermark)
	items := s.findings.items(limit)
	r.pending.lost.carry(items, s.findings.kept, s.findings.leftAwaited)
	if !s.findings.isCut() { // otherwise the findings that are left out must stay in the window
		r.pending.follow(limit, s.reading.began)
	}
	for _, v := range s.findings.passedOver {
		r.pending.passOver(v)
	}
	if late := s.findings.late; len(late) > 0 {
		if err := r.emit(ctx, &item{checkpoint: position.Checkpoint{Marks: late, Window: s.window}}); err != nil {
			return err
		}
	}
	listed := r.queue.fetcher.clock.Add(1)
	shares := r.pending.shares(s.findings.kept)
	for n, i := range items {
		r.carryUploads(i.watermark)
		i.listed, i.checkpoint.Window = listed, r.windowAt(i.watermark)
		r.pending.settle(s.findings.kept[n].version, shares)
		if err := r.emit(ctx, i); err != nil {
			return err
		}
	}
	if s.findings.isCut() {
		r.advance(min(limit, s.findings.left))
		return nil
	}
	r.windows.resumed = false
	r.carryUploads(limit)
	r.pending.endScan(s.reading.began)
	clear(r.silent)
	r.advance(limit)
	gone := r.found.Gone()
	r.found.Forget(gone...)
	return r.emitCheckpoint(ctx, gone)
}
