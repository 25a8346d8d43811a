// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package s3test

import (
	"cmp"
	"maps"
	"slices"
	"sort"
	"strings"
)

// listMultipartUploads lists the uploads in progress: by key, then by the time
// of their initiation.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListMultipartUploads.html
func listMultipartUploads(c *call) (*answer, error) {
	if c.server.config.UploadListing404 && len(c.bucket.uploads) == 0 {
		return nil, noSuchUpload("")
	}
	asked, limit, err := c.maxKeys("max-uploads")
	if err != nil {
		return nil, err
	}
	encode, err := c.encoder()
	if err != nil {
		return nil, err
	}
	prefix, delimiter := c.query.Get("prefix"), c.query.Get("delimiter")
	keyMarker, idMarker := c.query.Get("key-marker"), c.query.Get("upload-id-marker")
	result := uploadsXML{
		Namespace: xmlNamespace, Bucket: c.bucket.name, KeyMarker: encode.text(keyMarker), UploadIDMarker: idMarker,
		Prefix: encode.optional(prefix), Delimiter: encode.optional(delimiter), EncodingType: encode.kind(), MaxUploads: asked,
	}
	var common []string
	nextKey, nextID, last := "", "", keyMarker
	for _, u := range c.bucket.uploadsBehind(keyMarker, idMarker) {
		if !strings.HasPrefix(u.key, prefix) {
			continue
		}
		group := commonPrefix(u.key, prefix, delimiter)
		if group != "" && group == last {
			continue
		}
		if len(result.Uploads)+len(common) == limit {
			result.IsTruncated = limit > 0
			break
		}
		if group != "" {
			common = append(common, group)
			nextKey, nextID, last = group, "", group
			continue
		}
		nextKey, nextID, last = u.key, u.id, ""
		result.Uploads = append(result.Uploads, uploadXML{
			Key: encode.text(u.key), UploadID: u.id, Initiator: owner(), Owner: owner(),
			StorageClass: storageClass(&version{header: u.header}), Initiated: c.server.stamp(u.initiated),
		})
	}
	result.CommonPrefixes = encode.prefixes(common)
	if result.IsTruncated {
		result.NextKeyMarker, result.NextUploadIDMarker = encode.optional(nextKey), nextID
	}
	return c.xml(result)
}

// uploadsBehind returns the uploads behind the markers, in the listing's order.
// Without a key marker the upload-id marker is ignored. It may be called
// concurrently with itself.
func (b *bucket) uploadsBehind(keyMarker, idMarker string) []*upload {
	all := b.uploadsInOrder()
	isBehind := func(u *upload) bool {
		return u.key > keyMarker || u.key == keyMarker && keyMarker != "" && idMarker != "" && u.id > idMarker
	}
	return all[sort.Search(len(all), func(i int) bool { return isBehind(all[i]) }):]
}

// uploadsInOrder returns the uploads by key, then by the time of their initiation,
// which is the order of their ids as well.
func (b *bucket) uploadsInOrder() []*upload {
	if ordered := b.ordered.Load(); ordered != nil {
		return *ordered
	}
	all := slices.SortedFunc(maps.Values(b.uploads), func(a, b *upload) int {
		return cmp.Or(strings.Compare(a.key, b.key), cmp.Compare(a.sequence, b.sequence))
	})
	b.ordered.Store(&all)
	return all
}
