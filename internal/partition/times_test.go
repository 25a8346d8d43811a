// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package partition

import (
	"encoding/json"
	"math"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/conduitio/conduit-commons/opencdc"
	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
	"pgregory.net/rapid"
)

// of returns a record with a field ts.
func of(ts any) opencdc.Record {
	rec := numbered(1)
	rec.Payload.After = opencdc.StructuredData{"ts": ts}
	return rec
}

func TestTimes_OfNumbersAndStrings(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 678_000_000, time.UTC)
	const day = `| inZone "America/New_York" | date "2006-01-02T15:04:05" }}`
	const want = "2026-01-01T22%3A04%3A05/"
	for _, test := range []struct {
		template string
		ts       any
	}{
		{`{{ epochSeconds .Payload.After.ts ` + day, at.Unix()},
		{`{{ epochSeconds .Payload.After.ts ` + day, int32(at.Unix())},
		{`{{ epochSeconds .Payload.After.ts ` + day, float64(at.Unix())},
		{`{{ epochSeconds .Payload.After.ts ` + day, big.NewRat(at.UnixMilli(), 1000)},
		{`{{ epochSeconds .Payload.After.ts ` + day, "1767323045.678"},
		{`{{ epochSeconds .Payload.After.ts ` + day, json.Number("1.767323045678e9")},
		{`{{ epochMillis .Payload.After.ts ` + day, at.UnixMilli()},
		{`{{ .Payload.After.ts | epochMillis ` + day, "1767323045678"},
		{`{{ .Payload.After.ts | epochMillis ` + day, float64(at.UnixMilli())},
		{`{{ epochMicros .Payload.After.ts ` + day, uint64(at.UnixMicro())},
		{`{{ epochNanos .Payload.After.ts ` + day, at.UnixNano()},
		{`{{ .Payload.After.ts ` + day, at},
		{`{{ .Payload.After.ts ` + day, &at},
		{`{{ .Payload.After.ts ` + day, "2026-01-02T03:04:05.678Z"},
		{`{{ .Payload.After.ts ` + day, "2026-01-02T08:34:05+05:30"},
		{`{{ dateInZone "2006-01-02T15:04:05" .Payload.After.ts "America/New_York" }}`, at},
		{`{{ (.Payload.After.ts | epochMillis | inZone "America/New_York").Format "2006-01-02T15:04:05" }}`, at.UnixMilli()},
	} {
		got, err := folderOf(t, test.template, of(test.ts))
		assert.Check(t, err, test.template)
		assert.Check(t, is.Equal(got, want), "%s of %v", test.template, test.ts)
	}
	got, err := folderOf(t, `{{ .Time | inZone "Europe/Berlin" | date "2006-01-02 15h" }}/{{ date "15h" .Payload.After.ts }}`, of("2026-01-02T08:34:05+05:30"))
	assert.NilError(t, err)
	assert.Check(t, is.Equal(got, "2026-01-02 04h/08h/"), "without a zone, the time's own")
}

func TestTimes_OfNullAreNull(t *testing.T) {
	const number, instant = `{{ .Payload.After.ts | epochMillis | inZone "UTC" | date "2006" }}`, `{{ dateInZone "2006" .Payload.After.ts "UTC" }}`
	for _, test := range []struct {
		template string
		ts       any
	}{
		{number, nil}, {number, ""}, {number, (*big.Rat)(nil)}, {instant, nil}, {instant, ""}, {instant, (*time.Time)(nil)},
	} {
		got, err := folderOf(t, test.template, of(test.ts))
		assert.Check(t, err)
		assert.Check(t, is.Equal(got, emptyFolder+"/"), "%T", test.ts)
	}
}

func TestTimes_RefuseWhatIsNone(t *testing.T) {
	for _, test := range []struct {
		template string
		ts       any
		want     string
	}{
		{`{{ date "2006" .Payload.After.ts }}`, 1767323045678, "epochMillis"},
		{`{{ date "2006" .Payload.After.ts }}`, "yesterday", "RFC 3339"},
		{`{{ date "2006" .Payload.After.ts }}`, true, "not a time"},
		{`{{ inZone "UTC" .Payload.After.ts }}`, []any{}, "not a time"},
		{`{{ .Time | inZone .Payload.After.ts }}`, "Mars/Olympus", "not a time zone"},
		{`{{ .Time | inZone .Payload.After.ts }}`, "Local", "not a time zone"},
		{`{{ .Time | inZone .Payload.After.ts }}`, "", "not a time zone"},
		{`{{ .Time | inZone .Payload.After.ts }}`, "../passwd", "not a time zone"},
		{`{{ epochSeconds .Payload.After.ts }}`, int64(1767323045678), "unit"},
		{`{{ epochSeconds .Payload.After.ts }}`, math.MinInt64, "unit"},
		{`{{ epochNanos .Payload.After.ts }}`, json.Number("1e300"), "unit"},
		{`{{ epochNanos .Payload.After.ts }}`, json.Number("1e999999"), "not a number"},
		{`{{ epochMillis .Payload.After.ts }}`, math.NaN(), "not a number"},
		{`{{ epochMillis .Payload.After.ts }}`, "0x1p999999999", "not a number"},
		{`{{ epochMillis .Payload.After.ts }}`, "2026-01-02", "not a number"},
		{`{{ epochMillis .Payload.After.ts }}`, strings.Repeat("1", 100), "not a number"},
		{`{{ epochMillis .Payload.After.ts }}`, true, "not a number"},
	} {
		_, err := folderOf(t, test.template, of(test.ts))
		assert.Check(t, is.ErrorContains(err, test.want), "%s of %v", test.template, test.ts)
	}
}

// A zone that is in the template is checked with it.
func TestTimes_RefuseAnUnknownZoneAtOnce(t *testing.T) {
	for _, template := range []string{
		`{{ .Time | inZone "Europe/Atlantis" | date "2006" }}`, `{{ inZone "Local" .Time }}`, `{{ dateInZone "2006" .Time "EuropeBerlin" }}`,
		`{{ if eq .Operation "delete" }}{{ (inZone "Nowhere" .Time).Year }}{{ end }}`,
		`{{ define "x" }}{{ inZone "Nowhere" . }}{{ end }}{{ template "x" .Time }}`,
	} {
		_, err := New(template)
		assert.Check(t, is.ErrorContains(err, "is not a time zone"), template)
	}
}

// The instant of a number is exact in each unit, also before 1970.
func TestTimes_EpochIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		nanos := rapid.Int64().Draw(t, "nanos")
		want := time.Unix(0, nanos).UTC()
		for unit, value := range map[time.Duration]*big.Rat{
			time.Nanosecond: big.NewRat(nanos, 1), time.Microsecond: big.NewRat(nanos, 1e3),
			time.Millisecond: big.NewRat(nanos, 1e6), time.Second: big.NewRat(nanos, 1e9),
		} {
			got, err := epochTime(value, unit)
			assert.NilError(t, err)
			assert.Assert(t, is.DeepEqual(got, any(want)))
		}
	})
}
