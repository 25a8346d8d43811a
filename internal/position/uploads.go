// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package position

import "slices"

// maxExactUploads is how many uploads a position lists one by one.
const maxExactUploads = 16

// Upload is a multipart upload that may still become a version.
type Upload struct {
	ID     Fingerprint
	Second int64 // when it was initiated
}

// Uploads are the multipart uploads, older than a window, that may still become a
// version. They are listed one by one while they are few, and a sketch beyond that.
// The zero value holds none. It is not changed once it is made.
type Uploads struct {
	Exact    []Fingerprint
	Sketch   *Sketch
	Earliest int64 // no upload in Sketch was initiated before this second
	// Lost is the second since which uploads may have ended that can't be told one
	// by one. It is 0 if there are none. If LostAfterKey, those of this second were
	// to keys after that of the position.
	Lost         int64
	LostAfterKey bool
}

// NewUploads returns the uploads as a position carries them.
func NewUploads(uploads []Upload) Uploads {
	if len(uploads) == 0 {
		return Uploads{}
	}
	if len(uploads) <= maxExactUploads {
		u := Uploads{}
		for _, upload := range uploads {
			u.Exact = append(u.Exact, upload.ID)
		}
		slices.SortFunc(u.Exact, Fingerprint.compare)
		return u
	}
	u := Uploads{Sketch: &Sketch{}, Earliest: uploads[0].Second}
	for _, upload := range uploads {
		u.Sketch.Add(upload.ID)
		u.Earliest = min(u.Earliest, upload.Second)
	}
	return u
}

// Without returns u without one upload that is known to be in it.
func (u Uploads) Without(id Fingerprint) Uploads {
	if u.Sketch != nil {
		sketch := *u.Sketch
		sketch.Remove(id)
		u.Sketch = &sketch
	} else if i := slices.Index(u.Exact, id); i >= 0 {
		u.Exact = slices.Delete(slices.Clone(u.Exact), i, i+1)
	}
	return u
}

// Equal tells whether u and other carry the same.
func (u Uploads) Equal(other Uploads) bool {
	if (u.Sketch == nil) != (other.Sketch == nil) || u.Sketch != nil && *u.Sketch != *other.Sketch {
		return false
	}
	return u.Earliest == other.Earliest && u.Lost == other.Lost && u.LostAfterKey == other.LostAfterKey && slices.Equal(u.Exact, other.Exact)
}
