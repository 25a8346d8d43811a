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

	"github.com/Masterminds/sprig/v3"
	"github.com/conduitio/conduit-commons/opencdc"
)

// Template gives each record the folder that its object goes to.
//
// It is a Go template, made so that no record can leave its folder: whatever an
// action prints is escaped (see escape), and only the slashes of the template's
// own text separate folders. The functions are those that sdk.record.format has,
// without the ones that give another result each time: what is written again
// must come to the same folder.
type Template struct {
	template *template.Template // nil if there are no folders
	inputs   []input            // all that the template reads of a record
	cache    *cache             // by what is read; nil if the template may read more
}

// view is what a partition's template sees of a record.
type view struct {
	record opencdc.Record
}

// payload is a record's payload in a view.
type payload struct {
	change opencdc.Change
}

// metadata is a record's metadata.
type metadata map[string]string

// Get returns the value of a name, or an empty text.
func (m metadata) Get(name string) string { return m[name] }

var errNoTime = errors.New("the record has neither " + opencdc.MetadataCreatedAt + " nor " + opencdc.MetadataReadAt)

// Time is when the record was created or else read, in UTC. It is never the
// clock's: records that are written again must come to the same folder.
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

// Position is the record's position as text.
func (v view) Position() string { return string(v.record.Position) }

// Key is text if the record's key is raw, else its fields.
func (v view) Key() any { return stringOrFields(v.record.Key) }

// Payload holds what the change replaced and what it brought.
func (v view) Payload() payload { return payload{v.record.Payload} }

// Before is text if it is raw, else its fields.
func (p payload) Before() any { return stringOrFields(p.change.Before) }

// After is text if it is raw, else its fields.
func (p payload) After() any { return stringOrFields(p.change.After) }

// Metadata is the record's metadata.
func (v view) Metadata() metadata { return metadata(v.record.Metadata) }

func stringOrFields(d opencdc.Data) any {
	switch d := d.(type) {
	case opencdc.RawData:
		return string(d)
	case opencdc.StructuredData:
		return map[string]any(d)
	default:
		return nil
	}
}

// excludedFunctions are functions of sprig that give another result each time, which
// its own list of them lacks, and those that change what they are given.
var excludedFunctions = []string{
	"ago", "durationRound", "randInt", "shuffle", "keys", "values",
	"bcrypt", "htpasswd", "encryptAES", "genPrivateKey", "genCA", "genCAWithKey",
	"genSelfSignedCert", "genSelfSignedCertWithKey", "genSignedCert", "genSignedCertWithKey",
	"set", "unset", "merge", "mergeOverwrite", "mustMerge", "mustMergeOverwrite", "sortAlpha",
}

// functions returns the functions of templates. They are those that
// sdk.record.format has, as far as they depend on nothing but their arguments:
// what is written again, maybe elsewhere, must come to the same folder.
func functions() template.FuncMap {
	all := sprig.HermeticTxtFuncMap()
	for _, name := range excludedFunctions {
		delete(all, name)
	}
	all["toDate"], all["mustToDate"] = time.Parse, time.Parse // sprig's are in the local time zone
	all[escapeName] = escape
	return all
}

// New parses a template; an empty one means no folders.
func New(text string) (Template, error) {
	if text == "" {
		return Template{}, nil
	}
	t, err := template.New("partition").
		Option("missingkey=error").
		Funcs(functions()).
		Parse(text)
	if err != nil {
		return Template{}, err
	}
	if len(t.Root.Nodes) == 0 {
		return Template{}, errors.New("it is empty but for comments and definitions")
	}
	p := Template{template: t}
	if reads, ok := inputsOf(t.Root); ok {
		p.inputs, p.cache = reads, &cache{folders: map[string]string{}}
	}
	for _, named := range t.Templates() {
		escapeActions(named.Root)
	}
	if err := checkFields(t.Root, true); err != nil {
		return Template{}, err
	}
	return p, nil
}

// Folder returns the folder of rec, which ends in a slash, or an empty text if
// there are no folders.
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

// cacheKey appends what the template reads of rec to key. It returns false if that
// can't be told, or is too much.
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

// execute returns what the template makes of rec.
func (p Template) execute(rec opencdc.Record) (string, error) {
	var out strings.Builder
	if err := p.template.Execute(&out, view{rec}); err != nil {
		var failed template.ExecError
		if errors.As(err, &failed) {
			err = errors.Unwrap(failed)
		}
		return "", err
	}
	folder := strings.TrimSuffix(out.String(), "/")
	for segment := range strings.SplitSeq(folder, "/") {
		if segment == "" || segment == "." || segment == ".." {
			return "", fmt.Errorf("%q is no folder's name", segment)
		}
	}
	return folder + "/", nil
}
