// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package bucket

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"strings"
	"testing"
	"time"

	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
)

// answers are listings as stores write them.
var answers = []string{
	// AWS
	`<?xml version="1.0" encoding="UTF-8"?>
<ListVersionsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b</Name><Prefix></Prefix><KeyMarker/><VersionIdMarker/>` +
		`<NextKeyMarker>b+c</NextKeyMarker><NextVersionIdMarker>v2</NextVersionIdMarker><MaxKeys>2</MaxKeys><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated>` +
		`<Version><Key>a%2F%26</Key><VersionId>v1</VersionId><IsLatest>true</IsLatest><LastModified>2026-11-22T10:00:00.000Z</LastModified><ETag>&quot;abc-2&quot;</ETag>` +
		`<ChecksumAlgorithm>CRC64NVME</ChecksumAlgorithm><Size>12</Size><Owner><ID>1</ID><Key>not this one</Key></Owner><StorageClass>STANDARD</StorageClass></Version>` +
		`<DeleteMarker><Key>b+c</Key><VersionId>v2</VersionId><IsLatest>false</IsLatest><LastModified>2026-11-22T10:00:01.000Z</LastModified><Owner/></DeleteMarker>` +
		`</ListVersionsResult>`,
	// Comments, CDATA, prefixes, attributes, numbers for characters, an unknown element.
	`<s3:ListVersionsResult xmlns:s3='x>y'><!-- <Version> --><s3:IsTruncated >false</s3:IsTruncated >
<New><Version><Key>inner</Key></Version></New>
<s3:Version a="/>"><s3:Key>x&#65;&#x42;<![CDATA[<&]]></s3:Key><s3:Size>0</s3:Size><s3:LastModified>2026-11-22T10:00:00Z</s3:LastModified></s3:Version></s3:ListVersionsResult>`,
	`<ListVersionsResult><IsTruncated>false</IsTruncated></ListVersionsResult>`,
}

func readPage(text string) (Page, error) {
	var page Page
	l, err := readListing([]byte(text), ofVersions, quoted)
	if err == nil {
		err = page.takeVersions(l)
	}
	return page, err
}

func TestReadListing(t *testing.T) {
	page, err := readPage(answers[0])
	assert.NilError(t, err)
	at := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	assert.Check(t, is.DeepEqual(page, Page{
		Versions: []Version{
			{Key: "a/&", EncodedKey: "a%2F%26", VersionID: "v1", ETag: `"abc-2"`, Size: 12, LastModified: at, IsLatest: true, StorageClass: "STANDARD"},
			{Key: "b c", EncodedKey: "b+c", VersionID: "v2", LastModified: at.Add(time.Second), DeleteMarker: true},
		},
		Next: Marker{Key: "b c", VersionID: "v2"},
		More: true,
	}))
	page, err = readPage(answers[1])
	assert.NilError(t, err)
	assert.Check(t, is.DeepEqual(page.Versions, []Version{{Key: "xAB<&", VersionID: NullVersion, LastModified: at}}))
}

func TestReadListing_WhatIsNoneIsAnError(t *testing.T) {
	for _, text := range []string{
		``, `<`, `no XML`, `<!DOCTYPE html><html></html>`, `<Error><Code>SlowDown</Code></Error>`,
		`<ListVersionsResult></ListVersionsResult>`,
		`<ListVersionsResult><IsTruncated>maybe</IsTruncated></ListVersionsResult>`,
		answers[0][:len(answers[0])-1], answers[0][:len(answers[0])/2],
		`<ListVersionsResult><IsTruncated>false</IsTruncated><Version></ListVersionsResult>`,
		`<ListVersionsResult><IsTruncated>false</IsTruncated><Version><Key>&nbsp;</Key></Version></ListVersionsResult>`,
		`<ListVersionsResult><IsTruncated>false</IsTruncated><Version><Key>&#x110000;</Key></Version></ListVersionsResult>`,
		`<ListVersionsResult><IsTruncated>false</IsTruncated><Version><Key>a</Key><LastModified>2026-01-01T00:00:00Z</LastModified><Size>many</Size></Version></ListVersionsResult>`,
		`<ListVersionsResult><IsTruncated>false</IsTruncated><Version><Key>a</Key><LastModified>2026-01-01T00:00:00Z</LastModified><Size>-1</Size></Version></ListVersionsResult>`,
		`<ListVersionsResult><IsTruncated>false</IsTruncated><Version><Key></Key></Version></ListVersionsResult>`,
		`<ListVersionsResult><IsTruncated>false</IsTruncated><Version><Key>a</Key><LastModified>2026-01-01T00:00:00Z</LastModified><LastModified>today</LastModified></Version></ListVersionsResult>`,
		"<ListVersionsResult><IsTruncated>false</IsTruncated><Version><Key>\xff</Key></Version></ListVersionsResult>",
	} {
		page, err := readPage(text)
		assert.Check(t, err != nil, "%q gives %v", text, page)
	}
}

