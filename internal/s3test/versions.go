// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package s3test

// versionPage collects one page of a listing of versions.
type versionPage struct {
	call      *call
	encode    encoder
	limit     int
	entries   []byte // as XML
	count     int
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
			return true, p.addGroup(group)
		}
		for i := oldest - 1; i >= 0; i-- {
			if !p.addVersion(o, o.versions[i]) {
				return true, false
			}
		}
		return true, true
	})
}

// addVersion puts a version on the page, unless it is full.
func (p *versionPage) addVersion(o *object, v *version) bool {
	if p.full() {
		return false
	}
	p.entries = p.call.appendVersion(p.entries, o, v, p.encode)
	p.count++
	p.nextKey, p.nextID = o.key, v.id()
	return true
}

// addGroup puts a common prefix on the page, unless it is full.
func (p *versionPage) addGroup(group string) bool {
	if p.full() {
		return false
	}
	p.common = append(p.common, group)
	p.nextKey, p.nextID = group, ""
	return true
}

// full tells whether the page has no room for what is to come.
func (p *versionPage) full() bool {
	if p.count+len(p.common) < p.limit {
		return false
	}
	p.truncated = p.limit > 0
	return true
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
