// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package s3test

import "net/http"

func deleteObject(c *call) (*answer, error) {
	a := c.answer(http.StatusNoContent)
	key, id := c.request.Key, c.request.VersionID
	if err := c.mayDelete(key, c.ifMatch()); err != nil {
		return nil, err
	}
	done, err := c.remove(key, id)
	if err != nil {
		return nil, err
	}
	if done.version != "" {
		a.header.Set("X-Amz-Version-Id", done.version)
	}
	if done.marker {
		a.header.Set("X-Amz-Delete-Marker", "true")
	}
	return a, nil
}

// removal is what a delete did.
type removal struct {
	version string // the version removed, or the delete marker made; empty if the bucket has none
	marker  bool   // it is a delete marker
}

// remove deletes a key or, with an id, one version for good.
func (c *call) remove(key, id string) (removal, error) {
	if id == "" {
		v := newMarker(c.sequence(), c.now)
		if !c.bucket.delete(key, v, c.now) {
			return removal{}, nil
		}
		return removal{version: v.id(), marker: true}, nil
	}
	if !c.server.validVersionID(id) {
		return removal{}, invalidArgument("versionId", id, "Invalid version id specified")
	}
	v := c.bucket.deleteVersion(key, id)
	return removal{version: id, marker: v != nil && v.marker}, nil
}
