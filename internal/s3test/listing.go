// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package s3test

import (
	"encoding/base64"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// maxKeys reads how many entries a client wants, and how many it gets.
func (c *call) maxKeys(name string) (asked, limit int, err error) {
	asked = maxPage
	if value := c.query.Get(name); value != "" {
		n, err := strconv.Atoi(value)
		if err != nil || n < 0 {
			return 0, 0, invalidArgument(name, value, "Argument %s must be an integer between 0 and 2147483647", name)
		}
		asked = min(n, maxPage)
	}
	return asked, c.server.pageLimit(asked), nil
}

// listObjectsV2 lists the objects of a bucket as they are now.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
func listObjectsV2(c *call) (*answer, error) {
	asked, limit, err := c.maxKeys("max-keys")
	if err != nil {
		return nil, err
	}
	encode, err := c.encoder()
	if err != nil {
		return nil, err
	}
	prefix, delimiter, token := c.query.Get("prefix"), c.query.Get("delimiter"), c.query.Get("continuation-token")
	startAfter := c.query.Get("start-after")
	after := startAfter
	if c.query.Has("continuation-token") {
		if after, err = parseToken(token); err != nil {
			return nil, err
		}
	}
	result := objectsXML{
		Namespace: xmlNamespace, Name: c.bucket.name, Prefix: encode.text(prefix), StartAfter: encode.optional(startAfter),
		ContinuationToken: token, MaxKeys: asked, Delimiter: encode.optional(delimiter), EncodingType: encode.kind(),
	}
	var common []string
	entries, last := 0, ""
	c.bucket.keys.walk(after, prefix, delimiter, func(o *object, group string) (counts, more bool) {
		v := o.latest()
		if group != "" && group == after {
			return true, true // the page before ended with it
		}
		if v.marker || o.key == after {
			return false, true
		}
		if entries+len(common) == limit {
			result.IsTruncated = limit > 0
			return false, false
		}
		if group != "" {
			common, last = append(common, group), group
			return true, true
		}
		last = o.key
		result.Contents = c.appendContent(result.Contents, o.key, v, encode)
		entries++
		return true, true
	})
	result.CommonPrefixes, result.KeyCount = encode.prefixes(common), entries+len(common)
	if result.IsTruncated {
		result.NextContinuationToken = makeToken(last)
	}
	return c.xml(result)
}

func storageClass(v *version) string {
	if class := v.header.Get(classHeader); class != "" {
		return class
	}
	return "STANDARD"
}

// A continuation token is opaque; here it is the last key or common prefix,
// disguised so that no client can take it for one.
const tokenPrefix = "1/"

func makeToken(last string) string {
	raw := []byte(last)
	slices.Reverse(raw)
	return tokenPrefix + base64.StdEncoding.EncodeToString(raw)
}

func parseToken(token string) (string, error) {
	encoded, ok := strings.CutPrefix(token, tokenPrefix)
	raw, err := base64.StdEncoding.DecodeString(encoded)
	if !ok || err != nil {
		return "", failure(http.StatusBadRequest, "InvalidArgument", "The continuation token provided is incorrect").
			with("ArgumentName", "continuation-token")
	}
	slices.Reverse(raw)
	return string(raw), nil
}
