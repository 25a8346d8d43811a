// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package s3test

import (
	"net/http"
	"net/url"
	"slices"
)

// operation is one of S3's operations.
type operation struct {
	name          string
	handle        func(*call) (*answer, error)
	action        string // the IAM permission that it needs
	versionAction string // the one that it needs with a version id
	writes        bool   // changes the server's state
	makesBucket   bool   // works without the bucket
	public        bool   // may be anonymous in a public bucket
}

// route tells which operation a request asks for. One that the server does not
// know has no handler.
func route(r *http.Request, bucket, key string, query url.Values) operation {
	switch {
	case bucket == "":
		return operation{name: "Unknown"}
	case key == "":
		return routeBucket(r, query)
	default:
		return routeObject(r, query)
	}
}

func routeBucket(r *http.Request, query url.Values) operation {
	switch {
	case r.Method == http.MethodHead:
		return operation{name: "HeadBucket", handle: headBucket, action: "s3:ListBucket", public: true}
	case r.Method == http.MethodGet && query.Has("versions"):
		return operation{
			name: "ListObjectVersions", handle: listObjectVersions, action: "s3:ListBucketVersions", public: true,
		}
	case r.Method == http.MethodGet && query.Get("list-type") == "2":
		return operation{name: "ListObjectsV2", handle: listObjectsV2, action: "s3:ListBucket", public: true}
	case r.Method == http.MethodGet && query.Has("uploads"):
		return operation{
			name: "ListMultipartUploads", handle: listMultipartUploads, action: "s3:ListBucketMultipartUploads",
		}
	case r.Method == http.MethodGet && query.Has("versioning"):
		return operation{name: "GetBucketVersioning", handle: getBucketVersioning, action: "s3:GetBucketVersioning"}
	case r.Method == http.MethodPut && query.Has("versioning"):
		return operation{
			name: "PutBucketVersioning", handle: putBucketVersioning, action: "s3:PutBucketVersioning", writes: true,
		}
	case r.Method == http.MethodPut && plain(query):
		return operation{
			name: "CreateBucket", handle: createBucket, action: "s3:CreateBucket", writes: true, makesBucket: true,
		}
	}
	return operation{name: "Unknown"}
}

func routeObject(r *http.Request, query url.Values) operation {
	upload := query.Has("uploadId")
	switch {
	case r.Method == http.MethodGet && plain(query):
		return operation{
			name: "GetObject", handle: getObject, action: "s3:GetObject", versionAction: "s3:GetObjectVersion", public: true,
		}
	case r.Method == http.MethodHead:
		return operation{
			name: "HeadObject", handle: headObject, action: "s3:GetObject", versionAction: "s3:GetObjectVersion", public: true,
		}
	case r.Method == http.MethodPut && upload:
		return operation{name: "UploadPart", handle: uploadPart, action: "s3:PutObject", writes: true}
	case r.Method == http.MethodPut && r.Header.Get("X-Amz-Copy-Source") != "":
		return operation{name: "CopyObject", handle: copyObject, action: "s3:PutObject", writes: true}
	case r.Method == http.MethodPut && plain(query):
		return operation{name: "PutObject", handle: putObject, action: "s3:PutObject", writes: true}
	case r.Method == http.MethodDelete && upload:
		return operation{
			name: "AbortMultipartUpload", handle: abortMultipartUpload, action: "s3:AbortMultipartUpload", writes: true,
		}
	case r.Method == http.MethodDelete && plain(query):
		return operation{
			name: "DeleteObject", handle: deleteObject, action: "s3:DeleteObject",
			versionAction: "s3:DeleteObjectVersion", writes: true,
		}
	case r.Method == http.MethodPost && query.Has("uploads"):
		return operation{name: "CreateMultipartUpload", handle: createMultipartUpload, action: "s3:PutObject", writes: true}
	case r.Method == http.MethodPost && upload:
		return operation{
			name: "CompleteMultipartUpload", handle: completeMultipartUpload, action: "s3:PutObject", writes: true,
		}
	}
	return operation{name: "Unknown"}
}

// plain is false for the subresources that have operations of their own.
func plain(query url.Values) bool {
	return !slices.ContainsFunc([]string{
		"acl", "attributes", "cors", "encryption", "legal-hold", "lifecycle", "location", "notification", "object-lock",
		"partNumber", "policy", "replication", "restore", "retention", "select", "tagging", "torrent", "website",
	}, query.Has)
}
