// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package s3test

import (
	"cmp"
	"hash/fnv"
	"strings"
)

// compare compares two keys by their places in the order.
func (order KeyOrder) compare(a, b string) int {
	switch order {
	case ByteOrder:
	case WalkOrder:
		return comparePaths(a, b)
	case HashOrder:
		return cmp.Or(cmp.Compare(hashOf(a), hashOf(b)), strings.Compare(a, b))
	}
	return strings.Compare(a, b)
}

// comparePaths compares as strings.Compare does, but for the slash, which is
// less than all other bytes.
func comparePaths(a, b string) int {
	for i := range min(len(a), len(b)) {
		if a[i] == b[i] {
			continue
		}
		switch {
		case a[i] == '/':
			return -1
		case b[i] == '/':
			return 1
		}
		return cmp.Compare(a[i], b[i])
	}
	return cmp.Compare(len(a), len(b))
}

func hashOf(key string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(key)) // a hash takes all
	return h.Sum64()
}
