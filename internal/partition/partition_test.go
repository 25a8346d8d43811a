// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package partition

import (
	"math/big"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/conduitio/conduit-commons/opencdc"
	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
	"pgregory.net/rapid"
)

// folderOf returns the folder that a template gives to rec.
func folderOf(t assert.TestingT, template string, rec opencdc.Record) (string, error) {
	p, err := New(template)
	assert.NilError(t, err)
	return p.Folder(rec)
}

func withCollection(value string) opencdc.Record {
	rec := numbered(1)
	rec.Metadata.SetCollection(value)
	return rec
}

func TestPartition_OfARecord(t *testing.T) {
	rec := withCollection("orders")
	rec.Operation = opencdc.OperationUpdate
	rec.Payload.Before = opencdc.StructuredData{"id": 7, "nested": map[string]any{"city": "Köln am Rhein"}, "none": nil}
	for template, want := range map[string]string{
		"": "",
		`collection={{ .Metadata.Get "opencdc.collection" }}/date={{ .Time.Format "2006-01-02" }}`:  "collection=orders/date=2026-01-02/",
		`{{ .Time.Format "2006" }}/{{ .Time.Format "01" }}/`:                                        "2026/01/",
		`{{ .Time.Format "2006/01" }}`:                                                              "2026%2F01/",
		`{{ .Operation }}/{{ .Position }}/{{ .Key }}/{{ .Payload.After }}`:                          "update/1/key 1/payload 1/",
		`id={{ .Payload.Before.id }}/{{ .Payload.Before.nested.city }}`:                             "id=7/Köln am Rhein/",
		`{{ .Payload.Before.none }}`:                                                                emptyFolder + "/",
		`{{ .Metadata.Get "unknown" }}`:                                                             emptyFolder + "/",
		`{{ index .Metadata "opencdc.collection" | upper }}`:                                        "ORDERS/",
		`{{ $c := .Metadata.Get "opencdc.collection" }}{{ $c }}-{{ $.Operation }}`:                  "orders-update/",
		`{{ if eq .Operation "delete" }}gone/{{ .Key }}{{ else }}{{ printf "%s/x" .Key }}{{ end }}`: "key 1%2Fx/",
		`{{ with .Payload.Before }}{{ .id }}/{{ $.Key }}{{ end }}`:                                  "7/key 1/",
		`{{ range $k, $v := .Payload.Before.nested }}{{ $k }}={{ $v }}{{ end }}`:                    "city=Köln am Rhein/",
		`{{ define "x" }}{{ . }}{{ end }}{{ template "x" "a/b" }}`:                                  "a%2Fb/",
		`{{ block "x" .Key }}{{ printf "../%s" . }}{{ end }}`:                                       "..%2Fkey 1/",
	} {
		got, err := folderOf(t, template, rec)
		assert.Check(t, err, template)
		assert.Check(t, is.Equal(got, want), template)
	}
}

func TestPartition_EscapesAsHiveDoes(t *testing.T) {
	for value, want := range map[string]string{
		"":                     emptyFolder,
		"plain-text_1.0 ok":    "plain-text_1.0 ok",
		"..":                   "%2E%2E",
		".":                    "%2E",
		"...":                  "%2E%2E%2E",
		"../../etc":            "..%2F..%2Fetc",
		"/":                    "%2F",
		`\`:                    "%5C",
		"100%":                 "100%25",
		"a=b":                  "a%3Db",
		"10:30":                "10%3A30",
		"line\nbreak\ttab\x00": "line%0Abreak%09tab%00",
		"\x1f\x7f":             "%1F%7F",
		// Hive and Spark make a character of each %XX: what is beyond ASCII stays.
		"山田\u3000太郎\u00a0\u0085\u2028": "山田\u3000太郎\u00a0\u0085\u2028",
		"\ufffd":                       "\ufffd",
		"\ufffe\uffff":                 "%EF%BF%BE%EF%BF%BF", // not in XML, so not in keys
		"\xff":                         "%FF",
		"schlüssel 鍵":                  "schlüssel 鍵",
		`"#'*?{[]^`:                    "%22%23%27%2A%3F%7B%5B%5D%5E",
	} {
		got, err := folderOf(t, `x={{ .Metadata.Get "opencdc.collection" }}`, withCollection(value))
		assert.Check(t, err)
		assert.Check(t, is.Equal(got, "x="+want+"/"))
	}
}

