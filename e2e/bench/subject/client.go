// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"io"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/conduitio/conduit-connector-s3/e2e/bench/job"
	"github.com/conduitio/conduit-connector-s3/source"
)

// s3Client is the bare AWS client of the limits, with a bucket.
type s3Client struct {
	*s3.Client
	bucket *string
}

func newClient(j job.Job) s3Client {
	transport := http.DefaultTransport.(*http.Transport).Clone() // it is one
	transport.MaxIdleConns, transport.MaxIdleConnsPerHost = 64, 64
	cfg := aws.Config{
		BaseEndpoint: aws.String(j.Settings[source.ConfigAwsEndpoint]),
		Region:       j.Settings[source.ConfigAwsRegion],
		Credentials: credentials.NewStaticCredentialsProvider(
			j.Settings[source.ConfigAwsAccessKeyId], j.Settings[source.ConfigAwsSecretAccessKey], ""),
		HTTPClient:                 &http.Client{Transport: transport},
		RequestChecksumCalculation: aws.RequestChecksumCalculationWhenRequired,
	}
	return s3Client{
		Client: s3.NewFromConfig(cfg, func(o *s3.Options) { o.UsePathStyle = true }),
		bucket: aws.String(j.Settings[source.ConfigAwsBucket]),
	}
}

// list calls visit with each page of the bucket's versions.
func (c s3Client) list(ctx context.Context, visit func(*s3.ListObjectVersionsOutput) error) error {
	pages := s3.NewListObjectVersionsPaginator(c.Client, &s3.ListObjectVersionsInput{Bucket: c.bucket})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		if err := visit(page); err != nil {
			return err
		}
	}
	return nil
}

// get reads an object to its end and returns its size.
func (c s3Client) get(ctx context.Context, key, version *string) (int, error) {
	out, err := c.GetObject(ctx, &s3.GetObjectInput{Bucket: c.bucket, Key: key, VersionId: version})
	if err != nil {
		return 0, err
	}
	defer out.Body.Close()
	n, err := io.Copy(io.Discard, out.Body)
	return int(n), err
}
