// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package bucket

type Config struct {
	// The name of the bucket.
	Bucket string `json:"aws.bucket" validate:"required,regex=^[a-z]+$" example:"orders"`
}
