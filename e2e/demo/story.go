// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/conduitio/conduit-connector-s3/e2e/internal/engine"
	"github.com/conduitio/conduit-connector-s3/e2e/internal/s3server"
)

// The buckets that pipeline.yaml names.
var (
	orders  = "orders"
	archive = "archive"
)

// patience is how long the story waits for records.
const patience = 30 * time.Second

// story is what happens to the orders, told as it happens.
type story struct {
	out    io.Writer
	client *s3.Client
}

// prepare makes the buckets and the objects that exist from the start.
func (s *story) prepare(ctx context.Context) error {
	if err := s3server.CreateBucket(ctx, s.client, orders, true); err != nil {
		return err
	}
	if err := s3server.CreateBucket(ctx, s.client, archive, false); err != nil {
		return err
	}
	fmt.Fprintf(s.out, "\nThe versioned bucket %q gets its first objects:\n", orders)
	for i, customer := range []string{"Ada", "Grace", "Edsger", "Barbara", "Donald"} {
		if err := s.put(ctx, i+1, customer, "new"); err != nil {
			return err
		}
	}
	fmt.Fprintln(s.out)
	return nil
}

// tell changes the orders while Conduit runs and shows what becomes of it.
func (s *story) tell(ctx context.Context, conduit *engine.Engine) error {
	ctx, cancel := context.WithTimeoutCause(ctx, patience, fmt.Errorf("not all records arrived within %s", patience))
	defer cancel()
	w := &watcher{out: s.out, client: s.client, seen: make(map[string]bool)}

	fmt.Fprintln(s.out, "\nWhat existed arrives as a snapshot:")
	if err := w.until(ctx, 5); err != nil {
		return err
	}
	changes, err := s.change(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintln(s.out, "\nWhat changed arrives as creates, updates and deletes:")
	if err := w.until(ctx, 5+changes); err != nil {
		return err
	}

	asked := time.Now()
	if err := conduit.Shutdown(ctx); err != nil {
		return err
	}
	fmt.Fprintf(s.out, "\nConduit stopped in %s.\n", time.Since(asked).Round(10*time.Millisecond))
	// What the stop has flushed would show here.
	if err := w.until(ctx, 5+changes); err != nil {
		return err
	}
	return w.report()
}

// change does to the orders what happens to orders, and returns in how many steps.
func (s *story) change(ctx context.Context) (steps int, err error) {
	fmt.Fprintln(s.out, "\nThe bucket changes while the pipeline runs:")
	for _, step := range []func() error{
		func() error { return s.put(ctx, 6, "Alan", "new") },
		func() error { return s.put(ctx, 2, "Grace", "paid") },
		func() error { return s.put(ctx, 2, "Grace", "shipped") },
		func() error { return s.delete(ctx, 4) },
		func() error { return s.put(ctx, 7, "Frances", "new") },
		func() error { return s.put(ctx, 4, "Barbara", "ordered again") },
	} {
		if err := step(); err != nil {
			return 0, err
		}
		steps++
	}
	return steps, nil
}

func (s *story) put(ctx context.Context, id int, customer, status string) error {
	key, body := key(id), fmt.Sprintf(`{"id":%d,"customer":%q,"status":%q}`, id, customer, status)
	_, err := s.client.PutObject(ctx, &s3.PutObjectInput{
		Bucket: &orders, Key: &key, Body: strings.NewReader(body), ContentType: aws.String("application/json"),
	})
	if err != nil {
		return fmt.Errorf("put %q: %w", key, err)
	}
	fmt.Fprintf(s.out, "  put     %s  %s\n", key, body)
	return nil
}

func (s *story) delete(ctx context.Context, id int) error {
	key := key(id)
	if _, err := s.client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &orders, Key: &key}); err != nil {
		return fmt.Errorf("delete %q: %w", key, err)
	}
	fmt.Fprintf(s.out, "  delete  %s\n", key)
	return nil
}

func key(id int) string { return fmt.Sprintf("2026/order-%d.json", id) }
