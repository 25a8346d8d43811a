// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package bucket

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"strings"
)

// identitySize is the number of bytes of a hash that an identity shows.
const identitySize = 8

// defaultPorts are the ports of URLs that name none.
var defaultPorts = map[string]string{"http": "80", "https": "443"}

// Identity returns a short hash of the store, the bucket and the prefix that are
// read with this configuration. It has 16 hexadecimal digits. It is the same
// in every process, for every spelling of the same endpoint, and for an endpoint
// that comes from the environment. Credentials and the region do not change it.
// It sends nothing.
func (c Config) Identity(prefix string) string {
	_, endpoint := c.endpoint()
	// No part can hold the separator: a URL and a bucket's name can't, and the
	// prefix comes last.
	sum := sha256.Sum256([]byte(canonicalEndpoint(endpoint) + "\x00" + c.Bucket + "\x00" + prefix))
	return hex.EncodeToString(sum[:identitySize])
}

// isAWS tells whether an endpoint is one of AWS's own.
func isAWS(endpoint string) bool {
	u, err := url.Parse(endpoint)
	if err != nil {
		return false
	}
	host := strings.ToLower(u.Hostname())
	return endpoint == "" || strings.HasSuffix(host, ".amazonaws.com") || strings.HasSuffix(host, ".amazonaws.com.cn")
}

// canonicalEndpoint returns one spelling of a URL. One that can't be parsed is
// returned as it is.
func canonicalEndpoint(endpoint string) string {
	u, err := url.Parse(endpoint)
	if err != nil || endpoint == "" {
		return endpoint
	}
	port := u.Port()
	if port == "" {
		port = defaultPorts[u.Scheme]
	}
	return u.Scheme + "://" + strings.ToLower(u.Hostname()) + ":" + port + strings.TrimRight(u.EscapedPath(), "/")
}
