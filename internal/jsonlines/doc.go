// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

// Package jsonlines writes records as lines: in OpenCDC's JSON, or in the layout
// of a serializer. It owns the hash of records, which is made of such lines. It
// must not know S3 or how objects are named.
//
// Blocks of lines are made on all processors and written in their order.
package jsonlines
