// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package destination

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/conduitio/conduit-connector-s3/internal/format"
	"github.com/conduitio/conduit-connector-s3/internal/partition"
)

// maxKey is S3's limit for a key in bytes. maxPrefix is what remains for the prefix
// and the folder before an object's name.
// See https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html
const (
	maxKey    = 1024
	maxPrefix = maxKey - 64
)

// validatePrefix refuses a prefix with which no object can be stored. Stores other
// than AWS refuse the folders "." and "..".
func (c *Config) validatePrefix() error {
	var err error
	segments := strings.Split(c.Prefix, "/")
	isRelative := func(segment string) bool { return segment == "." || segment == ".." }
	switch {
	case len(c.Prefix) > maxPrefix:
		err = errTooLong(len(c.Prefix))
	case !utf8.ValidString(c.Prefix):
		err = errors.New("is not valid UTF-8, which keys must be")
	case strings.ContainsFunc(c.Prefix, unicode.IsControl):
		err = fmt.Errorf("%q has control characters, which are not allowed in keys", c.Prefix)
	case slices.ContainsFunc(segments[:len(segments)-1], isRelative): // the last one is followed by a name
		err = fmt.Errorf("%q has a folder \".\" or \"..\", which stores refuse", c.Prefix)
	default:
		return nil
	}
	return fmt.Errorf("%s: %w", ConfigPrefix, err)
}

func errTooLong(length int) error {
	return fmt.Errorf("%d bytes are more than the %d that S3's limit for keys allows", length, maxPrefix)
}

func (c *Config) partition() (partition.Template, error) {
	p, err := partition.New(c.Partition)
	if err != nil {
		return p, fmt.Errorf("%s: %w", ConfigPartition, err)
	}
	return p, nil
}

// validatePartition refuses a template that is wrong for every record, by the folders
// of samples.
func (c *Config) validatePartition() error {
	template, err := c.partition()
	if err != nil {
		return err
	}
	folders, err := template.Samples()
	if err == nil {
		err = c.validateFolders(folders)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", ConfigPartition, err)
	}
	return nil
}

func (c *Config) validateFolders(folders []string) error {
	if len(folders) == 0 {
		return nil
	}
	shortest := len(c.Prefix) + len(slices.MinFunc(folders, func(a, b string) int { return len(a) - len(b) }))
	if shortest > maxPrefix && len(c.Prefix) <= maxPrefix {
		return fmt.Errorf("with the prefix, %w", errTooLong(shortest))
	}
	columns := c.columns()
	for _, folder := range folders {
		for segment := range strings.SplitSeq(folder, "/") {
			name, _, isKey := strings.Cut(segment, "=")
			isColumn := func(column string) bool { return strings.EqualFold(name, column) }
			if isKey && slices.ContainsFunc(columns, isColumn) {
				return fmt.Errorf(`the folder "%s=…" has the name of a column, and Athena and AWS Glue refuse tables with both; choose another name`, name)
			}
		}
	}
	return nil
}

// columns returns the names of the columns that tables of the objects have, as far as
// they are known without records.
func (c *Config) columns() []string {
	switch {
	case c.Format == format.Parquet:
		return format.Columns(c.ParquetLayout)
	case c.RecordFormat == nil || *c.RecordFormat == defaultLayout:
		return format.Columns(format.Envelope)
	default:
		return nil
	}
}
