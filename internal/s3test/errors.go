// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package s3test

import (
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
)

// apiError is an error that S3 answers.
type apiError struct {
	Status  int
	Code    string
	Message string
	Header  http.Header // added to the answer's
	Fields  []field     // further elements of the error's XML
}

// field is one further element of an error's XML.
type field struct {
	XMLName xml.Name
	Value   string `xml:",chardata"`
}

// Error makes apiError an error inside of the server.
func (e *apiError) Error() string { return fmt.Sprintf("%d %s: %s", e.Status, e.Code, e.Message) }

func (e *apiError) with(name, value string) *apiError {
	e.Fields = append(e.Fields, field{XMLName: xml.Name{Local: name}, Value: value})
	return e
}

func (e *apiError) withHeader(name, value string) *apiError {
	if value == "" {
		return e
	}
	if e.Header == nil {
		e.Header = http.Header{}
	}
	e.Header.Set(name, value)
	return e
}

func failure(status int, code, format string, args ...any) *apiError {
	return &apiError{Status: status, Code: code, Message: fmt.Sprintf(format, args...)}
}

func invalidArgument(name, value, format string, args ...any) *apiError {
	return failure(http.StatusBadRequest, "InvalidArgument", format, args...).
		with("ArgumentName", name).with("ArgumentValue", value)
}

func invalidRequest(format string, args ...any) *apiError {
	return failure(http.StatusBadRequest, "InvalidRequest", format, args...)
}

func malformedXML() *apiError {
	return failure(http.StatusBadRequest, "MalformedXML",
		"The XML you provided was not well-formed or did not validate against our published schema")
}

func notImplemented(what string) *apiError {
	return failure(http.StatusNotImplemented, "NotImplemented",
		"A header you provided implies functionality that is not implemented").with("Header", what)
}

func noSuchBucket(name string) *apiError {
	return failure(http.StatusNotFound, "NoSuchBucket", "The specified bucket does not exist").with("BucketName", name)
}

func noSuchKey(key string) *apiError {
	return failure(http.StatusNotFound, "NoSuchKey", "The specified key does not exist.").with("Key", key)
}

func noSuchVersion(key, id string) *apiError {
	return failure(http.StatusNotFound, "NoSuchVersion", "The specified version does not exist.").
		with("Key", key).with("VersionId", id)
}

func noSuchUpload(id string) *apiError {
	return failure(http.StatusNotFound, "NoSuchUpload", "The specified upload does not exist. "+
		"The upload ID may be invalid, or the upload may have been aborted or completed.").with("UploadId", id)
}

func preconditionFailed(condition string) *apiError {
	return failure(http.StatusPreconditionFailed, "PreconditionFailed",
		"At least one of the pre-conditions you specified did not hold").with("Condition", condition)
}

func accessDenied() *apiError { return failure(http.StatusForbidden, "AccessDenied", "Access Denied") }

func notAuthorized(accessKey, action, resource string) *apiError {
	return failure(http.StatusForbidden, "AccessDenied",
		"User: arn:aws:iam::123456789012:user/%s is not authorized to perform: %s on resource: \"arn:aws:s3:::%s\" "+
			"because no identity-based policy allows the %s action", accessKey, action, resource, action)
}

// asAPIError turns what a handler returned into what S3 answers.
func asAPIError(err error) *apiError {
	var e *apiError
	if errors.As(err, &e) {
		return e
	}
	return failure(http.StatusInternalServerError, "InternalError", "%v", err)
}
