// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package iterator

import (
	"context"
	"slices"
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"github.com/conduitio/conduit-connector-s3/internal/listing"
	"github.com/conduitio/conduit-connector-s3/internal/position"
)

// reconcile finds out which versions the sketches of a position contain. It lists
// what there is of the position's window, up to where the delivery had come, and
// makes the same sketches of it. What is left of their difference was found and not
// delivered, because it became visible late, or was delivered and is not there any
// more. In an ordinary restart that is a handful, whatever the number of changes.
// If the difference of a range of time is too large to be decoded, all that is
// found there is delivered again, and the positions follow its order: a restart in
// the middle of it resumes there.
func (r *reader) reconcile(ctx context.Context, from position.Position) error {
	if from.Mode == position.ModeSnapshot { // and the resumed snapshot has gone on
		from.Through, from.Wide = later(from.Through, time.Unix(r.found.Latest(), 0)), true
	}
	var reconcilers []*reconciler
	err := r.lister.Scan(ctx, func(ranges int) []listing.Visitor {
		visitors := make([]listing.Visitor, ranges)
		for i := range ranges {
			c := &reconciler{from: from, window: r.found.Window(), covers: newCovers(from.Start)}
			reconcilers = append(reconcilers, c)
			visitors[i] = c
		}
		return visitors
	})
	if err != nil {
		return err
	}
	var found []position.Mark
	for _, c := range reconcilers {
		c.endKey()
		found = append(found, c.found...)
	}
	seen, unknown := r.found.Reconcile(found)
	if unknown.Count > 0 {
		r.log.Warn().Int("changes", unknown.Count).
			Msg("too much became visible late, or is gone: changes from before the restart are delivered again")
	}
	for _, m := range found {
		if r.found.Has(m.ID) && !seen.Has(m.ID) { // this run has delivered it, in its snapshot
			r.silent[m.ID] = true
		}
	}
	r.found = seen
	return r.emit(ctx, &item{checkpoint: position.Checkpoint{Window: seen.Window(), Replace: seen.Clone(), Rewind: unknown.Before}})
}

// reconciler collects the versions of a range of keys that a position may contain.
type reconciler struct {
	from   position.Position
	window position.Window
	covers covers // of a snapshot's position
	found  []position.Mark

	key  string
	line []bucket.Version // of the key and the window, from the newest to the oldest
}

// Answered does nothing: what is delivered does not depend on when it is listed.
func (*reconciler) Answered(bucket.Page) {}

// Visit collects v if it is inside the window.
func (c *reconciler) Visit(v bucket.Version, _ *bucket.Version) error {
	if v.Key != c.key {
		c.endKey()
		c.key, c.covers.reached = v.Key, false
	}
	covered := c.from.Mode == position.ModeChanges || c.covers.has(v)
	if covered && c.window.HasVersion(&v) {
		c.line = append(c.line, v)
	}
	return nil
}

// endKey keeps the versions of the key that were delivered as far as the order of
// delivery tells. It orders them as a scan does.
func (c *reconciler) endKey() {
	if len(c.line) == 0 {
		return
	}
	var order time.Time
	above := false // the version of the position's record
	for _, v := range slices.Backward(c.line) {
		order = later(order, v.LastModified)
		ahead := position.IsAhead(order.Unix(), c.window.Watermark)
		if ahead || c.from.Has(v.Key, order, above) {
			c.found = append(c.found, position.MarkOf(v, order.Unix()))
		}
		above = above || v.Key == c.from.Key && position.OfVersion(v) == c.from.Last
	}
	c.line = c.line[:0]
}
