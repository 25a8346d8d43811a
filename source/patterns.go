// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package source

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// patterns are glob patterns of whole keys, each of them valid.
type patterns []string

// literals are the places of a pattern where no character has its meaning: an
// escaped character and a class.
var literals = regexp.MustCompile(`(?s)\\.|\[(?:\\.|[^\]\\])*\]`)

// starsInName are two stars that are only a part of a folder's name. They would
// match no more than one star does.
var starsInName = regexp.MustCompile(`[^/]\*\*|\*\*[^/]`)

var errStarsInName = errors.New(`"**" must be the whole name of a folder, as in "a/**/b"`)

// parsePatterns returns the patterns of a parameter. Conduit splits its value at
// every comma; parts that belong to one pattern are joined again. Space around a
// pattern and empty patterns are dropped. The error names the parameter and
// every pattern that is not valid.
func parsePatterns(parameter string, parts []string) (patterns, error) {
	var valid patterns
	var errs []error
	for _, pattern := range splitPatterns(strings.Join(parts, ",")) {
		pattern = strings.TrimSpace(pattern)
		if pattern == "" {
			continue
		}
		if err := checkPattern(pattern); err != nil {
			errs = append(errs, fmt.Errorf("%s: pattern %q: %w", parameter, pattern, err))
		}
		valid = append(valid, pattern)
	}
	return valid, errors.Join(errs...)
}

func checkPattern(pattern string) error {
	if !doublestar.ValidatePattern(pattern) {
		return doublestar.ErrBadPattern
	}
	if starsInName.MatchString(maskLiterals(pattern)) {
		return errStarsInName
	}
	return nil
}

// splitPatterns splits a list at the commas that separate patterns: those that
// are outside of braces and classes, and not escaped.
func splitPatterns(list string) []string {
	var all []string
	begin, braces := 0, 0
	for i, r := range maskLiterals(list) {
		switch {
		case r == '{':
			braces++
		case r == '}':
			braces = max(0, braces-1)
		case r == ',' && braces == 0:
			all, begin = append(all, list[begin:i]), i+1
		}
	}
	return append(all, list[begin:])
}

// maskLiterals replaces every byte of the literals of a pattern, so that what
// remains has its meaning and its place.
func maskLiterals(pattern string) string {
	return literals.ReplaceAllStringFunc(pattern, func(s string) string { return strings.Repeat("x", len(s)) })
}

// match reports whether one of the patterns matches key.
func (p patterns) match(key string) bool {
	for _, pattern := range p {
		if doublestar.MatchUnvalidated(pattern, key) {
			return true
		}
	}
	return false
}

// matcherOf returns the function that reports whether a key matches include, or
// include is empty, and does not match exclude. It returns nil if every key does.
func matcherOf(include, exclude patterns) func(key string) bool {
	if len(include)+len(exclude) == 0 {
		return nil
	}
	return func(key string) bool {
		return (len(include) == 0 || include.match(key)) && !exclude.match(key)
	}
}
