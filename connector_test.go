// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package s3_test

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/conduitio/conduit-commons/config"
	s3 "github.com/conduitio/conduit-connector-s3"
	"github.com/conduitio/conduit-connector-s3/destination"
	"github.com/conduitio/conduit-connector-s3/source"
	"gotest.tools/v3/assert"
	"gotest.tools/v3/assert/cmp"
)

// parameter is what is compared of a parameter, whoever describes it.
type parameter struct {
	Type        string
	Default     string
	Validations []string // "type=value", sorted
}

// side is the source or the destination, as each of the three truths has it.
type side struct {
	fromYAML config.Parameters // connector.yaml
	fromCode config.Parameters // params_gen.go
	config   any               // the Config struct
}

func sides() map[string]side {
	spec := s3.Specification()
	return map[string]side{
		"source":      {spec.SourceParams, source.Config{}.Parameters(), source.Config{}},
		"destination": {spec.DestinationParams, destination.Config{}.Parameters(), destination.Config{}},
	}
}

func TestParameters_AreTheSameEverywhere(t *testing.T) {
	for name, side := range sides() {
		t.Run(name, func(t *testing.T) {
			want := reflectParameters(t, reflect.TypeOf(side.config))
			assert.Check(t, cmp.DeepEqual(normalize(side.fromYAML), want), "connector.yaml against the Config struct")
			assert.Check(t, cmp.DeepEqual(normalize(side.fromCode), want), "params_gen.go against the Config struct")
			for name, param := range side.fromYAML {
				assert.Check(t, cmp.Equal(side.fromCode[name].Description, param.Description), name)
			}
		})
	}
}

// Operators read the descriptions, in Conduit's forms and in the docs.
func TestParameters_AreDescribedForOperators(t *testing.T) {
	sentence := regexp.MustCompile(`(?s)^[A-Z].*\.$`)
	for name, side := range sides() {
		goNames := regexp.MustCompile(`\b(` + strings.Join(goNames(reflect.TypeOf(side.config)), "|") + `)\b`)
		for param, got := range side.fromYAML {
			assert.Check(t, cmp.Regexp(sentence, got.Description), "%s %s", name, param)
			assert.Check(t, cmp.Equal(goNames.FindString(got.Description), ""), "%s %s has a Go name", name, param)
		}
	}
}

// What users rely on: a change here is a change of the connector's interface.
func TestParameters_KeepTheirContract(t *testing.T) {
	both := []string{"source", "destination"}
	for _, want := range []struct {
		name     string
		sides    []string
		typ      string
		required bool
		def      string
	}{
		{"aws.accessKeyId", both, "string", true, ""},
		{"aws.secretAccessKey", both, "string", true, ""},
		{"aws.region", both, "string", true, ""},
		{"aws.bucket", both, "string", true, ""},
		{"prefix", both, "string", false, ""},
		{"aws.endpoint", both, "string", false, ""},
		{"pollingPeriod", []string{"source"}, "duration", false, "1s"},
		{"snapshotMode", []string{"source"}, "string", false, "initial"},
		{"include", []string{"source"}, "string", false, ""},
		{"exclude", []string{"source"}, "string", false, ""},
		{"maxObjectSize", []string{"source"}, "int", false, "67108864"},
		{"onLargeObject", []string{"source"}, "string", false, "fail"},
		{"onUnreadable", []string{"source"}, "string", false, "fail"},
		{"mode", []string{"destination"}, "string", false, "batches"},
		{"format", []string{"destination"}, "string", false, ""}, // required with the mode "batches" alone
		{"compression", []string{"destination"}, "string", false, "none"},
		{"parquet.layout", []string{"destination"}, "string", false, "envelope"},
		{"parquet.types", []string{"destination"}, "string", false, "portable"},
		{"parquet.compression", []string{"destination"}, "string", false, "zstd"},
		{"partition", []string{"destination"}, "string", false, ""},
		{"upload.concurrency", []string{"destination"}, "int", false, "4"},
		{"upload.partSize", []string{"destination"}, "int", false, "8388608"},
		{"storageClass", []string{"destination"}, "string", false, ""},
		{"serverSideEncryption", []string{"destination"}, "string", false, "none"},
		{"kmsKeyId", []string{"destination"}, "string", false, ""},
		{"bucketKeyEnabled", []string{"destination"}, "bool", false, "false"},
		{"acl", []string{"destination"}, "string", false, ""},
		{"tags", []string{"destination"}, "string", false, ""},
		{"contentDisposition", []string{"destination"}, "string", false, ""},
		{"sdk.batch.size", []string{"destination"}, "int", false, "1000"},
		{"sdk.batch.delay", []string{"destination"}, "duration", false, "100ms"},
	} {
		for name, side := range sides() {
			got, ok := normalize(side.fromYAML)[want.name]
			if !slices.Contains(want.sides, name) {
				assert.Check(t, !ok || strings.HasPrefix(want.name, "sdk."), "%s has %s", name, want.name)
				continue
			}
			assert.Check(t, ok, "%s lacks %s", name, want.name)
			assert.Check(t, cmp.Equal(got.Type, want.typ), want.name)
			assert.Check(t, cmp.Equal(got.Default, want.def), want.name)
			assert.Check(t, cmp.Equal(slices.Contains(got.Validations, "required="), want.required), want.name)
		}
	}
}

