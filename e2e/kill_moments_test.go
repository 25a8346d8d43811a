// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package e2e

// duringSnapshot kills after some more objects of the snapshot were delivered,
// and before all were unless the machine was too busy to see that in time.
func (k *killed) duringSnapshot(kill func()) {
	k.t.Helper()
	left := k.snapshotLeft()
	want := max(0, left-50-k.random.IntN(200))
	k.waitForDeliveries("a part of the snapshot", func() bool {
		left = k.snapshotLeft()
		return left <= want
	})
	if left > 0 {
		k.kills["during the snapshot"]++
	}
	kill()
}

// snapshotLeft is how many objects of the snapshot were not delivered.
func (k *killed) snapshotLeft() int { return k.deliveries.missing(k.history.changes[:killObjects]) }

// atHandOver kills when the snapshot is whole, or once something was delivered
// if it was so before.
func (k *killed) atHandOver(kill func()) {
	k.t.Helper()
	k.kills["at the hand-over"]++
	n := k.deliveries.count
	k.change(10)
	k.waitForDeliveries("the whole snapshot", func() bool {
		return k.snapshotLeft() == 0 && k.deliveries.count > n
	})
	kill()
}

// afterScan kills when the first of some changes was delivered, which is right
// after a scan.
func (k *killed) afterScan(kill func()) {
	k.t.Helper()
	k.kills["right after a scan"]++
	before := len(k.history.changes)
	k.change(20 + k.random.IntN(40))
	changes := k.history.changes[before:]
	k.waitForDeliveries("one of the changes", func() bool { return k.deliveries.missing(changes) < len(changes) })
	kill()
}

// inBurst kills in the middle of many changes.
func (k *killed) inBurst(kill func()) {
	k.t.Helper()
	k.kills["in a burst"]++
	n := 30 + k.random.IntN(60)
	before := k.random.IntN(n)
	k.change(before)
	kill()
	k.change(n - before)
}
