// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package destination

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/conduitio/conduit-commons/opencdc"
	sdk "github.com/conduitio/conduit-connector-sdk"
)

// defaultLayout is the serializer if none is named.
const defaultLayout = "opencdc/json"

var errNoTemplate = errors.New(`a template is required with the format "template"`)

// serializer returns the serializer that sdk.record.format and its options ask
// for. The SDK's middleware does not look at its own parameters: it falls back
// to another layout when it opens.
func (c *Config) serializer() (opencdc.RecordSerializer, error) {
	found, err := c.namedSerializer()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", ConfigSdkRecordFormat, err)
	}
	if found.Name() == (sdk.TemplateRecordSerializer{}).Name() && strings.TrimSpace(c.RecordFormatOptions) == "" {
		return nil, fmt.Errorf("%s: %w", ConfigSdkRecordFormatOptions, errNoTemplate)
	}
	configured, err := found.Configure(c.RecordFormatOptions)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", ConfigSdkRecordFormatOptions, err)
	}
	if strings.HasPrefix(found.Name(), sdk.DebeziumConverter{}.Name()) {
		return timesAsText{configured}, nil
	}
	return configured, nil
}

// namedSerializer returns the SDK's serializer of the name in sdk.record.format,
// yet to be configured.
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
	return nil, fmt.Errorf("%q is none of %q", name, names)
}
