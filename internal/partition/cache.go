// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package partition

import (
	"encoding/binary"
	"slices"
	"sync"
	"text/template/parse"

	"github.com/conduitio/conduit-commons/opencdc"
)

// input is something that a template reads of a record, as it is named in templates:
// Operation, Metadata Get "name", Time Format "layout", or a field of Payload Before
// or Payload After.
type input struct {
	path     []string
	argument string
}

// inputsOf returns what the nodes below node read of a record. It returns false if
// they may read anything else, so that these inputs do not determine the folder.
// Where the dot is not the record, it may return more than is read.
func inputsOf(node parse.Node) ([]input, bool) {
	switch n := node.(type) {
	case *parse.ListNode:
		return inputsOfAll(nodesOf(n)...)
	case *parse.ActionNode:
		return inputsOf(n.Pipe)
	case *parse.PipeNode:
		var nodes []parse.Node
		for _, command := range n.Cmds {
			nodes = append(nodes, command)
		}
		return inputsOfAll(nodes...)
	case *parse.CommandNode:
		if r, ok := callOf(n); ok {
			return []input{r}, true
		}
		return inputsOfAll(n.Args...)
	case *parse.ChainNode:
		return inputsOf(n.Node)
	case *parse.FieldNode, *parse.VariableNode:
		path, ok := pathOf(n)
		if !ok {
			return nil, true // a variable has a value that was read elsewhere
		}
		isField := len(path) > 2 && path[0] == "Payload" && (path[1] == "Before" || path[1] == "After")
		return []input{{path: path}}, isField || slices.Equal(path, []string{"Operation"})
	case *parse.TextNode, *parse.StringNode, *parse.NumberNode, *parse.BoolNode, *parse.NilNode,
		*parse.IdentifierNode, *parse.BreakNode, *parse.ContinueNode:
		return nil, true
	default:
		if branch := branchOf(node); branch != nil {
			return inputsOfAll(branch.Pipe, branch.List, branch.ElseList)
		}
		return nil, false
	}
}

func inputsOfAll(nodes ...parse.Node) (all []input, ok bool) {
	for _, n := range nodes {
		reads, ok := inputsOf(n)
		if !ok {
			return nil, false
		}
		all = append(all, reads...)
	}
	return all, true
}

// callOf returns what a call with a constant as its only argument reads.
func callOf(n *parse.CommandNode) (input, bool) {
	if len(n.Args) != 2 {
		return input{}, false
	}
	path, ok := pathOf(n.Args[0])
	argument, constant := n.Args[1].(*parse.StringNode)
	if !ok || !constant {
		return input{}, false
	}
	isInput := slices.Equal(path, []string{"Metadata", "Get"}) || slices.Equal(path, []string{"Time", "Format"})
	return input{path, argument.Text}, isInput
}

// pathOf returns the path of a field from the record.
func pathOf(node parse.Node) ([]string, bool) {
	switch n := node.(type) {
	case *parse.FieldNode:
		return n.Ident, true
	case *parse.VariableNode:
		return n.Ident[1:], n.Ident[0] == "$"
	default:
		return nil, false
	}
}

// appendTo appends what is read of rec to key. It returns false if that is a time that
// rec does not have, or a field that is not a string.
func (r input) appendTo(key []byte, rec opencdc.Record) ([]byte, bool) {
	begin := len(key)
	switch r.path[0] {
	case "Operation":
		key = binary.AppendVarint(key, int64(rec.Operation))
	case "Metadata":
		key = append(key, rec.Metadata[r.argument]...)
	case "Time":
		t, err := view{record: rec}.Time()
		if err != nil {
			return key, false
		}
		key = t.AppendFormat(key, r.argument)
	default:
		data := afterOf(rec)
		if r.path[1] == "Before" {
			data = rec.Payload.Before
		}
		text, ok := fieldOf(data, r.path[2:])
		if !ok {
			return key, false
		}
		key = append(key, text...)
	}
	return binary.BigEndian.AppendUint64(key, uint64(len(key)-begin)), true //nolint:gosec // a length is not negative
}

// fieldOf returns the string at a path of fields.
func fieldOf(data opencdc.Data, path []string) (string, bool) {
	fields, ok := data.(opencdc.StructuredData)
	for _, name := range path[:len(path)-1] {
		if !ok {
			return "", false
		}
		var inner map[string]any
		inner, ok = fields[name].(map[string]any)
		fields = inner
	}
	text, ok := fields[path[len(path)-1]].(string)
	return text, ok
}

const (
	// maxFolders is the limit of folders in a cache.
	maxFolders = 1024
	// maxCacheKey is the limit of the bytes that a template reads of a record whose
	// folder is kept.
	maxCacheKey = 1024
)

// cache has the folders by what the template has read, so that it is not executed
// again. It is safe for concurrent use. Without it, a batch of 20,000 records takes
// more than twice as much CPU time (BenchmarkWrite, json/partition).
type cache struct {
	mu      sync.RWMutex
	folders map[string]string
}

func (k *cache) get(key []byte) (string, bool) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	folder, ok := k.folders[string(key)]
	return folder, ok
}

func (k *cache) add(key []byte, folder string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.folders) == maxFolders {
		clear(k.folders)
	}
	k.folders[string(key)] = folder
}
