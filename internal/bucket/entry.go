// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package bucket

import (
	"fmt"
	"strconv"
	"time"
)

// read reads the fields of the entry that is open and closes it.
func (v *Version) read(r *xmlReader) error {
	v.VersionID = NullVersion
	restored := false
	for {
		name, ok, err := r.child()
		if err != nil || !ok {
			v.Archived = (v.StorageClass == "GLACIER" || v.StorageClass == "DEEP_ARCHIVE") && !restored
			return err
		}
		switch name {
		case elementKey, elementVersionID, elementETag, elementSize, elementLastModified, elementIsLatest, elementStorageClass:
			err = v.readField(r, name)
		case elementRestoreStatus:
			restored, err = readRestoreStatus(r)
		default:
			err = r.skip()
		}
		if err != nil {
			return err
		}
	}
}

func (v *Version) readField(r *xmlReader, name string) error {
	text, err := r.text()
	if err != nil {
		return err
	}
	switch name {
	case elementKey:
		v.Key = string(text)
	case elementVersionID:
		if string(text) != NullVersion && len(text) > 0 {
			v.VersionID = string(text)
		}
	case elementETag:
		v.ETag = string(text)
	case elementSize:
		if v.Size, err = strconv.ParseInt(string(text), 10, 64); err != nil {
			return fmt.Errorf("%w: Size is %s", errListing, r.quote(string(text)))
		}
	case elementLastModified:
		v.LastModified, err = readTime(r, text)
	case elementIsLatest:
		v.IsLatest = string(text) == "true"
	case elementStorageClass:
		v.StorageClass = storageClassOf(text)
	}
	return err
}

// storageClassOf spares an allocation for the class that most objects have.
func storageClassOf(text []byte) string {
	if string(text) == "STANDARD" {
		return "STANDARD"
	}
	return string(text)
}

// readRestoreStatus tells whether the element that is open says that a copy of
// an archived object can be read, and closes it.
// See https://docs.aws.amazon.com/AmazonS3/latest/API/API_RestoreStatus.html
func readRestoreStatus(r *xmlReader) (bool, error) {
	var inProgress, expiry string
	for {
		name, ok, err := r.child()
		if err != nil || !ok {
			return inProgress != "true" && expiry != "", err
		}
		switch name {
		case "IsRestoreInProgress":
			inProgress, err = readString(r)
		case "RestoreExpiryDate":
			expiry, err = readString(r)
		default:
			err = r.skip()
		}
		if err != nil {
			return false, err
		}
	}
}

// read reads the fields of the upload that is open and closes it.
func (u *MultipartUpload) read(r *xmlReader) error {
	for {
		name, ok, err := r.child()
		if err != nil || !ok {
			return err
		}
		switch name {
		case elementKey:
			u.Key, err = readString(r)
		case "Initiated":
			var text []byte
			if text, err = r.text(); err == nil {
				u.Initiated, err = readTime(r, text)
			}
		default:
			err = r.skip()
		}
		if err != nil {
			return err
		}
	}
}

func readTime(r *xmlReader, text []byte) (time.Time, error) {
	t, err := time.Parse(time.RFC3339Nano, string(text))
	if err != nil {
		return time.Time{}, fmt.Errorf("%w: the time %s", errListing, r.quote(string(text)))
	}
	return t, nil
}
