// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package destination

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/template"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/internal/format"
	"github.com/conduitio/conduit-connector-s3/internal/functions"
	"github.com/conduitio/conduit-connector-s3/internal/value"
	sdk "github.com/conduitio/conduit-connector-sdk"
)

// defaultLayout is the default serializer.
const defaultLayout = "opencdc/json"

var errNoTemplate = errors.New(`is required with the format "template"`)

// serializer returns the serializer that sdk.record.format and its options select.
//
// Connector SDK v0.14.2: the middleware DestinationWithRecordFormat does not
// validate its parameters and uses another layout if they are invalid
// (destination_middleware.go). So they are checked and applied here. Remove when
// its Validate checks them.
func (c *Config) serializer() (opencdc.RecordSerializer, error) {
	found, err := c.namedSerializer()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", ConfigSdkRecordFormat, err)
	}
	if found.Name() == (sdk.TemplateRecordSerializer{}).Name() && strings.TrimSpace(c.RecordFormatOptions) == "" {
		return nil, fmt.Errorf("%s: %w", ConfigSdkRecordFormatOptions, errNoTemplate)
	}
	if found.Name() == (sdk.TemplateRecordSerializer{}).Name() {
		// The SDK's template may call any function of sprig, such as env.
		if _, err := template.New("").Funcs(functions.Safe()).Parse(c.RecordFormatOptions); err != nil {
			return nil, fmt.Errorf("%s: %w", ConfigSdkRecordFormatOptions, err)
		}
	}
	configured, err := found.Configure(c.RecordFormatOptions)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", ConfigSdkRecordFormatOptions, err)
	}
	if strings.HasPrefix(found.Name(), sdk.DebeziumConverter{}.Name()) {
		return typedValues{configured}, nil
	}
	return configured, nil
}

// nameSerializer adds the name of the parameter to an error of the serializer.
func nameSerializer(err error) error {
	var refused *value.RecordError
	if !errors.Is(err, format.ErrSerializer) || !errors.As(err, &refused) {
		return err
	}
	return &value.RecordError{
		Position: refused.Position, Field: refused.Field, Err: fmt.Errorf("%s: %w", ConfigSdkRecordFormat, refused.Err),
	}
}

// namedSerializer returns the SDK's serializer that sdk.record.format names. It is
// not configured yet.
func (c *Config) namedSerializer() (sdk.RecordSerializer, error) {
	name := defaultLayout
	if c.RecordFormat != nil {
		name = *c.RecordFormat
	}
	var names []string
	for _, s := range c.DefaultRecordSerializers() {
		if s.Name() == name {
			return s, nil
		}
		names = append(names, s.Name())
	}
	slices.Sort(names)
	return nil, fmt.Errorf("%q is not one of %q", name, names)
}