func TestReadListing_OfAnotherName(t *testing.T) {
	page, err := readPage(`<ListBucketVersionsResult><IsTruncated>false</IsTruncated><Version><Key>a</Key><LastModified>2026-01-01T00:00:00Z</LastModified></Version></ListBucketVersionsResult>`)
	assert.NilError(t, err)
	assert.Check(t, is.Len(page.Versions, 1))
	_, err = readPage(`<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>`)
	assert.Check(t, is.ErrorIs(err, errOtherListing))
	_, err = readPage(`<Error><Code>SlowDown</Code></Error>`)
	assert.Check(t, is.ErrorIs(err, errErrorAnswer))
}

func TestReadListing_StorageClassAndRestoreStatus(t *testing.T) {
	for _, test := range []struct {
		fields   string
		class    string
		archived bool
	}{
		{fields: ""},
		{fields: "<StorageClass>STANDARD</StorageClass>", class: "STANDARD"},
		{fields: "<StorageClass>GLACIER_IR</StorageClass>", class: "GLACIER_IR"},
		{fields: "<StorageClass>GLACIER</StorageClass>", class: "GLACIER", archived: true},
		{fields: "<StorageClass>DEEP_ARCHIVE</StorageClass><RestoreStatus/>", class: "DEEP_ARCHIVE", archived: true},
		{
			fields: "<StorageClass>GLACIER</StorageClass><RestoreStatus><IsRestoreInProgress>true</IsRestoreInProgress></RestoreStatus>",
			class:  "GLACIER", archived: true,
		},
		{
			fields: "<RestoreStatus><IsRestoreInProgress>false</IsRestoreInProgress>" +
				"<RestoreExpiryDate>2026-12-22T00:00:00Z</RestoreExpiryDate><New/></RestoreStatus><StorageClass>GLACIER</StorageClass>",
			class: "GLACIER",
		},
	} {
		for kind, text := range map[kindOfListing]string{
			ofVersions: "<ListVersionsResult><Version><Key>a</Key><LastModified>2026-01-01T00:00:00Z</LastModified>" + test.fields + "</Version></ListVersionsResult>",
			ofObjects:  "<ListBucketResult><Contents><Key>a</Key><LastModified>2026-01-01T00:00:00Z</LastModified>" + test.fields + "</Contents></ListBucketResult>",
		} {
			l, err := readListing([]byte(text), kind, quoted)
			assert.NilError(t, err)
			v := l.versions[0]
			assert.Check(t, is.Equal(v.StorageClass, test.class))
			assert.Check(t, is.Equal(v.Archived, test.archived), test.fields)
			l.forgetArchived()
			assert.Check(t, !l.versions[0].Archived)
		}
	}
}

func TestVersion_IsMultipart(t *testing.T) {
	assert.Check(t, Version{ETag: `"d41d8cd98f00b204e9800998ecf8427e-2"`}.IsMultipart())
	assert.Check(t, !Version{ETag: `"d41d8cd98f00b204e9800998ecf8427e"`}.IsMultipart())
	assert.Check(t, !Version{}.IsMultipart())
}

// Each bound holds at the bound, and not above it.
func TestReadListing_Bounds(t *testing.T) {
	const head, tail = "<ListVersionsResult><IsTruncated>false</IsTruncated>", "</ListVersionsResult>"
	for _, unit := range []string{"<Version><Key>a</Key><LastModified>2026-01-01T00:00:00Z</LastModified></Version>", "<DeleteMarker><Key>a</Key><LastModified>2026-01-01T00:00:00Z</LastModified></DeleteMarker>"} {
		_, err := readPage(head + strings.Repeat(unit, maxEntries) + tail)
		assert.NilError(t, err)
		_, err = readPage(head + strings.Repeat(unit, maxEntries+1) + tail)
		assert.Check(t, is.ErrorContains(err, "more than 10000 entries"))
	}
	nested := func(depth int) string {
		return head + strings.Repeat("<a>", depth) + strings.Repeat("</a>", depth) + tail
	}
	_, err := readPage(nested(maxDepth - 1))
	assert.NilError(t, err)
	_, err = readPage(nested(maxDepth))
	assert.Check(t, is.ErrorContains(err, "more than 64 deep"))
}

