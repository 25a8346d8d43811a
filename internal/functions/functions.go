// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

// Package functions has the functions that templates of an operator may call.
// Whoever may write a pipeline is not always one who may read the environment of
// Conduit, and what records contain must not decide how much time and memory a
// template takes.
package functions

import (
	"text/template"

	"github.com/Masterminds/sprig/v3"
)

// host are the functions that read the environment or the network of the host.
var host = []string{"env", "expandenv", "getHostByName"}

// unbounded are the functions whose time or memory depends on the value of a
// number, or which derive or generate keys.
var unbounded = []string{
	"repeat", "until", "untilStep", "seq", "indent", "nindent",
	"randAlphaNum", "randAlpha", "randAscii", "randNumeric", "randBytes",
	"bcrypt", "htpasswd", "derivePassword", "genPrivateKey", "genCA", "genCAWithKey",
	"genSelfSignedCert", "genSelfSignedCertWithKey", "genSignedCert", "genSignedCertWithKey",
}

// Safe returns sprig's functions except those that read the host and those with
// unbounded costs. The caller may change what it returns.
func Safe() template.FuncMap {
	all := sprig.TxtFuncMap()
	for _, names := range [][]string{host, unbounded} {
		for _, name := range names {
			delete(all, name)
		}
	}
	return all
}

// Repeatable returns the functions of Safe that sprig declares to have the same
// result for the same arguments. The caller may change what it returns.
func Repeatable() template.FuncMap {
	all, repeatable := Safe(), sprig.HermeticTxtFuncMap()
	for name := range all {
		if _, ok := repeatable[name]; !ok {
			delete(all, name)
		}
	}
	return all
}
