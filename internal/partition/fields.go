// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package partition

import (
	"maps"
	"text/template"
	"text/template/parse"

	"github.com/conduitio/conduit-commons/opencdc"
)

// fields are the fields of a record, or those that a template names, as a record has
// them of which each is an empty string. Unlike null, any function accepts that.
type fields = map[string]any

// fieldsOf returns the fields that a template names below a path, such as Payload
// After.
func fieldsOf(t *template.Template, path ...string) fields {
	named := fields{}
	for _, defined := range t.Templates() {
		walk(defined.Root, func(node parse.Node) {
			found, ok := pathOf(node)
			if !ok || len(found) <= len(path) {
				return
			}
			for i, name := range path {
				if found[i] != name {
					return
				}
			}
			named = withPath(named, found[len(path):])
		})
	}
	return named
}

// withPath adds a path to named, which may be nil, and returns it.
func withPath(named fields, path []string) fields {
	if named == nil {
		named = fields{}
	}
	inner, nested := named[path[0]].(fields)
	switch {
	case len(path) > 1:
		named[path[0]] = withPath(inner, path[1:])
	case !nested:
		named[path[0]] = ""
	}
	return named
}

// afterOf returns what .Payload.After is: payload.after, or payload.before of a delete
// that has no payload.after.
func afterOf(rec opencdc.Record) opencdc.Data {
	if rec.Operation == opencdc.OperationDelete && stringOrFields(rec.Payload.After) == nil {
		return rec.Payload.Before
	}
	return rec.Payload.After
}

// complete returns the fields that a record has, and those that are named and that it
// lacks. It changes neither.
func complete(has, named fields) fields {
	full, cloned := has, false
	for name, below := range named {
		value, ok := has[name]
		inner, nested := below.(fields)
		if mine, isMap := value.(fields); isMap && nested {
			below = complete(mine, inner)
		} else if ok && (value != nil || !nested) {
			continue
		}
		if !cloned {
			full, cloned = maps.Clone(has), true
			if full == nil {
				full = fields{}
			}
		}
		full[name] = below
	}
	return full
}
