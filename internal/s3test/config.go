// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package s3test

import "time"

// Credentials are one identity that the server knows.
type Credentials struct {
	AccessKeyID     string
	SecretAccessKey string
	SessionToken    string // empty for a permanent key
}

// Config describes a server. Its zero value is a server in us-east-1 that
// behaves as AWS does.
type Config struct {
	// Region is where buckets are, unless they are created elsewhere; us-east-1 if empty.
	Region string
	// Credentials are all identities that the server knows; if there are none,
	// AccessKeyID and SecretAccessKey.
	Credentials []Credentials
	// Clock tells the server's time; time.Now if nil. It may be called concurrently.
	Clock func() time.Time
	// Latency is what every request waits before it is handled.
	Latency time.Duration
	// PageSize caps the entries of each listing's page; 1000 if zero.
	PageSize int
	// Faults is consulted for each request; see SetFaults.
	Faults func(Request) Fault
	// CheckSkew refuses requests whose signing time is more than 15 minutes from
	// the server's, as AWS does. Off, a test may set the server's clock freely.
	CheckSkew bool

	// What follows are the quirks of other stores, each with the store that has it.

	// Milliseconds makes listings answer times to the millisecond, as MinIO does.
	Milliseconds bool
	// ExactMarkers makes listings of versions answer the times of delete markers
	// to the nanosecond, whatever those of versions are, as versitygw does.
	ExactMarkers bool
	// RetimesReplaced gives a version or delete marker the time at which a newer
	// one replaced it as the latest, and a delete marker the time that the version
	// had which it replaced, as versitygw 1.8.0 does: it copies the file of what is
	// replaced, and the file that stays becomes the marker. A delete marker may so
	// be older than the version below it, and than any look-back.
	RetimesReplaced bool
	// Multipart is the rule for completed multipart uploads.
	Multipart MultipartRule
	// UploadListing404 answers ListMultipartUploads with 404 NoSuchUpload where
	// no upload is in progress, as rclone does.
	UploadListing404 bool

	// VersionIDs is the form of the version ids.
	VersionIDs VersionIDStyle
	// KeyOrder is the order of the keys in listings of objects and versions.
	KeyOrder KeyOrder
	// Misspelling is how listings spell keys that they say are URL-encoded.
	Misspelling Misspelling
	// NoVersionListing is what is answered in place of a listing of versions.
	NoVersionListing NoVersionListing
	// RootName is the name of the root element of a listing of versions;
	// ListVersionsResult if empty. rclone's is ListBucketVersionsResult.
	RootName string
	// MarkersApart lists the versions of a page after all its delete markers, so
	// that their common order is lost, as versitygw 1.8.0 does. The content of a page and
	// its markers are those of the true order.
	MarkersApart bool
	// RepeatsAtPageEnds makes the last entry of a page of versions the first of
	// the next one as well, if it is the latest of its key, so that pages of one
	// entry never end, as versitygw does.
	RepeatsAtPageEnds bool
	// KeyMarkerRepeats makes a listing of versions that is given a key marker
	// without a version-id-marker begin with the versions of that key, as versitygw
	// and radosgw do, and not after them.
	KeyMarkerRepeats bool
	// StaleMarker is the rule for version-id-markers that name a deleted version.
	StaleMarker StaleMarker

	// IgnoresIfMatch answers as if a request had no If-Match, as radosgw does for
	// PutObject.
	IgnoresIfMatch bool
	// IfMatchFails answers each GET and HEAD that has an If-Match with 412, also
	// where the ETag matches, as SeaweedFS 3.97 does.
	IfMatchFails bool
	// Decompresses answers an object that is stored with the Content-Encoding gzip
	// decompressed, without its length and checksum, to a GET that does not accept
	// gzip, as Google Cloud Storage does. What is not gzip is answered as it is.
	// See https://cloud.google.com/storage/docs/transcoding
	Decompresses bool
	// ReadsArchived answers GET and HEAD for objects of the classes GLACIER and
	// DEEP_ARCHIVE, as radosgw does, where a class is a name that an operator gave.
	ReadsArchived bool
	// NoChecksums keeps no checksum of an object, as radosgw 16 does.
	NoChecksums bool
	// ListedBeforeReadable is for how long GET and HEAD answer 404 NoSuchKey for an
	// object that was written, although listings show it: a store that is only
	// eventually consistent.
	ListedBeforeReadable time.Duration
	// DateOffset is added to the server's time in the Date header, as by a proxy
	// with a clock of its own.
	DateOffset time.Duration
	// NoDate leaves the Date header out, as some proxies do.
	NoDate bool
}
