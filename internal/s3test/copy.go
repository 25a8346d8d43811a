// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package s3test

import (
	"maps"
	"net/http"
	"net/url"
	"strings"
)

func copyObject(c *call) (*answer, error) {
	if err := c.mayWrite(); err != nil {
		return nil, err
	}
	source, err := c.copySource()
	if err != nil {
		return nil, err
	}
	if source.archived(c.now) {
		return nil, failure(http.StatusForbidden, "ObjectNotInActiveTierError",
			"The source object of the COPY operation is not in the active tier")
	}
	header, metadata := source.header, source.metadata
	if c.r.Header.Get("X-Amz-Metadata-Directive") == "REPLACE" {
		if header, metadata, err = attributes(c.r.Header); err != nil {
			return nil, err
		}
	}
	v := &version{
		sequence: c.sequence(), modified: c.now, body: source.body, etag: etagOf(source.body),
		header: header.Clone(), metadata: maps.Clone(metadata), checksum: c.kept(sum(crc64nvme, source.body)),
	}
	c.bucket.add(c.request.Key, v, c.now)
	a, err := c.xml(copyXML{Namespace: xmlNamespace, ETag: text(quote(v.etag)), LastModified: c.server.stamp(v.modified)})
	if err != nil {
		return nil, err
	}
	c.setVersion(a, v)
	return a, nil
}

// copySource finds the version that the x-amz-copy-source header names.
func (c *call) copySource() (*version, error) {
	path, query, _ := strings.Cut(strings.TrimPrefix(c.r.Header.Get("X-Amz-Copy-Source"), "/"), "?")
	name, key, ok := strings.Cut(unescape(path), "/")
	values, err := url.ParseQuery(query)
	if !ok || err != nil {
		return nil, invalidArgument("x-amz-copy-source", path, "Invalid copy source object key")
	}
	b := c.server.buckets[name]
	if b == nil {
		return nil, noSuchBucket(name)
	}
	if id := values.Get("versionId"); id != "" {
		v := b.find(key, id)
		if v == nil {
			return nil, noSuchVersion(key, id)
		}
		if v.marker {
			return nil, invalidRequest("The source of a copy request may not specifically refer to a delete marker by version id.")
		}
		return v, nil
	}
	v := b.current(key)
	if v == nil || v.marker {
		return nil, noSuchKey(key)
	}
	return v, nil
}
