// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/conduitio/conduit-connector-s3/destination"
	"github.com/conduitio/conduit-connector-s3/e2e/bench/job"
	"github.com/conduitio/conduit-connector-s3/e2e/bench/records"
	"github.com/conduitio/conduit-connector-s3/internal/format"
	sdk "github.com/conduitio/conduit-connector-sdk"
)

// limitEncode encodes the records and drops the bytes.
func limitEncode(_ context.Context, j job.Job) (job.Result, error) {
	encoder, err := newEncoder(j)
	if err != nil {
		return job.Result{}, err
	}
	recs := records.New(j.Records)
	result := begin()
	result.Records = len(recs)
	for batch := range slices.Chunk(recs, j.Batch) {
		if err := encoder.Encode(io.Discard, batch, nil); err != nil {
			return job.Result{}, err
		}
	}
	end(&result)
	return result, nil
}

// limitPut puts the encoded batches. Encoding is not counted.
func limitPut(ctx context.Context, j job.Job) (job.Result, error) {
	c := newClient(j)
	bodies, err := encodeBatches(j)
	if err != nil {
		return job.Result{}, err
	}
	if _, err := c.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: c.bucket, MaxKeys: aws.Int32(1)}); err != nil {
		return job.Result{}, err // the destination has a connection as well when it begins
	}
	result := begin()
	for i, body := range bodies {
		_, err := c.PutObject(ctx, &s3.PutObjectInput{
			Bucket: c.bucket, Key: aws.String(fmt.Sprintf("put/%06d", i)), Body: bytes.NewReader(body),
		})
		if err != nil {
			return job.Result{}, err
		}
		result.Bytes += int64(len(body))
	}
	end(&result)
	result.Records = j.Records
	return result, nil
}

func encodeBatches(j job.Job) ([][]byte, error) {
	encoder, err := newEncoder(j)
	if err != nil {
		return nil, err
	}
	var bodies [][]byte
	for batch := range slices.Chunk(records.New(j.Records), j.Batch) {
		var body bytes.Buffer
		if err := encoder.Encode(&body, batch, nil); err != nil {
			return nil, err
		}
		bodies = append(bodies, body.Bytes())
	}
	return bodies, nil
}

// newEncoder returns the connector's own encoder, with the layout of JSON that
// is the default.
func newEncoder(j job.Job) (format.Encoder, error) {
	return format.New(format.Options{
		Format: j.Settings[destination.ConfigFormat],
		Serializer: sdk.GenericRecordSerializer{
			Converter: sdk.OpenCDCConverter{}, Encoder: sdk.JSONEncoder{},
		},
	})
}
