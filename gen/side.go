// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/conduitio/conduit-commons/config"
	"github.com/conduitio/conduit-commons/paramgen/paramgen"
)

// sdkPrefix begins the names of the parameters that the Connector SDK defines.
const sdkPrefix = "sdk."

// side is the source or the destination: its parameters, with the overrides
// of the SDK's defaults, and an example for each that has one.
type side struct {
	dir      string
	pkg      string
	params   config.Parameters
	examples map[string]string
}

// readSides reads the Config structs of the module in root.
func readSides(root string) (source, destination side, err error) {
	scratch, err := os.MkdirTemp("", "gen")
	if err != nil {
		return side{}, side{}, err
	}
	defer os.RemoveAll(scratch)
	if err := copyHandWritten(root, scratch); err != nil {
		return side{}, side{}, fmt.Errorf("copy the module's hand-written code: %w", err)
	}
	source, sourceErr := readSide(scratch, "source")
	destination, destinationErr := readSide(scratch, "destination")
	return source, destination, errors.Join(sourceErr, destinationErr)
}

// readSide reads the Config struct in the folder dir of the copy in scratch.
func readSide(scratch, dir string) (side, error) {
	params, pkg, err := paramgen.ParseParameters(filepath.Join(scratch, dir), structName)
	if err != nil {
		// Name the file that has to be mended instead of its copy.
		text := strings.ReplaceAll(err.Error(), scratch+string(filepath.Separator), "")
		return side{}, fmt.Errorf("parse the parameters of %s: %s", dir, text)
	}
	tags, err := readTags(scratch, dir, structName)
	if err != nil {
		return side{}, fmt.Errorf("read the tags of %s: %w", dir, err)
	}
	s := side{dir: dir, pkg: pkg, params: params, examples: tags.examples}
	return s, errors.Join(s.override(tags.defaults), s.check())
}

// override replaces the defaults of the named parameters.
func (s side) override(defaults map[string]string) error {
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(defaults)) {
		param, ok := s.params[name]
		if !ok {
			errs = append(errs, fmt.Errorf("%s: tag defaults: no parameter is named %q", s.dir, name))
			continue
		}
		param.Default = defaults[name]
		s.params[name] = param
	}
	return errors.Join(errs...)
}

// check reports every default and example that its own parameter would
// refuse, every example without a parameter, and every parameter of the
// connector's own without an example.
func (s side) check() error {
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(s.params)) {
		errs = append(errs,
			s.checkValue("default", name, s.params[name].Default),
			s.checkValue("example", name, s.examples[name]))
		if s.examples[name] == "" && !strings.HasPrefix(name, sdkPrefix) {
			errs = append(errs, fmt.Errorf("%s: parameter %q has no example tag", s.dir, name))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.examples)) {
		if _, ok := s.params[name]; !ok {
			errs = append(errs, fmt.Errorf("%s: tag examples: no parameter is named %q", s.dir, name))
		}
	}
	return errors.Join(errs...)
}

func (s side) checkValue(kind, name, value string) error {
	if value == "" {
		return nil
	}
	err := config.Config{name: value}.Validate(config.Parameters{name: s.params[name]})
	if err != nil {
		return fmt.Errorf("%s: %s of %q: %w", s.dir, kind, name, err)
	}
	return nil
}
