// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

// Package price knows what S3 asks for requests.
package price

import "time"

// Source is where the prices stand: S3 Standard in us-east-1, without free tier
// or discounts.
const Source = "https://aws.amazon.com/s3/pricing/"

// Dollars for a thousand requests, and for one.
const (
	perThousandLists = 0.005 // LIST and PUT
	perThousandGets  = 0.0004

	List = perThousandLists / 1000
	Put  = perThousandLists / 1000
	Get  = perThousandGets / 1000
)

// month is the month of cloud prices: 730 hours.
const month = 730 * time.Hour

// Of returns the dollars that a request costs, by S3's name of the operation.
// Deletes are free; what is unknown costs as much as a list.
func Of(operation string) float64 {
	switch operation {
	case "GetObject", "HeadObject", "HeadBucket":
		return Get
	case "DeleteObject", "DeleteObjects", "AbortMultipartUpload":
		return 0
	default:
		return List
	}
}

// Month returns what dollars within a time come to in a month.
func Month(dollars float64, within time.Duration) float64 {
	return dollars * float64(month) / float64(within)
}