// listVersionsResult is the listing as encoding/xml reads it.
type listVersionsResult struct {
	XMLName             xml.Name `xml:"ListVersionsResult"`
	IsTruncated         bool
	EncodingType        string
	NextKeyMarker       string
	NextVersionIDMarker string `xml:"NextVersionIdMarker"`
	Entries             []struct {
		XMLName      xml.Name
		Key          string
		VersionID    string `xml:"VersionId"`
		ETag         string
		Size         int64
		LastModified time.Time
		IsLatest     bool
	} `xml:",any"`
}

// What both this reader and encoding/xml can read, they read as the same.
func FuzzReadListing(f *testing.F) {
	for _, text := range answers {
		f.Add(text)
		f.Add(strings.ReplaceAll(strings.ReplaceAll(text, "ListVersionsResult", "ListBucketResult"), "Version>", "Contents>"))
	}
	f.Add(`<ListMultipartUploadsResult><IsTruncated>true</IsTruncated><NextKeyMarker>a</NextKeyMarker><NextUploadIdMarker>u</NextUploadIdMarker>` +
		`<Upload><Key>a</Key><LastModified>2026-01-01T00:00:00Z</LastModified><UploadId>u</UploadId><Initiated>2026-11-22T10:00:00.000Z</Initiated></Upload></ListMultipartUploadsResult>`)
	f.Fuzz(func(t *testing.T, text string) {
		var want listVersionsResult
		for _, kind := range []kindOfListing{ofObjects, ofUploads} {
			if l, err := readListing([]byte(text), kind, quoted); err == nil {
				assert.Check(t, len(l.versions)+len(l.uploads) <= maxEntries)
			}
		}
		page, err := readPage(text)
		if err != nil || strings.ContainsRune(text, '\r') || xml.Unmarshal([]byte(text), &want) != nil {
			return // encoding/xml makes \r\n one character
		}
		decode := (&listing{encoding: want.EncodingType}).keyDecoder()
		var keys, versions []string
		for _, e := range want.Entries {
			if e.XMLName.Local == elementVersion || e.XMLName.Local == elementDeleteMarker {
				key, err := decode(e.Key)
				assert.NilError(t, err)
				keys = append(keys, key)
				versions = append(versions, fmt.Sprint(e.XMLName.Local, cmp.Or(e.VersionID, NullVersion), e.ETag, e.Size, e.LastModified.UTC(), e.IsLatest))
			}
		}
		assert.Equal(t, len(page.Versions), len(keys))
		for i, v := range page.Versions {
			kind := elementVersion
			if v.DeleteMarker {
				kind = elementDeleteMarker
			}
			assert.Check(t, is.Equal(v.Key, keys[i]))
			assert.Check(t, is.Equal(fmt.Sprint(kind, v.VersionID, v.ETag, v.Size, v.LastModified.UTC(), v.IsLatest), versions[i]))
		}
		assert.Check(t, is.Equal(page.More, want.IsTruncated))
	})
}

func BenchmarkReadListing(b *testing.B) {
	var text strings.Builder
	text.WriteString(`<ListVersionsResult><IsTruncated>true</IsTruncated><EncodingType>url</EncodingType>`)
	for i := range pageSize {
		fmt.Fprintf(&text, `<Version><Key>orders%%2F2026%%2F%07d.json</Key><VersionId>3sL4kqtJlcpXroDTDmpUMLUoF%07d</VersionId><IsLatest>true</IsLatest>`+
			`<LastModified>2026-11-22T10:00:00.000Z</LastModified><ETag>&quot;d41d8cd98f00b204e9800998ecf8427e&quot;</ETag>`+
			`<ChecksumAlgorithm>CRC64NVME</ChecksumAlgorithm><ChecksumType>FULL_OBJECT</ChecksumType><Size>4096</Size>`+
			`<StorageClass>STANDARD</StorageClass><Owner><ID>75aa57f09aa0c8caeab4f8c24e99d10f8e7faeebf76c078efc7c6caea54ba06a</ID></Owner></Version>`, i, i)
	}
	text.WriteString(`</ListVersionsResult>`)
	b.ReportAllocs()
	b.SetBytes(int64(text.Len()))
	document := []byte(text.String())
	for b.Loop() {
		_, err := readListing(document, ofVersions, quoted)
		assert.NilError(b, err)
	}
	b.ReportMetric(float64(pageSize*b.N)/b.Elapsed().Seconds(), "versions/s")
}
