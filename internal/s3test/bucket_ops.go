// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package s3test

import (
	"encoding/xml"
	"net/http"
)

type versioningXML struct {
	XMLName   xml.Name   `xml:"VersioningConfiguration"`
	Namespace string     `xml:"xmlns,attr,omitempty"`
	Status    Versioning `xml:",omitempty"`
}

func headBucket(c *call) (*answer, error) {
	a := c.answer(http.StatusOK)
	a.header.Set("X-Amz-Bucket-Region", c.bucket.region)
	a.header.Set("Content-Type", "application/xml")
	return a, nil
}

func getBucketVersioning(c *call) (*answer, error) {
	return c.xml(versioningXML{Namespace: xmlNamespace, Status: c.bucket.versioning})
}

// putBucketVersioning enables or suspends: there is no way back to unversioned.
func putBucketVersioning(c *call) (*answer, error) {
	var asked versioningXML
	if err := c.decode(&asked); err != nil {
		return nil, err
	}
	if asked.Status != Enabled && asked.Status != Suspended {
		return nil, failure(http.StatusBadRequest, "IllegalVersioningConfigurationException",
			"The Versioning element must be specified")
	}
	c.bucket.versioning = asked.Status
	return c.answer(http.StatusOK), nil
}

type createBucketXML struct {
	XMLName            xml.Name `xml:"CreateBucketConfiguration"`
	LocationConstraint string
}

func createBucket(c *call) (*answer, error) {
	name := c.request.Bucket
	if len(name) < 3 || len(name) > 63 {
		return nil, failure(http.StatusBadRequest, "InvalidBucketName", "The specified bucket is not valid.").
			with("BucketName", name)
	}
	if c.bucket != nil {
		return nil, failure(http.StatusConflict, "BucketAlreadyOwnedByYou",
			"Your previous request to create the named bucket succeeded and you already own it.").with("BucketName", name)
	}
	region := c.server.config.Region
	if len(c.payload.content) > 0 {
		var asked createBucketXML
		if err := c.decode(&asked); err != nil {
			return nil, err
		}
		if asked.LocationConstraint != "" {
			region = asked.LocationConstraint
		}
	}
	c.server.buckets[name] = c.server.newBucket(name, region, Unversioned)
	a := c.answer(http.StatusOK)
	a.header.Set("Location", "/"+name)
	return a, nil
}
