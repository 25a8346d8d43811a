// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package source

import (
	"os"
	"strconv"

	"github.com/conduitio/conduit-connector-protocol/pconnector"
	"github.com/conduitio/conduit-connector-protocol/pconnector/server"
)

// recordSizeOption is the option of Conduit that bounds the messages that its
// standalone connectors receive.
const recordSizeOption = "connectors.max-receive-record-size"

// messageLimit returns the size in bytes of the largest message that a standalone
// connector receives from Conduit, and whether Conduit has said so. Conduit tells
// it to every standalone connector, in the environment. Otherwise it is the
// default.
//
// The limit holds for what a connector receives, so it bounds the records that
// reach a standalone destination. Conduit itself receives messages of up to 2 GiB
// from a source, and hands records to a builtin destination without a message.
func messageLimit() (limit int, known bool) {
	limit, err := strconv.Atoi(os.Getenv(pconnector.EnvConduitConnectorMaxReceiveRecordSize))
	if err != nil || limit <= 0 {
		return server.DefaultMaxReceiveRecordSize, false
	}
	return limit, true
}
