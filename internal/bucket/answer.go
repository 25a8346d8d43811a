// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package bucket

import (
	"cmp"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// onAnswer calls read with each answer of S3 before the SDK reads it.
func onAnswer(id string, read func(*http.Response) error) func(*s3.Options) {
	mw := middleware.DeserializeMiddlewareFunc(id, func(
		ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler,
	) (middleware.DeserializeOutput, middleware.Metadata, error) {
		out, metadata, err := next.HandleDeserialize(ctx, in)
		if resp, ok := out.RawResponse.(*smithyhttp.Response); ok && err == nil {
			err = read(resp.Response)
		}
		return out, metadata, err
	})
	return s3.WithAPIOptions(func(stack *middleware.Stack) error {
		return stack.Deserialize.Add(mw, middleware.After)
	})
}

// readDate stores the server's time.
func readDate(t *time.Time) func(*s3.Options) {
	return onAnswer("readDate", func(resp *http.Response) error {
		if resp.StatusCode != http.StatusOK {
			return nil
		}
		date, err := http.ParseTime(resp.Header.Get("Date"))
		if err != nil {
			return fmt.Errorf("read the Date header: %w", err)
		}
		*t = date
		return nil
	})
}

// readVersions reads a page of ListObjectVersions itself, because the SDK
// returns versions and delete markers apart: their common order, which is the
// order of events, would be lost. It leaves the SDK an empty answer.
func readVersions(page *Page) func(*s3.Options) {
	return onAnswer("readVersions", func(resp *http.Response) error {
		if resp.StatusCode != http.StatusOK {
			return nil
		}
		defer resp.Body.Close()
		var result listVersionsResult
		if err := xml.NewDecoder(resp.Body).Decode(&result); err != nil {
			return fmt.Errorf("read the listing: %w", err)
		}
		_, _ = io.CopyN(io.Discard, resp.Body, 1<<10) // a body read to its end leaves its connection to the next request
		resp.Body = io.NopCloser(strings.NewReader("<ListVersionsResult/>"))
		return result.page(page)
	})
}

type listVersionsResult struct {
	XMLName             xml.Name `xml:"ListVersionsResult"`
	IsTruncated         *bool
	EncodingType        string
	NextKeyMarker       string
	NextVersionIDMarker string         `xml:"NextVersionIdMarker"`
	Entries             []versionEntry `xml:",any"`
}

// versionEntry is a Version or a DeleteMarker, or any other element, whose
// fields then stay empty.
type versionEntry struct {
	XMLName      xml.Name
	Key          string
	VersionID    string `xml:"VersionId"`
	ETag         string
	Size         int64
	LastModified time.Time
	IsLatest     bool
}

func (r listVersionsResult) page(page *Page) error {
	if r.IsTruncated == nil {
		return errors.New("read the listing: IsTruncated is missing")
	}
	decode := keyDecoder(r.EncodingType)
	page.Versions = make([]Version, 0, len(r.Entries))
	for _, e := range r.Entries {
		marker := e.XMLName.Local == "DeleteMarker"
		if !marker && e.XMLName.Local != "Version" {
			continue
		}
		key, err := decode(e.Key)
		if err != nil {
			return err
		}
		if err := checkEntry(key, e.Size); err != nil {
			return err
		}
		page.Versions = append(page.Versions, Version{
			Key: key, VersionID: cmp.Or(e.VersionID, NullVersion), ETag: e.ETag, Size: e.Size,
			LastModified: e.LastModified, IsLatest: e.IsLatest, DeleteMarker: marker,
		})
	}
	next, err := decode(r.NextKeyMarker)
	if err != nil {
		return err
	}
	page.More = *r.IsTruncated
	page.Next = Marker{Key: next, VersionID: r.NextVersionIDMarker}
	if n := len(page.Versions); n > 0 && next == "" {
		page.Next = Marker{Key: page.Versions[n-1].Key, VersionID: page.Versions[n-1].VersionID}
	}
	return nil
}

// checkEntry refuses what can't be the entry of an object.
func checkEntry(key string, size int64) error {
	if key == "" || size < 0 {
		return fmt.Errorf("read the listing: key %q with %d bytes", key, size)
	}
	return nil
}

// keyDecoder returns what turns a listing's key into the key. Stores that know
// no encoding do not echo it, and answer keys as they are.
func keyDecoder(encoding string) func(string) (string, error) {
	if !strings.EqualFold(encoding, "url") {
		return func(key string) (string, error) { return key, nil }
	}
	return func(key string) (string, error) {
		decoded, err := url.QueryUnescape(key)
		if err != nil {
			return "", fmt.Errorf("read the listing: key %q: %w", key, err)
		}
		return decoded, nil
	}
}
