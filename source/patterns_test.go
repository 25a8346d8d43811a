// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package source

import (
	"strings"
	"testing"

	"github.com/bmatcuk/doublestar/v4"
	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
)

func parse(t *testing.T, list string) patterns {
	t.Helper()
	p, err := parsePatterns(ConfigInclude, strings.Split(list, ","))
	assert.NilError(t, err)
	return p
}

func TestPatterns_CommasSeparateThemOutsideOfBracesAndClasses(t *testing.T) {
	for list, want := range map[string]patterns{
		"":                      nil,
		" , ":                   nil,
		"a":                     {"a"},
		"a,b/*":                 {"a", "b/*"},
		" a , b ,":              {"a", "b"},
		"a/{b,c}/*,d":           {"a/{b,c}/*", "d"},
		"{a,{b,c}}d,e":          {"{a,{b,c}}d", "e"},
		"[,]a,b":                {"[,]a", "b"},
		`[\],]a,b`:              {`[\],]a`, "b"},
		`a\,b,c`:                {`a\,b`, "c"},
		`a\{,b`:                 {`a\{`, "b"},
		`a\\,b`:                 {`a\\`, "b"},
		"été/*,日本/**":           {"été/*", "日本/**"},
		`a\**,[**],b`:           {`a\**`, "[**]", "b"},
		"**,**/a,a/**,a/**/b,*": {"**", "**/a", "a/**", "a/**/b", "*"},
	} {
		assert.Check(t, is.DeepEqual(parse(t, list), want), list)
	}
}

func TestPatterns_AreRefusedWithParameterAndPattern(t *testing.T) {
	for _, pattern := range []string{"[", "[a", "[]", "a{b", `a\`, "{a,b", "**.json", "logs**", "a/b**/c", "{**,a}", "a/**{b,c}", "***"} {
		_, err := parsePatterns(ConfigExclude, strings.Split("fine,"+pattern, ","))
		assert.Check(t, is.ErrorContains(err, "exclude: pattern "), pattern)
		assert.Check(t, err == nil || !strings.Contains(err.Error(), "fine"), pattern)
	}
	_, err := parsePatterns(ConfigInclude, []string{"a[", "b**"})
	assert.Check(t, is.ErrorContains(err, `include: pattern "a["`))
	assert.Check(t, is.ErrorContains(err, `include: pattern "b**"`))
}

func TestMatcher(t *testing.T) {
	for _, test := range []struct {
		include, exclude string
		reads, leaves    string
	}{
		{"*", "", "a a.json", "a/b a/"},
		{"**", "", "a a/b a/ /a a//b", ""},
		{"logs/**/*.json", "", "logs/a.json logs/2026/11/a.json logs//a.json", "a.json logs/a.txt logs/a.json/b xlogs/a.json"},
		{"logs/**", "", "logs/ logs/a logs/a/b", "log a/logs/b"},
		{"*.{csv,tsv}", "", "a.csv a.tsv", "a.json a.csv/b"},
		{"a?c", "", "abc aüc", "ac a/c abbc"},
		{"[a-c]*,[^d]x", "", "a cde zx", "dx d"},
		{`a\*`, "", "a*", "ab"},
		{"", "**/_temporary/**", "a/b b", "_temporary/a a/_temporary/b/c"},
		{"a/*", "a/x*,*.tmp", "a/b a/b.tmp", "a/x a/xy b"},
		{"b", "b", "", "b"},
		{"A", "", "A", "a"},
	} {
		reads := matcherOf(parse(t, test.include), parse(t, test.exclude))
		for key := range strings.FieldsSeq(test.reads) {
			assert.Check(t, reads(key), "include %q exclude %q: %q", test.include, test.exclude, key)
		}
		for key := range strings.FieldsSeq(test.leaves) {
			assert.Check(t, !reads(key), "include %q exclude %q: %q", test.include, test.exclude, key)
		}
	}
	assert.Check(t, matcherOf(nil, nil) == nil, "no key needs to be compared")
}

// FuzzPatterns finds lists that lose a character when they are split, and
// accepted patterns that can't be matched.
func FuzzPatterns(f *testing.F) {
	for _, list := range []string{"a,b", "a/{b,c}/**,[,]", `\,`, "{a,b", "[a", "***", "\xff,{"} {
		f.Add(list, "a/b/c")
	}
	f.Fuzz(func(t *testing.T, list, key string) {
		assert.Check(t, is.Equal(strings.Join(splitPatterns(list), ","), list))
		p, err := parsePatterns(ConfigInclude, strings.Split(list, ","))
		if err != nil {
			return
		}
		for _, pattern := range p {
			_, err := doublestar.Match(pattern, key)
			assert.NilError(t, err)
		}
	})
}
