// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

// Package value knows what records are made of: the kinds of data, which values
// a format can keep, how they are written as JSON, and the error that names a
// record and its field. It must not know formats, objects or S3.
package value
