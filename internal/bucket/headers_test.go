// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package bucket

import (
	"mime"
	"net/http"
	"strings"
	"testing"

	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
)

func TestMetadataOf_ValuesAreDecoded(t *testing.T) {
	for value, want := range map[string]string{
		"blue":                              "blue",
		"a  b":                              "a  b",
		mime.BEncoding.Encode("UTF-8", "ü"): "ü",
		mime.QEncoding.Encode("UTF-8", "Ärger, 日本"):               "Ärger, 日本",
		mime.BEncoding.Encode("UTF-8", strings.Repeat("日本", 100)): strings.Repeat("日本", 100),
		"=?ISO-8859-1?Q?caf=E9?=":                                 "café",
		"=?UTF-8?B?YWJj?=":                                        "=?UTF-8?B?YWJj?=", // needs no encoding, so it is the value itself
		"=?UTF-8?B?%%%?=":                                         "=?UTF-8?B?%%%?=",
		"=?nonesuch?B?w7w=?=":                                     "=?nonesuch?B?w7w=?=",
		"=?":                                                      "=?",
	} {
		got := metadataOf(http.Header{"X-Amz-Meta-Colour": {value}})
		assert.Check(t, is.DeepEqual(got, map[string]string{"colour": want}), value)
	}
}
