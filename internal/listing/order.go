// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package listing

import (
	"errors"
	"fmt"
	"slices"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
)

// ErrOrder says that a store lists keys in another order than that of their bytes.
// A listing of such a store can't be resumed after a key, so it would miss keys.
var ErrOrder = errors.New("it does not list keys in the order of their bytes, so changes can't be found reliably")

// checkOrder returns ErrOrder unless the keys ascend from floor on. Together, the
// calls check the order of the whole bucket: where a page is cut, the next one
// repeats its last key, so pages overlap.
func checkOrder(entries []bucket.Version, floor string) error {
	for i := range entries {
		key := entries[i].Key
		if key < floor {
			return fmt.Errorf("list versions: the store lists key %s after key %s: %w", bucket.Quote(key), bucket.Quote(floor), ErrOrder)
		}
		floor = key
	}
	return nil
}

// firstAfter returns the index of the first version of a key after done.
func firstAfter(versions []bucket.Version, done string) int {
	i, _ := slices.BinarySearchFunc(versions, done, func(v bucket.Version, done string) int {
		if v.Key <= done {
			return -1
		}
		return 1
	})
	return i
}

// lastKey returns the index of the first version of the last key.
func lastKey(versions []bucket.Version) int {
	i := len(versions)
	for i > 0 && versions[i-1].Key == versions[len(versions)-1].Key {
		i--
	}
	return i
}

// areSingle tells whether keys ascend and each has one entry. Then nothing of a page
// is repeated or out of order.
func areSingle(entries []bucket.Version) bool {
	for i := 1; i < len(entries); i++ {
		if entries[i].Key <= entries[i-1].Key {
			return false
		}
	}
	return true
}

// firstKey returns how many versions the first key has.
func firstKey(versions []bucket.Version) int {
	n := 0
	for n < len(versions) && versions[n].Key == versions[0].Key {
		n++
	}
	return n
}