func TestParameters_FormatIsOneOfTwo(t *testing.T) {
	got := normalize(s3.Specification().DestinationParams)["format"].Validations
	assert.Check(t, cmp.DeepEqual(got, []string{"inclusion=json,parquet"}))
}

func TestSpecification_DescribesTheConnector(t *testing.T) {
	spec := s3.Specification()
	assert.Check(t, cmp.Equal(spec.Name, "s3"))
	assert.Check(t, cmp.Regexp(`^v\d+\.\d+\.\d+$`, spec.Version))
	assert.Check(t, spec.Summary != "" && spec.Description != "" && spec.Author != "")
}

// normalize brings the parameters of the SDK into the shape of the comparison.
func normalize(params config.Parameters) map[string]parameter {
	out := make(map[string]parameter, len(params))
	for name, p := range params {
		var validations []string
		for _, v := range p.Validations {
			validations = append(validations, v.Type().String()+"="+v.Value())
		}
		slices.Sort(validations)
		out[name] = parameter{p.Type.String(), p.Default, validations}
	}
	return out
}

// reflectParameters reads the parameters from a Config struct's tags at run
// time: a second opinion that shares nothing with the generators.
func reflectParameters(t *testing.T, config reflect.Type) map[string]parameter {
	t.Helper()
	params := map[string]parameter{}
	overrides := map[string]string{}
	var walk func(reflect.Type)
	walk = func(typ reflect.Type) {
		for i := range typ.NumField() {
			field := typ.Field(i)
			name := field.Tag.Get("json")
			switch {
			case name == "-" || !field.IsExported():
			case field.Anonymous:
				for pair := range strings.SplitSeq(field.Tag.Get("defaults"), ",") {
					if name, value, ok := strings.Cut(pair, "="); ok {
						overrides[name] = value
					}
				}
				walk(field.Type)
			default:
				assert.Check(t, name != "", "field %s has no json tag", field.Name)
				params[name] = parameter{
					typeName(t, field),
					field.Tag.Get("default"),
					validations(field.Tag.Get("validate")),
				}
			}
		}
	}
	walk(config)
	for name, value := range overrides {
		p, ok := params[name]
		assert.Check(t, ok, "the default of %s is set, which does not exist", name)
		p.Default = value
		params[name] = p
	}
	return params
}

func typeName(t *testing.T, field reflect.StructField) string {
	t.Helper()
	typ := field.Type
	if typ.Kind() == reflect.Pointer {
		typ = typ.Elem()
	}
	switch {
	case typ == reflect.TypeFor[time.Duration]():
		return "duration"
	case typ.Kind() == reflect.String, typ.Kind() == reflect.Slice:
		return "string"
	case typ.Kind() == reflect.Bool:
		return "bool"
	case typ.Kind() == reflect.Float64:
		return "float"
	case typ.Kind() == reflect.Int, typ.Kind() == reflect.Int64:
		return "int"
	}
	assert.Check(t, false, "field %s has the type %s", field.Name, field.Type)
	return ""
}

// validations translates a validate tag, "gt=-1,inclusion=a|b".
func validations(tag string) []string {
	long := map[string]string{"gt": "greater-than", "lt": "less-than"}
	var out []string
	for rule := range strings.SplitSeq(tag, ",") {
		if rule == "" {
			continue
		}
		kind, value, _ := strings.Cut(rule, "=")
		if name, ok := long[kind]; ok {
			kind = name
		}
		if kind == "inclusion" || kind == "exclusion" {
			value = strings.ReplaceAll(value, "|", ",")
		}
		out = append(out, kind+"="+value)
	}
	slices.Sort(out)
	return out
}

// goNames returns the words that only code knows: types, and the names of a
// struct's fields that are no words of English.
func goNames(typ reflect.Type) []string {
	names := []string{"Config", "bool", "nil", "struct", `time\.Duration`}
	mixed := regexp.MustCompile(`[a-z][A-Z]`)
	for _, field := range reflect.VisibleFields(typ) {
		if mixed.MatchString(field.Name) {
			names = append(names, field.Name)
		}
	}
	return names
}
