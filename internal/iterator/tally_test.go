// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package iterator

import (
	"fmt"
	"strings"
	"sync"
)

// tally sums programs up.
type tally struct {
	mu                                sync.Mutex
	programs, keys, records           int
	restarts, repeats, ended, longest int
	exempt, excuses                   map[string]int // keys, by the exemption
}

func newTally() *tally { return &tally{exempt: map[string]int{}, excuses: map[string]int{}} }

func (t *tally) add(r *observer) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.programs++
	t.keys += len(r.lines)
	t.records += len(r.log)
	t.restarts += r.kills
	t.repeats += r.repeats
	t.longest = max(t.longest, r.longest)
	if r.ended {
		t.ended++
	}
	for name, n := range r.exempt {
		t.exempt[name] += n
	}
	for name, n := range r.excuses {
		t.excuses[name] += n
	}
}

func (t *tally) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d programs, %d keys, %d records, %d restarts, %d permitted repeats, %d programs ended by an order of keys, longest position %d bytes beyond its key",
		t.programs, t.keys, t.records, t.restarts, t.repeats, t.ended, t.longest)
	for _, e := range exemptions() {
		fmt.Fprintf(&b, "\n%-22s %6.2f%% of the keys, used for %6.3f%%", e.name, percent(t.exempt[e.name], t.keys), percent(t.excuses[e.name], t.keys))
	}
	return b.String()
}

// weaknesses says which exemptions have become so wide that the judge sees too
// little.
func (t *tally) weaknesses() (weak []string) {
	for _, e := range exemptions() {
		if share := percent(t.exempt[e.name], t.keys); share > e.most {
			weak = append(weak, fmt.Sprintf("the exemption %q holds for %.2f%% of the keys, more than %.2f%%: the judge sees too little", e.name, share, e.most))
		}
		if share := percent(t.excuses[e.name], t.keys); share > e.mostUsed {
			weak = append(weak, fmt.Sprintf("the exemption %q was used for %.3f%% of the keys, more than %.3f%%", e.name, share, e.mostUsed))
		}
	}
	return weak
}

func percent(part, whole int) float64 { return 100 * float64(part) / float64(max(1, whole)) }
