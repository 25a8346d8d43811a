// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package s3test

import "encoding/xml"

const maxDeletes = 1000

type deleteXML struct {
	XMLName xml.Name `xml:"Delete"`
	Quiet   bool
	Objects []struct {
		Key       string
		VersionID string `xml:"VersionId"`
		ETag      string
	} `xml:"Object"`
}

type deleteResultXML struct {
	XMLName   xml.Name `xml:"DeleteResult"`
	Namespace string   `xml:"xmlns,attr"`
	Deleted   []deletedXML
	Errors    []deleteErrorXML `xml:"Error"`
}

type deletedXML struct {
	Key                   text
	VersionID             string `xml:"VersionId,omitempty"`
	DeleteMarker          bool   `xml:",omitempty"`
	DeleteMarkerVersionID string `xml:"DeleteMarkerVersionId,omitempty"`
}

type deleteErrorXML struct {
	Key       text
	VersionID string `xml:"VersionId,omitempty"`
	Code      string
	Message   string
}

// deleteObjects deletes up to 1000 keys or versions, each with its own outcome.
func deleteObjects(c *call) (*answer, error) {
	var asked deleteXML
	if err := c.decode(&asked); err != nil {
		return nil, err
	}
	if len(asked.Objects) == 0 || len(asked.Objects) > maxDeletes {
		return nil, malformedXML()
	}
	result := deleteResultXML{Namespace: xmlNamespace}
	for _, o := range asked.Objects {
		done, err := c.deleteOne(o.Key, o.VersionID, o.ETag)
		if err != nil {
			e := asAPIError(err)
			result.Errors = append(result.Errors, deleteErrorXML{
				Key: text(o.Key), VersionID: o.VersionID, Code: e.Code, Message: e.Message,
			})
			continue
		}
		if asked.Quiet {
			continue
		}
		deleted := deletedXML{Key: text(o.Key), VersionID: o.VersionID, DeleteMarker: done.marker}
		if done.marker {
			deleted.DeleteMarkerVersionID = done.version
		}
		result.Deleted = append(result.Deleted, deleted)
	}
	return c.xml(result)
}

func (c *call) deleteOne(key, id, etag string) (removal, error) {
	if id != "" {
		if err := c.need("s3:DeleteObjectVersion"); err != nil {
			return removal{}, err
		}
	}
	if err := c.mayDelete(key, etag); err != nil {
		return removal{}, err
	}
	return c.remove(key, id)
}
