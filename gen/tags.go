// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
)

// module is the import path of this module.
const module = "github.com/conduitio/conduit-connector-s3"

// tags are the struct tags that paramgen does not know, by parameter.
type tags struct {
	// defaults override the SDK's: `defaults:"name=value,name=value"` on the
	// embedded middleware.
	defaults map[string]string
	// examples come from `example:"value"` on a field and, for the SDK's
	// parameters, from `examples:"name=value,name=value"` on the embedded
	// middleware.
	examples map[string]string
}

// tagReader reads tags from the syntax of the module in root.
type tagReader struct {
	root string
	tags tags
}

// readTags returns the tags of the struct that is named name in the folder
// dir, those of embedded structs of the same module included.
func readTags(root, dir, name string) (tags, error) {
	r := tagReader{root, tags{defaults: map[string]string{}, examples: map[string]string{}}}
	return r.tags, r.readStruct(dir, name)
}

func (r tagReader) readStruct(dir, name string) error {
	file, fields, err := findStruct(filepath.Join(r.root, dir), name)
	if err != nil {
		return err
	}
	var errs []error
	for _, field := range fields.List {
		errs = append(errs, r.readField(dir, file, field))
	}
	return errors.Join(errs...)
}

func (r tagReader) readField(dir string, file *ast.File, field *ast.Field) error {
	tag, err := fieldTag(field)
	if err != nil {
		return err
	}
	if len(field.Names) > 0 {
		if example, ok := tag.Lookup("example"); ok {
			r.tags.examples[tag.Get("json")] = example
		}
		return nil
	}
	err = errors.Join(
		readPairs("defaults", tag, r.tags.defaults),
		readPairs("examples", tag, r.tags.examples))
	if err != nil {
		return err
	}
	return r.readEmbedded(dir, file, field.Type)
}

// readEmbedded goes on with an embedded struct; one of another module has no
// tags of ours.
func (r tagReader) readEmbedded(dir string, file *ast.File, typ ast.Expr) error {
	switch t := typ.(type) {
	case *ast.Ident:
		return r.readStruct(dir, t.Name)
	case *ast.SelectorExpr:
		imported := importPath(file, t)
		if inside, ok := strings.CutPrefix(imported, module+"/"); ok {
			return r.readStruct(inside, t.Sel.Name)
		}
		return nil
	default:
		return fmt.Errorf("%s: embedded type %T is not supported", dir, typ)
	}
}

// findStruct returns the fields of the named struct and the file that has it.
func findStruct(dir, name string) (*ast.File, *ast.FieldList, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, nil, err
	}
	for _, p := range paths {
		file, err := parser.ParseFile(token.NewFileSet(), p, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, nil, err
		}
		for spec := range typeSpecs(file) {
			if st, ok := spec.Type.(*ast.StructType); ok && spec.Name.Name == name {
				return file, st.Fields, nil
			}
		}
	}
	return nil, nil, fmt.Errorf("no struct is named %s in %s", name, dir)
}

// typeSpecs ranges over the types that file declares at its top level.
func typeSpecs(file *ast.File) func(yield func(*ast.TypeSpec) bool) {
	return func(yield func(*ast.TypeSpec) bool) {
		for _, decl := range file.Decls {
			gen, ok := decl.(*ast.GenDecl)
			if !ok {
				continue
			}
			for _, spec := range gen.Specs {
				if ts, ok := spec.(*ast.TypeSpec); ok && !yield(ts) {
					return
				}
			}
		}
	}
}

// importPath returns the import path of the package that typ names, or "".
func importPath(file *ast.File, typ *ast.SelectorExpr) string {
	pkg, ok := typ.X.(*ast.Ident)
	if !ok {
		return ""
	}
	for _, spec := range file.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue
		}
		name := path.Base(imported)
		if spec.Name != nil {
			name = spec.Name.Name
		}
		if name == pkg.Name {
			return imported
		}
	}
	return ""
}

func fieldTag(field *ast.Field) (reflect.StructTag, error) {
	if field.Tag == nil {
		return "", nil
	}
	text, err := strconv.Unquote(field.Tag.Value)
	return reflect.StructTag(text), err
}

// readPairs adds the pairs `name=value,name=value` of the tag key to into.
func readPairs(key string, tag reflect.StructTag, into map[string]string) error {
	text := tag.Get(key)
	if text == "" {
		return nil
	}
	pairs := map[string]string{}
	for pair := range strings.SplitSeq(text, ",") {
		name, value, ok := strings.Cut(pair, "=")
		if _, twice := pairs[name]; !ok || twice {
			return fmt.Errorf("tag %s: %q is not a new name=value", key, pair)
		}
		pairs[name] = value
	}
	maps.Copy(into, pairs)
	return nil
}
