// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

// Package partition makes a folder of a record, from a template. It must not know
// S3, parameters or how objects are named.
package partition

import (
	"errors"
	"fmt"
	"strings"
	"text/template"
	"time"

	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-s3/internal/functions"
	"github.com/conduitio/conduit-connector-s3/internal/value"
)

// Template makes the folder of a record. It is safe for concurrent use.
//
// It is a Go template in which no record can leave its folder: the output of each
// action is escaped, and only slashes in the text of the template separate folders.
// It has the functions of sprig except those whose result is not always
// the same, because a record that is written again must get the same folder.
type Template struct {
	template *template.Template // nil if there are no folders
	named    fields             // those that the template names below .Payload.After
	inputs   []input            // everything that the template reads of a record
	cache    *cache             // of folders by these inputs; nil if the template may read more
}

// view is a record in a template.
type view struct {
	record opencdc.Record
	named  fields // that a delete may lack
}

// payload is a record's payload in a view.
type payload view

// metadata is a record's metadata.
type metadata map[string]string

// Get returns the value of a name, or an empty string.
func (m metadata) Get(name string) string { return m[name] }

var errNoTime = errors.New("the record has neither " + opencdc.MetadataCreatedAt + " nor " + opencdc.MetadataReadAt)

// Time is the time at which the record was created, or otherwise read, in UTC. It is
// never the current time, because a record that is written again must get the same
// folder.
func (v view) Time() (time.Time, error) {
	for _, get := range []func(opencdc.Metadata) (time.Time, error){
		opencdc.Metadata.GetCreatedAt, opencdc.Metadata.GetReadAt,
	} {
		if t, err := get(v.record.Metadata); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, errNoTime
}

// Operation is create, update, delete or snapshot.
func (v view) Operation() string { return v.record.Operation.String() }

// Position is the record's position as a string.
func (v view) Position() string { return string(v.record.Position) }

// Key is the record's key: a string if it is raw, otherwise its plain fields.
func (v view) Key() any { return stringOrFields(v.record.Key) }

// Payload is the state before and after the change.
func (v view) Payload() payload { return payload(v) }

// Before is a string if it is raw, otherwise its plain fields.
func (p payload) Before() any { return stringOrFields(p.record.Payload.Before) }

// After is a string if it is raw, otherwise its plain fields. A delete usually has no
// payload.after. Then it is payload.before, and a field that a delete lacks is empty:
// many sources know only the key of what was deleted, and no pipeline should end with
// its first delete.
func (p payload) After() any {
	after := stringOrFields(afterOf(p.record))
	if p.record.Operation != opencdc.OperationDelete || len(p.named) == 0 {
		return after
	}
	if has, ok := after.(fields); ok || after == nil {
		return complete(has, p.named)
	}
	return after
}

// Metadata is the record's metadata.
func (v view) Metadata() metadata { return metadata(v.record.Metadata) }

func stringOrFields(d opencdc.Data) any {
	switch d := d.(type) {
	case opencdc.RawData:
		if d != nil {
			return string(d)
		}
	case opencdc.StructuredData:
		if d != nil {
			return value.Plain(fields(d))
		}
	}
	return nil
}

// excludedFunctions are functions of sprig that are missing in its own list of those
// with a result that is not always the same, and functions that change their
// arguments.
var excludedFunctions = []string{
	"ago", "durationRound", "randInt", "shuffle", "keys", "values", "encryptAES",
	"set", "unset", "merge", "mergeOverwrite", "mustMerge", "mustMergeOverwrite", "sortAlpha",
}

// functionMap returns the functions of templates: those of sprig that depend only on
// their arguments and have bounded costs.
func functionMap() template.FuncMap {
	all := functions.Repeatable()
	for _, name := range excludedFunctions {
		delete(all, name)
	}
	all["toDate"], all["mustToDate"] = time.Parse, time.Parse // sprig's use the local time zone
	addTimes(all)
	all[escapeName] = escape
	return all
}

// New parses a template. An empty one means that there are no folders.
func New(text string) (Template, error) {
	if text == "" {
		return Template{}, nil
	}
	t, err := template.New("partition").
		Option("missingkey=error").
		Funcs(functionMap()).
		Parse(text)
	if err != nil {
		return Template{}, err
	}
	if len(t.Root.Nodes) == 0 {
		return Template{}, errors.New("has only comments and definitions")
	}
	p := Template{template: t, named: fieldsOf(t, "Payload", "After")}
	if reads, ok := inputsOf(t.Root); ok {
		p.inputs, p.cache = reads, &cache{folders: map[string]string{}}
	}
	for _, named := range t.Templates() {
		escapeActions(named.Root)
	}
	if err := checkFields(t.Root, true); err != nil {
		return Template{}, err
	}
	for _, named := range t.Templates() {
		if err := checkZones(named.Root); err != nil {
			return Template{}, err
		}
	}
	return p, nil
}

// Folder returns the folder of rec, which ends in a slash, or an empty string if
// there are no folders. An error means that rec has no folder.
func (p Template) Folder(rec opencdc.Record) (string, error) {
	if p.template == nil {
		return "", nil
	}
	var space [256]byte
	key, ok := p.cacheKey(space[:0], rec)
	if ok {
		if folder, ok := p.cache.get(key); ok {
			return folder, nil
		}
	}
	folder, err := p.execute(rec)
	if ok && err == nil {
		p.cache.add(key, folder)
	}
	return folder, err
}

// cacheKey appends to key what the template reads of rec. It returns false if that is
// unknown or too long.
func (p Template) cacheKey(key []byte, rec opencdc.Record) ([]byte, bool) {
	if p.cache == nil {
		return key, false
	}
	for _, r := range p.inputs {
		var ok bool
		if key, ok = r.appendTo(key, rec); !ok || len(key) > maxCacheKey {
			return key, false
		}
	}
	return key, true
}

// execute returns the output of the template for rec.
func (p Template) execute(rec opencdc.Record) (string, error) {
	var out strings.Builder
	if err := p.template.Execute(&out, view{rec, p.named}); err != nil {
		var failed template.ExecError
		if errors.As(err, &failed) {
			err = errors.Unwrap(failed)
		}
		return "", err
	}
	folder := strings.TrimSuffix(out.String(), "/")
	for segment := range strings.SplitSeq(folder, "/") {
		if segment == "" || segment == "." || segment == ".." {
			return "", fmt.Errorf("%q %w", segment, errName)
		}
	}
	return folder + "/", nil
}
