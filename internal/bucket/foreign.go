// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package bucket

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// maxForeign bounds a string of the endpoint or of the bucket in an error, in
	// bytes. Errors are logged again with each attempt.
	maxForeign = 200
	// maxRedacted bounds what of such a string is searched for secrets.
	maxRedacted = 16 << 10

	redacted = "[redacted]"
	// minSecret is the length from which a key is taken out of a message. What is
	// shorter may be a word of it.
	minSecret = 6
)

// authorization matches what signs a request, in a header or in a URL. An
// endpoint may echo it in an error.
var authorization = regexp.MustCompile(`(?i)AWS4-[A-Z0-9-]+(?:\s+|%20|\+)Credential[^"'<>]*?Signature(?:=|%3D)[0-9a-f]*` +
	`|\b(?:X-Amz-)?(?:Credential|Signature|Security-Token)(?:=|%3D|:\s*)[^\s,&;"'<>]+`)

// Quote makes a string that the endpoint or a writer of the bucket chose, such as a
// key, fit for an error or a log: without what signs requests, cut and quoted.
func Quote(s string) string { return quoted(redactSignatures(s)) }

// Quote is like the function of the package, and also takes the credentials out.
func (b *Bucket) Quote(s string) string { return quoted(b.redact(s)) }

// foreign is like Quote for sentences, such as S3's messages: what is plain is not
// quoted.
func (b *Bucket) foreign(s string) string {
	return plainOrQuoted(b.redact(s))
}

// redact replaces the credentials and what signs requests.
func (b *Bucket) redact(s string) string { return b.secrets.Replace(redactSignatures(s)) }

// redactSignatures replaces what signs requests, in the part of a string that may be
// shown.
func redactSignatures(s string) string {
	return authorization.ReplaceAllLiteralString(clip(s, maxRedacted), redacted)
}

// newSecrets returns what takes the keys of a configuration out of a string.
func newSecrets(keys ...string) *strings.Replacer {
	var pairs []string
	for _, key := range keys {
		if len(key) >= minSecret {
			pairs = append(pairs, key, redacted)
		}
	}
	return strings.NewReplacer(pairs...)
}

// plainOrQuoted cuts a string, and quotes it if it holds anything but visible
// characters and spaces.
func plainOrQuoted(s string) string {
	if !isPlain(s) {
		return quoted(s)
	}
	short := clip(s, maxForeign)
	return short + cutNote(len(s), len(short))
}

// quoted quotes a string of the endpoint or the bucket, and cuts it if it is long.
func quoted(s string) string {
	short := clip(s, maxForeign)
	return strconv.Quote(short) + cutNote(len(s), len(short))
}

func cutNote(full, short int) string {
	if full == short {
		return ""
	}
	return fmt.Sprintf("… (cut from %d bytes)", full)
}

// clip returns the first n bytes of s, or a few less so that no character is cut.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for i := n; i > n-utf8.UTFMax; i-- {
		if utf8.RuneStart(s[i]) {
			return s[:i]
		}
	}
	return s[:n]
}

func isPlain(s string) bool {
	return utf8.ValidString(s) && strings.IndexFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) < 0
}
