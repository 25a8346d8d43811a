// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package iterator

import (
	"math/rand/v2"
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/s3test"
)

func pick[T any](random *rand.Rand, choices ...T) T { return choices[random.IntN(len(choices))] }

// rarely is true once in so many times.
func rarely(random *rand.Rand, times int) bool { return random.IntN(times) == 0 }

// newProgram draws a program. The same seed draws the same one. Each regime is
// drawn on its own, so that they meet in all combinations.
func newProgram(seed uint64) program {
	random := rand.New(rand.NewPCG(seed, 0))
	p := program{
		seed:       seed,
		versioning: pick(random, s3test.Enabled, s3test.Enabled, s3test.Suspended, s3test.Unversioned),
		settings:   drawSettings(random),
		overHTTP:   rarely(random, 20),
	}
	keys := drawScale(random, []int{1, 3, 8}, 40, 200)
	batch := drawScale(random, []int{0, 0, 2}, 20, 200)
	old := drawScale(random, []int{0, 0, 0}, 40, 500)
	p.rules = drawRules(random, keys+old)
	p.faults = drawFaults(random, p.settings.Lookback)
	if rarely(random, 4) {
		p.every = pick(random, 1, 2, 3, 5, 9, 40)
	}
	p.drawVersityGW(random)
	d := drawer{program: &p, random: random, batch: batch, jumping: !p.rules.NoDate && p.rules.VersionIDs == s3test.OpaqueIDs && rarely(random, 4)}
	d.drawOld(old, keys)
	for range pick(random, 0, 2, 5, 40) {
		p.steps = append(p.steps, d.draw(2*keys, deletes))
	}
	if p.before = len(p.steps); p.before > 0 {
		p.steps[p.before-1].wait += pick(random, 0, 3*time.Second, 3*p.settings.Lookback)
	}
	for range 4 + random.IntN(40) {
		p.steps = append(p.steps, d.draw(keys, crashes))
	}
	return p
}

// drawScale draws a number: usually one of few, at times up to some, and once in a
// while up to many.
func drawScale(random *rand.Rand, few []int, some, many int) int {
	switch random.IntN(32) {
	case 0:
		return 1 + random.IntN(many)
	case 1, 2, 3, 4:
		return 1 + random.IntN(some)
	default:
		return pick(random, few...)
	}
}

func drawSettings(random *rand.Rand) Config {
	poll := pick(random, 500*time.Millisecond, time.Second, 5*time.Second, time.Minute)
	return Config{
		PollingPeriod:    poll,
		Lookback:         max(10*time.Second, poll*time.Duration(pick(random, 2, 10, 20))),
		LatestOnly:       rarely(random, 4),
		FetchConcurrency: pick(random, 1, 2, 16),
		FetchBuffer:      pick[int64](random, 1, 10, fetchBuffer),
		ScanConcurrency:  pick(random, 1, 2, 8),
		ScanLimit:        pick(random, 0, 0, 0, 3+random.IntN(8)),
	}
}

// drawRules draws a store that holds about so many keys.
func drawRules(random *rand.Rand, keys int) s3test.Config {
	rules := s3test.Config{
		PageSize:         pick(random, 1, 2, 3, 5, 12, 1000),
		Milliseconds:     rarely(random, 4),
		Multipart:        pick(random, s3test.MultipartAWS, s3test.MultipartAWS, s3test.MultipartLateOrder, s3test.MultipartCompletion),
		StaleMarker:      pick(random, s3test.StaleResumes, s3test.StaleRestartsKey, s3test.StaleSkipsKey, s3test.StaleEnds),
		KeyMarkerRepeats: rarely(random, 8),
		NoDate:           rarely(random, 10),
	}
	rules.PageSize = max(rules.PageSize, keys/12)
	if rules.KeyMarkerRepeats { // as many versions as a page has, within one listing, would be taken for older ones
		rules.PageSize = max(rules.PageSize, 5)
	}
	if rarely(random, 4) {
		rules.DateOffset = pick(random, time.Hour, -time.Hour)
	}
	if rarely(random, 8) {
		rules.ListedBeforeReadable = pick(random, 100*time.Millisecond, 2*time.Second, 10*time.Second)
	}
	if rarely(random, 40) {
		rules.KeyOrder = pick(random, s3test.WalkOrder, s3test.HashOrder)
	}
	return rules
}

