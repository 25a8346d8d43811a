// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package report

import (
	"fmt"
	"strings"
)

// The lines between which the README has the headline.
const (
	headlineBegin = "<!-- bench:headline -->"
	headlineEnd   = "<!-- /bench:headline -->"
)

// Headline returns a README with the figures of the ids between the headline's
// markers, in place of what stood there. A figure that was not measured is left out.
func (r Report) Headline(readme string, ids []string) (string, error) {
	before, rest, found := strings.Cut(readme, headlineBegin)
	_, after, closed := strings.Cut(rest, headlineEnd)
	if !found || !closed {
		return "", fmt.Errorf("the README has no lines %s and %s", headlineBegin, headlineEnd)
	}
	t := Table{Head: []string{"", "measured", "connector", "limit", "ratio"}}
	for _, id := range ids {
		for _, s := range r.Sections {
			for _, f := range s.Figures {
				if f.ID == id {
					t.Rows = append(t.Rows, []string{
						f.Name, f.Layer, Number(f.Value.Median) + " " + f.Unit, Number(f.Limit.Median) + " " + f.Unit, fmt.Sprintf("%.2f", f.Ratio.Median),
					})
				}
			}
		}
	}
	return before + headlineBegin + "\n\n" + table(t) + "\n" + headlineEnd + after, nil
}
