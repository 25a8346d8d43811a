// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package s3test

import (
	"slices"
	"strings"
)

const chunkSize = 512

// index holds objects in the order of their keys. It is a list of sorted
// chunks, so that an insertion moves little and a listing can begin anywhere in
// O(log n).
type index struct {
	order  KeyOrder
	chunks [][]*object // none is empty
}

// cursor is a place in an index, valid until the index changes.
type cursor struct {
	index       *index
	chunk, item int
}

// seek returns the place of the first key that is not less than key.
func (x *index) seek(key string) cursor {
	chunk, _ := slices.BinarySearchFunc(x.chunks, key, func(c []*object, key string) int {
		return x.order.compare(c[len(c)-1].key, key)
	})
	if chunk == len(x.chunks) {
		return cursor{x, chunk, 0}
	}
	item, _ := slices.BinarySearchFunc(x.chunks[chunk], key, func(o *object, key string) int {
		return x.order.compare(o.key, key)
	})
	return cursor{x, chunk, item}
}

// object returns what stands at the cursor, or nil behind the last key.
func (c cursor) object() *object {
	if c.chunk >= len(c.index.chunks) {
		return nil
	}
	return c.index.chunks[c.chunk][c.item]
}

func (c cursor) next() cursor {
	if c.item++; c.item == len(c.index.chunks[c.chunk]) {
		c.chunk, c.item = c.chunk+1, 0
	}
	return c
}

// get returns the object with a key, or nil.
func (x *index) get(key string) *object {
	if o := x.seek(key).object(); o != nil && o.key == key {
		return o
	}
	return nil
}

// make returns the object with a key and inserts an empty one if there is none.
func (x *index) make(key string) *object {
	c := x.seek(key)
	if o := c.object(); o != nil && o.key == key {
		return o
	}
	o := &object{key: key}
	if c.chunk == len(x.chunks) {
		if c.chunk == 0 {
			x.chunks = append(x.chunks, []*object{o})
			return o
		}
		c.chunk--
		c.item = len(x.chunks[c.chunk])
	}
	chunk := slices.Insert(x.chunks[c.chunk], c.item, o)
	x.chunks[c.chunk] = chunk
	if len(chunk) > chunkSize {
		half := slices.Clone(chunk[chunkSize/2:])
		clear(chunk[chunkSize/2:])
		x.chunks[c.chunk] = chunk[:chunkSize/2]
		x.chunks = slices.Insert(x.chunks, c.chunk+1, half)
	}
	return o
}

// remove takes the object with a key out, if there is one.
func (x *index) remove(key string) {
	c := x.seek(key)
	if o := c.object(); o == nil || o.key != key {
		return
	}
	chunk := slices.Delete(x.chunks[c.chunk], c.item, c.item+1)
	if x.chunks[c.chunk] = chunk; len(chunk) == 0 {
		x.chunks = slices.Delete(x.chunks, c.chunk, c.chunk+1)
	}
}

// behindPrefix returns the least string greater than all that begin with
// prefix, or "" if there is none.
func behindPrefix(prefix string) string {
	for i := len(prefix) - 1; i >= 0; i-- {
		if prefix[i] < 0xff {
			return prefix[:i] + string([]byte{prefix[i] + 1})
		}
	}
	return ""
}

// visitor is given each object of a walk, and the common prefix that it is
// rolled up into, if any. It reports whether the object counts, upon which the
// rest of its common prefix is skipped, and whether the walk goes on.
type visitor func(o *object, common string) (counts, more bool)

// walk visits the objects whose keys begin with prefix, from the key start on.
func (x *index) walk(start, prefix, delimiter string, visit visitor) {
	if x.order != ByteOrder {
		x.walkAll(start, prefix, delimiter, visit)
		return
	}
	c := x.seek(max(start, prefix))
	for {
		o := c.object()
		if o == nil || !strings.HasPrefix(o.key, prefix) {
			return
		}
		common := commonPrefix(o.key, prefix, delimiter)
		counts, more := visit(o, common)
		if !more {
			return
		}
		if common == "" || !counts {
			c = c.next()
			continue
		}
		behind := behindPrefix(common)
		if behind == "" {
			return
		}
		c = x.seek(behind)
	}
}

// walkAll walks an order in which the keys of a prefix may be anywhere.
func (x *index) walkAll(start, prefix, delimiter string, visit visitor) {
	c := x.seek(start)
	if start == "" {
		c = cursor{index: x}
	}
	grouped := map[string]bool{}
	for ; c.object() != nil; c = c.next() {
		o := c.object()
		if !strings.HasPrefix(o.key, prefix) {
			continue
		}
		common := commonPrefix(o.key, prefix, delimiter)
		if grouped[common] {
			continue
		}
		counts, more := visit(o, common)
		if !more {
			return
		}
		if counts && common != "" {
			grouped[common] = true
		}
	}
}

func commonPrefix(key, prefix, delimiter string) string {
	if delimiter == "" {
		return ""
	}
	i := strings.Index(key[len(prefix):], delimiter)
	if i < 0 {
		return ""
	}
	return key[:len(prefix)+i+len(delimiter)]
}
