// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package s3test

import (
	"encoding/xml"
	"fmt"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"
)

const xmlNamespace = "http://s3.amazonaws.com/doc/2006-03-01/"

// text is a string in an answer. Control characters become references, as
// AWS sends them, although XML 1.0 has none of them: keys that hold some can
// only be listed with EncodingType=url.
type text string

// MarshalXML implements xml.Marshaler.
func (t text) MarshalXML(e *xml.Encoder, start xml.StartElement) error {
	return e.EncodeElement(struct {
		Escaped []byte `xml:",innerxml"`
	}{appendText(nil, string(t))}, start)
}

// appendText appends s as the content of an element.
func appendText(to []byte, s string) []byte {
	for _, r := range s {
		switch {
		case r == '&':
			to = append(to, "&amp;"...)
		case r == '<':
			to = append(to, "&lt;"...)
		case r == '>':
			to = append(to, "&gt;"...)
		case r < ' ' && r != '\n' && r != '\t':
			to = fmt.Appendf(to, "&#x%x;", r)
		default:
			to = utf8.AppendRune(to, r) // what is no UTF-8 is a replacement character
		}
	}
	return to
}

// encoder writes keys as the listing's EncodingType asks for.
type encoder struct {
	on   bool
	rule Misspelling
}

func (c *call) encoder() (encoder, error) {
	switch kind := c.query.Get("encoding-type"); kind {
	case "":
		return encoder{}, nil
	case "url":
		return encoder{true, c.server.config.Misspelling}, nil
	default:
		return encoder{}, invalidArgument("encoding-type", kind, "Invalid Encoding Method specified in Request")
	}
}

func (e encoder) text(s string) text {
	if !e.on || e.rule == AllIsRaw {
		return text(s)
	}
	encoded := strings.ReplaceAll(url.QueryEscape(s), "%2F", "/")
	if e.rule == PlusIsRaw {
		encoded = strings.NewReplacer("+", "%20", "%2B", "+").Replace(encoded)
	}
	return text(encoded)
}

// optional is nil, and so leaves its element out, for an empty string.
func (e encoder) optional(s string) *text {
	if s == "" {
		return nil
	}
	t := e.text(s)
	return &t
}

// kind is the EncodingType element.
func (e encoder) kind() string {
	if e.on {
		return "url"
	}
	return ""
}

func (e encoder) prefixes(common []string) []prefixXML {
	var all []prefixXML
	for _, prefix := range common {
		all = append(all, prefixXML{Prefix: e.text(prefix)})
	}
	return all
}

// stamp is a time in a listing.
func (s *Server) stamp(t time.Time) string { return string(s.appendStamp(nil, t)) }

func (s *Server) appendStamp(to []byte, t time.Time) []byte {
	if !s.config.Milliseconds {
		t = t.Truncate(time.Second)
	}
	return t.UTC().AppendFormat(to, "2006-01-02T15:04:05.000Z")
}

func quote(etag string) string { return `"` + etag + `"` }

type errorXML struct {
	XMLName   xml.Name `xml:"Error"`
	Code      string
	Message   string
	Fields    []field
	RequestID string `xml:"RequestId"`
	HostID    string `xml:"HostId"`
}

type ownerXML struct {
	ID          string
	DisplayName string `xml:",omitempty"`
}

const ownerID = "75aa57f09aa0c8caeab4f8c24e99d10f8e7faeebf76c078efc7c6caea54ba06a"

func owner() *ownerXML { return &ownerXML{ID: ownerID} }

type prefixXML struct {
	Prefix text
}

type versionsXML struct {
	XMLName             xml.Name
	Namespace           string `xml:"xmlns,attr"`
	Name                string
	Prefix              text
	KeyMarker           text
	VersionIDMarker     text  `xml:"VersionIdMarker"`
	NextKeyMarker       *text `xml:",omitempty"`
	NextVersionIDMarker *text `xml:"NextVersionIdMarker,omitempty"`
	MaxKeys             int
	Delimiter           *text  `xml:",omitempty"`
	EncodingType        string `xml:",omitempty"`
	IsTruncated         bool
	Entries             []byte `xml:",innerxml"` // versions and delete markers, in the listing's order
	CommonPrefixes      []prefixXML
}

type objectsXML struct {
	XMLName               xml.Name `xml:"ListBucketResult"`
	Namespace             string   `xml:"xmlns,attr"`
	Name                  string
	Prefix                text
	StartAfter            *text  `xml:",omitempty"`
	ContinuationToken     string `xml:",omitempty"`
	NextContinuationToken string `xml:",omitempty"`
	KeyCount              int
	MaxKeys               int
	Delimiter             *text  `xml:",omitempty"`
	EncodingType          string `xml:",omitempty"`
	IsTruncated           bool
	Contents              []byte `xml:",innerxml"`
	CommonPrefixes        []prefixXML
}

type uploadsXML struct {
	XMLName            xml.Name `xml:"ListMultipartUploadsResult"`
	Namespace          string   `xml:"xmlns,attr"`
	Bucket             string
	KeyMarker          text
	UploadIDMarker     string `xml:"UploadIdMarker"`
	NextKeyMarker      *text  `xml:",omitempty"`
	NextUploadIDMarker string `xml:"NextUploadIdMarker,omitempty"`
	Prefix             *text  `xml:",omitempty"`
	Delimiter          *text  `xml:",omitempty"`
	EncodingType       string `xml:",omitempty"`
	MaxUploads         int
	IsTruncated        bool
	Uploads            []uploadXML `xml:"Upload"`
	CommonPrefixes     []prefixXML
}

type uploadXML struct {
	Key          text
	UploadID     string `xml:"UploadId"`
	Initiator    *ownerXML
	Owner        *ownerXML
	StorageClass string
	Initiated    string
}

type copyXML struct {
	XMLName      xml.Name `xml:"CopyObjectResult"`
	Namespace    string   `xml:"xmlns,attr"`
	ETag         text
	LastModified string
}
