// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package position

import (
	"fmt"
	"testing"
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
	"gotest.tools/v3/assert"
)

// BenchmarkPosition measures what the position of a record costs, with so many
// changes inside the look-back, and what it costs to read one.
func BenchmarkPosition(b *testing.B) {
	for _, changes := range []int{1, 32, 10_000} {
		start := time.Now().Truncate(time.Second).UTC()
		s := NewState(Position{Mode: ModeChanges, Watermark: start, Since: start.Add(-time.Minute), SinceMultipart: start.Add(-time.Minute)})
		version := func(i int) bucket.Version {
			return bucket.Version{
				Key: fmt.Sprintf("orders/2026/11/22/%07d.json", i), VersionID: fmt.Sprintf("3sL4kqtJlcpXroDTDmpUMLUo%08d", i),
				LastModified: start.Add(-time.Duration(i%60) * time.Second),
			}
		}
		text := ""
		next := func(i int) {
			v := version(i)
			id := OfVersion(v)
			s.Apply(Checkpoint{Key: v.Key, Order: v.LastModified, Window: s.Seen().Window(), Marks: []Mark{MarkOf(v, v.LastModified.Unix())}})
			p := Position{Mode: ModeChanges, Key: v.Key, VersionID: v.VersionID, Modified: v.LastModified, Last: id, Store: "0123456789abcdef"}
			s.Fill(&p)
			text = p.String()
		}
		for i := range changes - 1 {
			next(i)
		}
		b.Run(fmt.Sprintf("Next/%d", changes), func(b *testing.B) {
			b.ReportAllocs()
			last := OfVersion(version(changes))
			for b.Loop() {
				next(changes)
				s.Forget(last)
			}
			b.ReportMetric(float64(len(text)), "position-B")
		})
		b.Run(fmt.Sprintf("Parse/%d", changes), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, err := Parse(text)
				assert.NilError(b, err)
			}
		})
	}
}
