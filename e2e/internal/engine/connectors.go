// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package engine

// Connectors returns the ids of the processes of the standalone connectors that
// run now.
func (e *Engine) Connectors() ([]int, error) { return e.process.Children() }

// KillConnector ends the process of one standalone connector at once, as
// kill -9 does, and leaves Conduit running.
func (e *Engine) KillConnector(id int) error { return e.process.KillChild(id) }
