// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package listing

import (
	"slices"
	"strings"
	"time"

	"github.com/conduitio/conduit-connector-s3/internal/bucket"
)

// crockford are the digits of a ULID, in Crockford's base 32.
const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// isULID tells whether a version id begins with its time, so that ids sort by time.
// See https://github.com/ulid/spec
func isULID(id string) bool {
	const length = 26
	return len(id) == length && id[0] <= '7' && strings.Trim(id, crockford) == ""
}

// timeOfULID returns the time at which a ULID was made, in milliseconds.
func timeOfULID(id string) time.Time {
	const digits = 10
	var ms int64
	for _, digit := range []byte(id[:digits]) {
		ms = ms<<5 | int64(strings.IndexByte(crockford, digit))
	}
	return time.UnixMilli(ms).UTC()
}

// retime returns versions with the time of their ids, in a new slice, if those are
// ULIDs. versitygw v1.8.0 lists a version that was overwritten with the time at
// which that happened, and a delete marker with the time of the object that it
// deleted: the former would look like a new version, and the latter be too old for
// one.
func retime(versions []bucket.Version) []bucket.Version {
	if !haveULIDs(versions) {
		return versions
	}
	versions = slices.Clone(versions)
	for i := range versions {
		if v := &versions[i]; v.VersionID != bucket.NullVersion {
			v.LastModified = timeOfULID(v.VersionID)
		}
	}
	return versions
}

// haveULIDs tells whether the ids of all versions, other than null versions, are
// ULIDs of a plausible time.
func haveULIDs(versions []bucket.Version) bool {
	const firstYear, lastYear = 2000, 2200
	found := false
	for i := range versions {
		id := versions[i].VersionID
		if id == bucket.NullVersion {
			continue
		}
		if !isULID(id) {
			return false
		}
		if year := timeOfULID(id).Year(); year < firstYear || year > lastYear {
			return false
		}
		found = true
	}
	return found
}