func TestPartition_ValuesThatAreNoText(t *testing.T) {
	text, at := "a/b", time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)
	pointer := &text
	rec := numbered(0)
	fields := opencdc.StructuredData{}
	rec.Payload.After = fields
	for want, value := range map[string]any{
		"12345678":      float64(12345678), // as JSON writes it
		"-0.5":          float32(-0.5),
		"7":             int32(7),
		"true":          true,
		"1.5":           big.NewRat(3, 2),
		"1%2F3":         big.NewRat(1, 3),
		"a%2Fb":         &pointer,
		"bytes":         []byte("bytes"),
		"%5B1 a%2Fb%5D": []any{1, "a/b"},
		emptyFolder:     (*time.Time)(nil),
		"2026-01-02 03%3A04%3A05.000000006 +0000 UTC": &at,
	} {
		fields["v"] = value
		got, err := folderOf(t, `{{ .Payload.After.v }}`, rec)
		assert.Check(t, err)
		assert.Check(t, is.Equal(got, want+"/"))
	}
}

// Whatever a record holds, it stays in its folder, and its folder tells what
// the value was.
func TestPartition_NoRecordLeavesItsFolder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		part := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{".", "..", "/", "//", "", "\\", "%2F", "\x00", "\xff", emptyFolder}))
		a, b := part.Draw(t, "a"), part.Draw(t, "b")
		rec := withCollection(a)
		rec.Metadata["b"] = b
		folder, err := folderOf(t, `{{ .Metadata.Get "opencdc.collection" }}{{ .Metadata.Get "b" }}/in/b={{ .Metadata.Get "b" }}`, rec)
		assert.NilError(t, err)
		segments := strings.Split(folder, "/")
		assert.Assert(t, is.Len(segments, 4), folder)
		assert.Assert(t, is.Equal(segments[1], "in"))
		assert.Assert(t, segments[0] != "" && segments[0] != "." && segments[0] != "..", folder)
		assert.Assert(t, utf8.ValidString(folder))
		for _, r := range folder {
			assert.Assert(t, r >= ' ' && r != 0x7f && r != '\\', folder)
		}
		value, err := url.PathUnescape(strings.TrimPrefix(segments[2], "b="))
		assert.NilError(t, err)
		if b == "" {
			assert.Assert(t, is.Equal(value, emptyFolder))
		} else {
			assert.Assert(t, is.Equal(value, b))
		}
	})
}

func TestPartition_RefusesARecord(t *testing.T) {
	for template, want := range map[string]string{
		`{{ .Payload.After.customer }}`:                 "customer",
		`{{ .Metadata.unknown }}`:                       "unknown",
		`{{ .Time.Format "2006" }}`:                     opencdc.MetadataCreatedAt,
		`a/{{ if eq .Operation "delete" }}b{{ end }}/c`: "not a valid folder name",
		`{{ if eq .Operation "delete" }}b{{ end }}`:     "not a valid folder name",
		`/a`:                             "not a valid folder name",
		`{{ fail "because" }}`:           "because",
		`{{ index .Payload.After "x" }}`: "index",
	} {
		rec := timeless(0)
		_, err := folderOf(t, template, rec)
		assert.Check(t, is.ErrorContains(err, want), template)
	}
}

