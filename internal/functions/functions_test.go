// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package functions_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/Masterminds/sprig/v3"
	"github.com/conduitio/conduit-connector-s3/internal/functions"
	"gotest.tools/v3/assert"
)

// A function that sprig adds or renames must be looked at.
func TestSafe_LeavesOutWhatIsNot(t *testing.T) {
	safe, without := functions.Safe(), []string{}
	for _, name := range slices.Sorted(maps.Keys(sprig.TxtFuncMap())) {
		if _, ok := safe[name]; !ok {
			without = append(without, name)
		}
	}
	assert.DeepEqual(t, without, []string{
		"bcrypt", "derivePassword", "env", "expandenv", "genCA", "genCAWithKey", "genPrivateKey",
		"genSelfSignedCert", "genSelfSignedCertWithKey", "genSignedCert", "genSignedCertWithKey",
		"getHostByName", "htpasswd", "indent", "nindent", "randAlpha", "randAlphaNum", "randAscii",
		"randBytes", "randNumeric", "repeat", "seq", "until", "untilStep",
	})
	assert.Equal(t, len(sprig.TxtFuncMap()), 211, "is each of sprig's new functions safe?")
}

func TestRepeatable_IsSafe(t *testing.T) {
	safe, repeatable := functions.Safe(), functions.Repeatable()
	for name := range repeatable {
		assert.Check(t, safe[name] != nil, name)
	}
	for _, name := range []string{"now", "uuidv4", "date"} {
		assert.Check(t, safe[name] != nil && repeatable[name] == nil, name)
	}
}
