// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package s3test

// versionPage collects one page of a listing of versions.
type versionPage struct {
	call      *call
	encode    encoder
	limit     int
	entries   []any
	common    []string
	truncated bool
	nextKey   string
	nextID    string
}

// listObjectVersions lists versions and delete markers: keys in the order of
// their bytes, the versions of a key newest first. The key marker alone goes
// on behind all versions of its key.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html
func listObjectVersions(c *call) (*answer, error) {
	asked, limit, err := c.maxKeys("max-keys")
	if err != nil {
		return nil, err
	}
	encode, err := c.encoder()
	if err != nil {
		return nil, err
	}
	keyMarker, idMarker := c.query.Get("key-marker"), c.query.Get("version-id-marker")
	if err := checkMarkers(c, keyMarker, idMarker); err != nil {
		return nil, err
	}
	prefix, delimiter := c.query.Get("prefix"), c.query.Get("delimiter")
	page := &versionPage{call: c, encode: encode, limit: limit}
	page.fill(keyMarker, idMarker, prefix, delimiter)

	result := versionsXML{
		Namespace: xmlNamespace, Name: c.bucket.name, Prefix: encode.text(prefix), KeyMarker: encode.text(keyMarker),
		VersionIDMarker: text(idMarker), MaxKeys: asked, Delimiter: encode.optional(delimiter), EncodingType: encode.kind(),
		IsTruncated: page.truncated, Entries: page.entries, CommonPrefixes: encode.prefixes(page.common),
	}
	if page.truncated {
		result.NextKeyMarker, result.NextVersionIDMarker = encode.optional(page.nextKey), encoder(false).optional(page.nextID)
	}
	return c.xml(result)
}

func checkMarkers(c *call, keyMarker, idMarker string) error {
	if !c.query.Has("version-id-marker") {
		return nil
	}
	if keyMarker == "" {
		return invalidArgument("version-id-marker", idMarker, "A version-id marker cannot be specified without a key marker.")
	}
	if idMarker == "" {
		return invalidArgument("version-id-marker", "", "A version-id marker cannot be empty.")
	}
	if !validVersionID(idMarker) {
		return invalidArgument("version-id-marker", idMarker, "Invalid version id specified")
	}
	return nil
}

// fill walks the keys behind the markers until the page is full.
func (p *versionPage) fill(keyMarker, idMarker, prefix, delimiter string) {
	if p.call.server.config.StaleMarker == StaleEnds && idMarker != "" && p.call.bucket.find(keyMarker, idMarker) == nil {
		return
	}
	p.call.bucket.keys.walk(keyMarker, prefix, delimiter, func(o *object, group string) (counts, more bool) {
		if group != "" && group == keyMarker {
			return true, true // the page before ended with it
		}
		oldest := len(o.versions)
		if o.key == keyMarker {
			oldest = p.call.server.behind(o, idMarker)
		}
		if oldest == 0 {
			return false, true
		}
		if group != "" {
			return true, p.add(nil, group, "", group)
		}
		for i := oldest - 1; i >= 0; i-- {
			v := o.versions[i]
			if !p.add(p.entry(o, v), o.key, v.id(), "") {
				return true, false
			}
		}
		return true, true
	})
}

// add puts an entry or a common prefix on the page, unless it is full.
func (p *versionPage) add(entry any, key, id, group string) bool {
	if len(p.entries)+len(p.common) >= p.limit {
		p.truncated = p.limit > 0
		return false
	}
	if group != "" {
		p.common = append(p.common, group)
	} else {
		p.entries = append(p.entries, entry)
	}
	p.nextKey, p.nextID = key, id
	return true
}

func (p *versionPage) entry(o *object, v *version) any {
	latest, stamp := v == o.latest(), p.call.server.stamp(v.modified)
	if v.marker {
		return markerXML{
			Key: p.encode.text(o.key), VersionID: v.id(), IsLatest: latest, LastModified: stamp, Owner: owner(),
		}
	}
	entry := versionXML{
		Key: p.encode.text(o.key), VersionID: v.id(), IsLatest: latest, LastModified: stamp, ETag: text(quote(v.etag)),
		ChecksumAlgorithm: v.checksum.algorithm, Size: len(v.body), StorageClass: storageClass(v), Owner: owner(),
	}
	if entry.ChecksumAlgorithm != "" {
		entry.ChecksumType = v.checksum.kind()
	}
	return entry
}

// behind returns how many of a key's versions, counted from the oldest, stand
// behind the version-id marker in a listing.
func (s *Server) behind(o *object, idMarker string) int {
	if idMarker == "" {
		return 0
	}
	if i := o.find(idMarker); i >= 0 {
		return i
	}
	switch s.config.StaleMarker {
	case StaleResumes:
		sequence, ok := parseVersionID(idMarker)
		if !ok {
			return len(o.versions) // where a null version stood, nobody knows
		}
		i, _ := o.place(sequence)
		return i
	case StaleRestartsKey:
		return len(o.versions)
	case StaleSkipsKey, StaleEnds:
	}
	return 0
}
