// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package s3test

// MultipartRule says what a completed multipart upload looks like, since
// S3-compatible stores differ there.
type MultipartRule int

// The rules for completed multipart uploads.
const (
	// MultipartAWS gives the object the time and the place among the versions
	// of its key that belong to the upload's initiation.
	MultipartAWS MultipartRule = iota
	// MultipartLateOrder gives it the time of its initiation, but makes it the
	// newest version when it completes, as StorageGRID does.
	MultipartLateOrder
	// MultipartCompletion gives it the time and the place of its completion, as
	// MinIO does.
	MultipartCompletion
)

// StaleMarker says where a listing of versions resumes when the version that
// the version-id-marker names has been deleted since. S3 documents nothing
// there, and stores differ.
type StaleMarker int

// The ways to resume after a version that is gone.
const (
	StaleResumes     StaleMarker = iota // after the place where the version was
	StaleRestartsKey                    // at the key's newest version again, as MinIO does
	StaleSkipsKey                       // at the next key, as radosgw does
	StaleEnds                           // nowhere: an empty, last page, as versitygw does
)

// VersionIDStyle is the form of version ids.
type VersionIDStyle int

// The forms of version ids.
const (
	// OpaqueIDs have no order that a client can see, as AWS's.
	OpaqueIDs VersionIDStyle = iota
	// ULIDs sort by the first LastModified of a version, and within a millisecond
	// by the order of the writes, as versitygw's.
	ULIDs
)

// KeyOrder is the order of keys in listings.
type KeyOrder int

// The orders of keys.
const (
	// ByteOrder is the order of the bytes in UTF-8, as in AWS's general purpose
	// buckets.
	ByteOrder KeyOrder = iota
	// WalkOrder is that of a directory walk, where what is in a directory comes
	// before what follows its name: "d/x" before "d-x". Gateways to file systems
	// have it.
	WalkOrder
	// HashOrder has no meaning to a client, as in AWS's directory buckets. Listings
	// with a delimiter are right only while they fit on one page.
	HashOrder
)

// Misspelling says what a store leaves as it is although its listings say that keys
// are URL-encoded.
type Misspelling int

// The spellings of keys in listings.
const (
	// SpelledRight is as AWS: a space is a plus.
	SpelledRight Misspelling = iota
	// PlusIsRaw encodes a space as %20 and leaves a plus as it is, as a store does
	// that uses an escaper for paths.
	PlusIsRaw
	// AllIsRaw encodes nothing, as a store does that only echoes the parameter.
	AllIsRaw
)

// NoVersionListing says what a store that can't list versions answers when it
// is asked to.
type NoVersionListing int

// The answers to ListObjectVersions.
const (
	// VersionsListed is a listing of versions.
	VersionsListed NoVersionListing = iota
	// VersionsNotImplemented is 501 NotImplemented, as of rclone.
	VersionsNotImplemented
	// VersionsIgnored is a listing of objects: the store does not know the
	// parameter and ignores it, with both markers.
	VersionsIgnored
	// VersionsNotFound is 404: the store takes it for a key that does not exist.
	VersionsNotFound
	// VersionsRefused is 400 InvalidArgument: the store refuses the parameter.
	VersionsRefused
	// VersionsEmpty is a listing without entries, whatever the bucket holds.
	VersionsEmpty
)

// VersityGW returns what versitygw 1.8.0 does otherwise than AWS in listings of
// versions and in their times. e2e compares it with the real one.
func VersityGW() Config {
	return Config{
		ExactMarkers: true, RetimesReplaced: true, Multipart: MultipartCompletion, VersionIDs: ULIDs, MarkersApart: true,
		RepeatsAtPageEnds: true, KeyMarkerRepeats: true, StaleMarker: StaleEnds,
	}
}
