// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package bucket

import (
	"bytes"
	"fmt"
	"strconv"
	"unicode"
	"unicode/utf8"
)

// appendUnescaped appends text with its entities replaced.
func appendUnescaped(to, text []byte) ([]byte, error) {
	for {
		i := bytes.IndexByte(text, '&')
		if i < 0 {
			return append(to, text...), nil
		}
		to, text = append(to, text[:i]...), text[i+1:]
		end := bytes.IndexByte(text, ';')
		if end < 0 {
			return nil, fmt.Errorf("%w: & without ;", errXML)
		}
		char, err := entity(string(text[:end]))
		if err != nil {
			return nil, err
		}
		to, text = utf8.AppendRune(to, char), text[end+1:]
	}
}

func entity(name string) (rune, error) {
	switch name {
	case "amp":
		return '&', nil
	case "lt":
		return '<', nil
	case "gt":
		return '>', nil
	case "quot":
		return '"', nil
	case "apos":
		return '\'', nil
	}
	if len(name) > 1 && name[0] == '#' {
		digits, base := name[1:], 10
		if digits[0] == 'x' {
			digits, base = digits[1:], 16
		}
		if n, err := strconv.ParseUint(digits, base, 21); err == nil && n <= unicode.MaxRune {
			return rune(n), nil
		}
	}
	return 0, fmt.Errorf("%w: an unknown entity", errXML)
}

// local returns a name without its prefix.
func local(name []byte) []byte { return name[bytes.IndexByte(name, ':')+1:] }

// internName spares an allocation for each of the names of a listing.
func internName(name []byte) string {
	switch string(name) {
	case elementVersion:
		return elementVersion
	case elementDeleteMarker:
		return elementDeleteMarker
	case elementKey:
		return elementKey
	case elementVersionID:
		return elementVersionID
	case elementIsLatest:
		return elementIsLatest
	case elementLastModified:
		return elementLastModified
	case elementETag:
		return elementETag
	case elementSize:
		return elementSize
	case elementStorageClass:
		return elementStorageClass
	case elementContents:
		return elementContents
	case elementUpload:
		return elementUpload
	case "ChecksumAlgorithm":
		return "ChecksumAlgorithm"
	case "ChecksumType":
		return "ChecksumType"
	case "Owner":
		return "Owner"
	case "ID":
		return "ID"
	case "DisplayName":
		return "DisplayName"
	default:
		return string(name)
	}
}
