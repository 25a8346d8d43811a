// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package partition

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"text/template"
	"time"
	_ "time/tzdata" // minimal images have no time zone database; the host's is used where there is one
)

var (
	errNumberTime = errors.New("a number is not a time; epochSeconds, epochMillis, epochMicros and epochNanos make one of it")
	errTextTime   = errors.New("a string is not a time in RFC 3339; toDate reads other layouts")
	errNotTime    = errors.New("a value is not a time")
	errNotNumber  = errors.New("a value is not a number")
	errTimeRange  = errors.New("a number is a time outside of the years 0 to 9999, so its unit is probably another one")
)

// The seconds since 1970 at which the year 0 begins and the year 9999 ends.
const (
	firstSecond = -62_167_219_200
	lastSecond  = 253_402_300_799
)

// addTimes adds the functions for times. All of them accept null and return null for
// it, so that its folder is the one of null.
//
//	date "2006-01-02" time               the time in a layout of Go
//	inZone "Europe/Berlin" time          the time in a zone
//	dateInZone "2006-01-02" time "UTC"   both, with sprig's name and order
//	epochSeconds, epochMillis,
//	epochMicros, epochNanos number       the time of a number, in UTC
//
// A time may be a string in RFC 3339, and a number may be a string as well. Sprig's
// own functions use the current time where they get no time, and the local time zone.
func addTimes(all template.FuncMap) {
	var z zones
	all["date"] = dateOf
	all["inZone"] = z.in
	all["dateInZone"] = func(layout string, v any, zone string) (string, error) {
		t, err := z.in(zone, v)
		if err != nil {
			return "", err
		}
		return dateOf(layout, t)
	}
	for name, unit := range map[string]time.Duration{
		"epochSeconds": time.Second, "epochMillis": time.Millisecond, "epochMicros": time.Microsecond, "epochNanos": time.Nanosecond,
	} {
		all[name] = func(v any) (any, error) { return epochTime(v, unit) }
	}
}

func dateOf(layout string, v any) (string, error) {
	t, err := timeOf(v)
	if err != nil || t == nil {
		return "", err
	}
	return t.Format(layout), nil
}

// timeOf returns the time that v is, or nil for null and an empty string.
func timeOf(v any) (*time.Time, error) {
	switch v := v.(type) {
	case nil:
		return nil, nil
	case time.Time:
		return &v, nil
	case *time.Time:
		return v, nil
	case string:
		if v == "" {
			return nil, nil
		}
		t, err := time.Parse(time.RFC3339, v)
		if err != nil {
			return nil, errTextTime // the other error would have the value
		}
		return &t, nil
	default:
		if r, err := numberOf(v); r != nil && err == nil {
			return nil, errNumberTime
		}
		return nil, errNotTime
	}
}

// zones are time zones by name. It is safe for concurrent use.
type zones struct {
	loaded sync.Map // of *time.Location
}

// in returns the time v in a zone of the IANA database.
func (z *zones) in(zone string, v any) (any, error) {
	t, err := timeOf(v)
	if err != nil || t == nil {
		return nil, err
	}
	loaded, ok := z.loaded.Load(zone)
	if !ok {
		location, err := locationOf(zone)
		if err != nil {
			return nil, err
		}
		loaded, _ = z.loaded.LoadOrStore(zone, location)
	}
	return t.In(loaded.(*time.Location)), nil
}

// locationOf returns a zone. The zone of the host is none, because a record that is
// written again must get the same folder everywhere.
func locationOf(zone string) (*time.Location, error) {
	location, err := time.LoadLocation(zone)
	if err != nil || zone == "" || location == time.Local {
		return nil, fmt.Errorf("%q is not a time zone such as \"UTC\" or \"America/New_York\"", zone)
	}
	return location, nil
}

// epochTime returns the time that is v units after 1970, or nil for null and an empty
// string. What is smaller than a nanosecond is cut off.
func epochTime(v any, unit time.Duration) (any, error) {
	number, err := numberOf(v)
	if err != nil || number == nil {
		return nil, err
	}
	number.Mul(number, new(big.Rat).SetInt64(int64(unit)))
	nanos := new(big.Int).Div(number.Num(), number.Denom())
	seconds, rest := nanos.DivMod(nanos, big.NewInt(int64(time.Second)), new(big.Int))
	if !seconds.IsInt64() || seconds.Int64() < firstSecond || seconds.Int64() > lastSecond {
		return nil, errTimeRange
	}
	return time.Unix(seconds.Int64(), rest.Int64()).UTC(), nil
}

// numberOf returns the number that v is, or nil for null and an empty string. The
// caller may change it.
func numberOf(v any) (*big.Rat, error) {
	switch v := v.(type) {
	case nil:
		return nil, nil
	case float32:
		return floatOf(float64(v))
	case float64:
		return floatOf(v)
	case *big.Rat:
		if v == nil {
			return nil, nil
		}
		return new(big.Rat).Set(v), nil
	case json.Number:
		return digitsOf(string(v))
	case string:
		return digitsOf(v)
	}
	switch n := reflect.ValueOf(v); {
	case n.CanInt():
		return new(big.Rat).SetInt64(n.Int()), nil
	case n.CanUint():
		return new(big.Rat).SetUint64(n.Uint()), nil
	default:
		return nil, errNotNumber
	}
}

func floatOf(f float64) (*big.Rat, error) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return nil, errNotNumber
	}
	return new(big.Rat).SetFloat64(f), nil
}

// digitsOf returns the number that a string has. With an exponent, it has the
// precision of a float64, because the exponent of a big.Rat decides how much memory
// it takes.
func digitsOf(s string) (*big.Rat, error) {
	const maxDigits = 64
	switch {
	case s == "":
		return nil, nil
	case len(s) > maxDigits || strings.Trim(s, "+-.eE0123456789") != "":
		return nil, errNotNumber
	case strings.ContainsAny(s, "eE"):
		f, err := strconv.ParseFloat(s, 64)
		if err != nil {
			return nil, errNotNumber
		}
		return floatOf(f)
	}
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		return nil, errNotNumber
	}
	return r, nil
}
