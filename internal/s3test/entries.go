// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package s3test

import (
	"strconv"
	"time"
)

// The entries of listings are appended by hand: a million of them by reflection
// would take longer than all that a client does with them.

// appendVersion appends a version or a delete marker of a listing of versions.
func (c *call) appendVersion(to []byte, o *object, v *version, encode encoder) []byte {
	kind := "Version"
	if v.marker {
		kind = "DeleteMarker"
	}
	to = append(to, "<"+kind+">"...)
	to = appendElement(to, "Key", string(encode.text(o.key)))
	to = appendElement(to, "VersionId", v.id())
	to = appendElement(to, "IsLatest", strconv.FormatBool(v == o.latest()))
	to = c.appendModified(to, v)
	if !v.marker {
		to = c.appendState(to, v)
	}
	to = appendOwner(to)
	return append(to, "</"+kind+">"...)
}

// appendContent appends an object of a listing of objects.
func (c *call) appendContent(to []byte, key string, v *version, encode encoder) []byte {
	to = append(to, "<Contents>"...)
	to = appendElement(to, "Key", string(encode.text(key)))
	to = c.appendModified(to, v)
	to = c.appendState(to, v)
	if c.query.Get("fetch-owner") == "true" {
		to = appendOwner(to)
	}
	return append(to, "</Contents>"...)
}

func (c *call) appendModified(to []byte, v *version) []byte {
	to = append(to, "<LastModified>"...)
	if v.marker && c.server.config.ExactMarkers {
		to = v.modified.UTC().AppendFormat(to, time.RFC3339Nano)
	} else {
		to = c.server.appendStamp(to, v.modified)
	}
	return append(to, "</LastModified>"...)
}

// appendState appends what only an object has, and no delete marker.
func (c *call) appendState(to []byte, v *version) []byte {
	to = appendElement(to, "ETag", quote(v.etag))
	if v.checksum.algorithm != "" {
		to = appendElement(to, "ChecksumAlgorithm", v.checksum.algorithm)
		to = appendElement(to, "ChecksumType", v.checksum.kind())
	}
	to = appendElement(to, "Size", strconv.Itoa(len(v.body)))
	to = appendElement(to, "StorageClass", storageClass(v))
	return c.appendRestore(to, v)
}

func appendOwner(to []byte) []byte {
	to = append(to, "<Owner>"...)
	to = appendElement(to, "ID", ownerID)
	return append(to, "</Owner>"...)
}

func appendElement(to []byte, name, content string) []byte {
	to = append(to, '<')
	to = append(to, name...)
	to = append(to, '>')
	to = appendText(to, content)
	to = append(to, '<', '/')
	to = append(to, name...)
	return append(to, '>')
}