func TestPartition_RefusesATemplate(t *testing.T) {
	for template, want := range map[string]string{
		`{{ .Key`:                   "unclosed action",
		`{{ nosuch .Key }}`:         `"nosuch"`,
		`{{ .Collection }}`:         ".Collection",
		`{{ .Payload.Later.id }}`:   ".Later",
		`{{ .Time.Fromat "2006" }}`: ".Time.Fromat",
		`{{ $.Payload.After.Time.x }}{{ $.Time.Year.x }}{{ .Time.UTC.Jahr }}`: ".Time.UTC.Jahr",
		`{{ if .Foo }}{{ end }}`:              ".Foo",
		`{{ with .Key }}{{ $.Bar }}{{ end }}`: ".Bar",
		`{{ printf "%s" (.Baz) }}`:            ".Baz",
		`{{ .record }}`:                       ".record",
		`a//b`:                                "folder name",
		`{{ if .Key }}a/../b{{ end }}`:        "folder name",
		`{{ now }}`:                           `"now"`, // another folder each time
		`{{ env "HOME" }}`:                    `"env"`,
		`{{ repeat 9 "a" }}`:                  `"repeat"`, // any size
		`{{ until 9 }}`:                       `"until"`,
		`{{ uuidv4 }}`:                        `"uuidv4"`,
		`{{ shuffle .Key }}`:                  `"shuffle"`,
		`{{ ago .Time }}`:                     `"ago"`,
		`{{ keys .Payload.After }}`:           `"keys"`, // in no order
		`{{ set .Payload.After "a" "b" }}`:    `"set"`,  // changes the record
		`{{/* nothing */}}`:                   "only comments",
		`{{ define "x" }}a{{ end }}`:          "only comments",
		"{{ .Key }}\n":                        "folder name",
		"a\x00b":                              "folder name",
		"a\xff":                               "UTF-8",
	} {
		_, err := New(template)
		assert.Check(t, is.ErrorContains(err, want), template)
	}
}

// The same record comes to the same folder, each time and everywhere, and what
// gives it its folder does not change it.
func TestPartition_FunctionsAreOfTheirArgumentsAlone(t *testing.T) {
	for name := range functionMap() {
		for _, changing := range []string{"rand", "uuid", "gen", "now", "env", "Host", "crypt"} {
			assert.Check(t, !strings.Contains(name, changing) || name == "decryptAES", name)
		}
	}
	rec := numbered(0)
	local := time.Local
	defer func() { time.Local = local }()
	time.Local = time.FixedZone("here", 3600)
	got, err := folderOf(t, `{{ toDate "2006-01-02 15:04" "2026-01-02 03:04" }}`, rec)
	assert.NilError(t, err)
	assert.Check(t, is.Equal(got, "2026-01-02 03%3A04%3A00 +0000 UTC/"))
}

func TestPartition_TimeIsTheRecords(t *testing.T) {
	rec := numbered(0)
	const template = `{{ .Time.Format "15:04:05" }}`
	got, err := folderOf(t, template, rec)
	assert.NilError(t, err)
	assert.Check(t, is.Equal(got, "03%3A04%3A05/"))
	delete(rec.Metadata, opencdc.MetadataCreatedAt)
	got, err = folderOf(t, template, rec)
	assert.NilError(t, err)
	assert.Check(t, is.Equal(got, "04%3A04%3A05/"), "when it was read")
}