func drawFaults(random *rand.Rand, lookback time.Duration) faults {
	f := faults{
		percent:   pick[uint64](random, 0, 0, 5, 30),
		latency:   pick(random, 0, 0, 50*time.Millisecond, 300*time.Millisecond),
		noUploads: rarely(random, 20),
		ragged:    rarely(random, 8),
	}
	if rarely(random, 8) {
		f.uploadPages = pick(random, lookback/4, lookback, 3*lookback)
	}
	if rarely(random, 12) {
		f.pages = pick(random, time.Second, lookback/8, lookback/2)
	}
	if rarely(random, 8) {
		f.lies = pick(random, 1, 2, 4)
	}
	return f
}

// drawVersityGW makes some stores list versions and delete markers apart. Its ids
// sort by time, so times only go forward there.
func (p *program) drawVersityGW(random *rand.Rand) {
	if p.versioning == s3test.Enabled && rarely(random, 8) {
		p.rules.MarkersApart, p.rules.KeyMarkerRepeats, p.rules.RepeatsAtPageEnds = true, true, true
		p.rules.VersionIDs, p.rules.Multipart = s3test.ULIDs, s3test.MultipartCompletion
		p.rules.PageSize = max(p.rules.PageSize, 5)
	}
}

// drawer draws steps.
type drawer struct {
	*program
	random  *rand.Rand
	batch   int  // the most keys or uploads of a step
	jumping bool // the server's clock is set
}

// drawOld draws objects that are old when the source opens and were uploaded in
// parts.
func (d *drawer) drawOld(n, keys int) {
	if n > 0 {
		d.steps = append(
			d.steps,
			step{do: initiates, key: keys, many: n, wait: 3 * d.settings.Lookback},
			step{do: completes, many: n, wait: time.Duration(d.random.Int64N(int64(4 * d.settings.Lookback)))},
		)
	}
}

// draw draws a step that is at most the last deed.
func (d *drawer) draw(keys int, last deed) step {
	s := step{key: d.random.IntN(keys), n: d.random.IntN(1000)}
	s.do = pick(d.random, puts, puts, puts, puts, deletes, deletes, initiates, completes, completes, purges, aborts, enables, suspends,
		outages, refuses, jumps, reads, reads, reads, reads, restarts, restarts, crashes)
	switch {
	case s.do == jumps && (!d.jumping || last < jumps):
		s.do = pick(d.random, puts, initiates, completes)
	case s.do > last && !rarely(d.random, 4):
		s.do = puts
	case s.do > aborts && s.do > last, s.do == purges && d.seed%2 == 0:
		s.do = initiates
	}
	s.wait = d.drawWait()
	if s.do == enables && d.versioning == s3test.Unversioned && rarely(d.random, 2) {
		s.do = puts
	}
	if (s.do == enables || s.do == suspends) && d.rules.MarkersApart {
		s.do = puts
	}
	if d.batch > 1 && rarely(d.random, 3) || s.do == crashes {
		s.many = 1 + d.random.IntN(max(4, d.batch))
	}
	return s
}

func (d *drawer) drawWait() time.Duration {
	switch d.random.IntN(12) {
	case 3, 4, 5:
		return time.Duration(d.random.Int64N(int64(time.Second)))
	case 6, 7:
		return time.Duration(d.random.Int64N(int64(2 * d.settings.PollingPeriod)))
	case 8, 9, 10:
		return time.Duration(d.random.Int64N(int64(d.settings.Lookback)))
	case 11:
		return time.Duration(d.random.Int64N(int64(4 * d.settings.Lookback)))
	default:
		return 0
	}
}
