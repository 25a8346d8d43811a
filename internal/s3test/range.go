// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package s3test

import (
	"net/http"
	"strconv"
	"strings"
)

// parseRange reads a Range header and returns the bytes from first up to, but
// not including, end. It is false where the whole object is to be answered:
// without a range, or with one that S3 ignores.
func parseRange(header string, size int) (first, end int, ok bool, err error) {
	spec, found := strings.CutPrefix(header, "bytes=")
	from, to, dash := strings.Cut(spec, "-")
	if !found || !dash {
		return 0, 0, false, nil
	}
	a, aOK := number(from)
	b, bOK := number(to)
	switch {
	case from == "" && bOK: // the last b bytes
		first, end = max(0, size-b), size
		if b == 0 {
			first = size
		}
	case aOK && to == "":
		first, end = a, size
	case aOK && bOK && a <= b:
		first, end = a, min(b, size-1)+1
	default:
		return 0, 0, false, nil
	}
	if first >= size {
		return 0, 0, false, failure(http.StatusRequestedRangeNotSatisfiable, "InvalidRange",
			"The requested range is not satisfiable").
			with("RangeRequested", header).with("ActualObjectSize", strconv.Itoa(size)).
			withHeader("Content-Range", "bytes */"+strconv.Itoa(size))
	}
	return first, end, true, nil
}

func number(s string) (int, bool) {
	n, err := strconv.ParseUint(s, 10, 31)
	return int(n), err == nil
}
