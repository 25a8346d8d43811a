// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package s3test

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// restore is the restoration of an archived object.
type restore struct {
	until time.Time // zero while it is in progress
}

func (r *restore) ongoing() bool { return r.until.IsZero() }

// archived tells whether an object has to be restored before it can be read.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/archived-objects.html
func (v *version) archived(now time.Time) bool {
	switch storageClass(v) {
	case "GLACIER", "DEEP_ARCHIVE":
		return v.restore == nil || !now.Before(v.restore.until)
	}
	return false
}

func invalidObjectState(class string) *apiError {
	return failure(http.StatusForbidden, "InvalidObjectState",
		"The operation is not valid for the object's storage class").with("StorageClass", class)
}

// set says in an answer's header what became of the restoration.
func (r *restore) set(header http.Header) {
	if r == nil {
		return
	}
	value := `ongoing-request="` + strconv.FormatBool(r.ongoing()) + `"`
	if !r.ongoing() {
		value += `, expiry-date="` + r.until.UTC().Format(http.TimeFormat) + `"`
	}
	header.Set("X-Amz-Restore", value)
}

// appendRestore appends what a listing says of a restoration to a client that
// asks for it.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_RestoreStatus.html
func (c *call) appendRestore(to []byte, v *version) []byte {
	asked := strings.Contains(c.r.Header.Get("X-Amz-Optional-Object-Attributes"), "RestoreStatus")
	if v.restore == nil || !asked {
		return to
	}
	to = append(to, "<RestoreStatus>"...)
	to = appendElement(to, "IsRestoreInProgress", strconv.FormatBool(v.restore.ongoing()))
	if !v.restore.ongoing() {
		to = appendElement(to, "RestoreExpiryDate", c.server.stamp(v.restore.until))
	}
	return append(to, "</RestoreStatus>"...)
}