// The folder of what a template has read before is not made again, and is the one
// that it would get: a template that may read more is executed each time.
func TestPartition_RemembersFolders(t *testing.T) {
	fields := func(text string, other any) opencdc.StructuredData {
		return opencdc.StructuredData{"text": text, "other": other, "nested": map[string]any{"text": text}}
	}
	var recs []opencdc.Record
	for i, collection := range []string{"a", "b", "ab", ""} {
		for j, text := range []string{"", "a", "b"} {
			for _, other := range []any{nil, "1", 1, 2.5} {
				rec := withCollection(collection)
				rec.Operation = opencdc.OperationCreate + opencdc.Operation(i)
				rec.Key = opencdc.RawData(text)
				rec.Metadata.SetCreatedAt(epoch.AddDate(0, 0, i*j))
				rec.Payload.After = fields(text, other)
				if j > 0 {
					rec.Payload.Before = fields(collection, text)
				}
				recs = append(recs, rec)
			}
		}
	}
	recs = append(recs, timeless(0), timeless(1))
	for template, remembers := range map[string]bool{
		`{{ .Metadata.Get "opencdc.collection" }}/{{ .Time.Format "2006-01-02" }}`:                    true,
		`{{ .Metadata.Get "opencdc.collection" }}{{ .Payload.After.text }}`:                           true,
		`{{ if eq $.Operation "delete" }}x{{ else }}{{ $c := .Payload.After.text }}{{ $c }}{{ end }}`: true,
		`{{ .Payload.After.nested.text | upper | printf "%s-%s" .Payload.Before.text }}`:              true,
		`{{ .Payload.After.other }}`: true,
		`{{ range splitList "" (.Metadata.Get "opencdc.collection") }}x{{ else }}{{ .Operation }}{{ end }}`: true,
		`{{ .Operation }}{{ (fromJson (printf "{\"a\":%q}" .Payload.After.text)).a }}`:                      true,
		`{{ .Key }}`:  false,
		`{{ .Time }}`: false,
		`{{ .Time.Format .Payload.After.text }}/x`:                false,
		`{{ .Metadata.Get .Payload.After.text }}`:                 false,
		`{{ index .Metadata "opencdc.collection" }}`:              false,
		`{{ (.Payload).After.other }}`:                            false,
		`{{ .Payload.After }}`:                                    false,
		`{{ $r := . }}{{ $r.Key }}`:                               false,
		`{{ with $ }}{{ .Key }}{{ end }}`:                         false,
		`{{ with .Payload.After }}{{ .other }}{{ end }}`:          false,
		`{{ range $k, $v := .Payload.After }}{{ $v }}{{ end }}`:   false,
		`{{ define "x" }}{{ .Key }}{{ end }}{{ template "x" . }}`: false,
		`{{ block "x" .Payload.After }}{{ .other }}{{ end }}`:     false,
		`{{ if true }}a{{ else if .Key }}b{{ end }}`:              false,
	} {
		p, err := New(template)
		assert.NilError(t, err)
		assert.Check(t, is.Equal(p.cache != nil, remembers), template)
		for range 2 {
			for _, rec := range recs {
				want, wantErr := p.execute(rec)
				got, err := p.Folder(rec)
				assert.Check(t, is.Equal(got, want), template)
				assert.Check(t, is.Equal(err == nil, wantErr == nil), template)
			}
		}
		if remembers {
			assert.Check(t, len(p.cache.folders) > 0, template)
		}
	}
}

func TestPartition_RemembersSoManyFoldersOnly(t *testing.T) {
	p, err := New(`{{ .Metadata.Get "opencdc.collection" }}`)
	assert.NilError(t, err)
	for i := range 2*maxFolders + 1 {
		for _, value := range []string{strconv.Itoa(i), strings.Repeat("x", maxCacheKey+i)} {
			got, err := p.Folder(withCollection(value))
			assert.NilError(t, err)
			assert.Assert(t, is.Equal(got, value+"/"))
		}
	}
	assert.Check(t, len(p.cache.folders) <= maxFolders)
}

func TestPartition_AllocatesNothing(t *testing.T) {
	p, err := New(`c={{ .Metadata.Get "opencdc.collection" }}/{{ .Time.Format "2006-01-02" }}/{{ .Payload.After.city }}`)
	assert.NilError(t, err)
	rec := order()
	assert.Check(t, is.Equal(testing.AllocsPerRun(100, func() {
		_, err := p.Folder(rec)
		assert.Check(t, err)
	}), 0.0))
}
