// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package s3test

import (
	"cmp"
	"encoding/xml"
	"net/http"
)

// versionPage collects one page of a listing of versions.
type versionPage struct {
	call      *call
	encode    encoder
	limit     int
	entries   []byte // as XML: versions and, unless they are apart, delete markers
	markers   []byte
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
	if c.server.config.NoVersionListing != VersionsListed {
		return c.noVersions()
	}
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
		XMLName: xml.Name{Local: cmp.Or(c.server.config.RootName, "ListVersionsResult")}, Namespace: xmlNamespace, Name: c.bucket.name, Prefix: encode.text(prefix), KeyMarker: encode.text(keyMarker),
		VersionIDMarker: text(idMarker), MaxKeys: asked, Delimiter: encode.optional(delimiter), EncodingType: encode.kind(),
		IsTruncated: page.truncated, Entries: append(page.markers, page.entries...), CommonPrefixes: encode.prefixes(page.common),
	}
	if page.truncated {
		result.NextKeyMarker, result.NextVersionIDMarker = encode.optional(page.nextKey), encoder{}.optional(page.nextID)
	}
	return c.xml(result)
}

// noVersions answers a listing of versions as a store that has none.
func (c *call) noVersions() (*answer, error) {
	switch c.server.config.NoVersionListing {
	case VersionsListed, VersionsNotImplemented:
	case VersionsIgnored:
		return listObjectsV2(c)
	case VersionsNotFound:
		return nil, noSuchKey("")
	case VersionsRefused:
		return nil, invalidArgument("versions", "", "Unsupported query parameter")
	case VersionsEmpty:
		return c.xml(versionsXML{
			XMLName: xml.Name{Local: "ListVersionsResult"}, Namespace: xmlNamespace, Name: c.bucket.name, MaxKeys: maxPage,
		})
	}
	return nil, failure(http.StatusNotImplemented, "NotImplemented",
		"A header you provided implies functionality that is not implemented")
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
	if !c.server.validVersionID(idMarker) {
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
			oldest = p.call.server.after(o, idMarker)
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
	to := &p.entries
	if v.marker && p.call.server.config.MarkersApart {
		to = &p.markers
	}
	*to = p.call.appendVersion(*to, o, v, p.encode)
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

// after returns how many of a key's versions, counted from the oldest, follow
// the version-id marker in a listing.
func (s *Server) after(o *object, idMarker string) int {
	switch i := o.find(idMarker); {
	case idMarker == "" && s.config.KeyMarkerRepeats:
		return len(o.versions)
	case idMarker == "":
		return 0
	case i >= 0 && i == len(o.versions)-1 && s.config.RepeatsAtPageEnds:
		return i + 1
	case i >= 0:
		return i
	}
	switch s.config.StaleMarker {
	case StaleResumes:
		sequence, ok := parseVersionID(idMarker)
		if !ok {
			return len(o.versions) // where a null version was, nobody knows
		}
		i, _ := o.place(sequence)
		return i
	case StaleRestartsKey:
		return len(o.versions)
	case StaleSkipsKey, StaleEnds:
	}
	return 0
}
