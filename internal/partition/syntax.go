// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package partition

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"text/template/parse"
	"time"
	"unicode"
	"unicode/utf8"
)

// escapeActions adds a call of escape to each action below node that has output, as
// html/template does.
func escapeActions(node parse.Node) {
	switch n := node.(type) {
	case *parse.ListNode:
		for _, child := range nodesOf(n) {
			escapeActions(child)
		}
	case *parse.ActionNode:
		if len(n.Pipe.Decl) == 0 { // otherwise it has no output
			call := parse.NewIdentifier(escapeName).SetPos(n.Pos)
			n.Pipe.Cmds = append(n.Pipe.Cmds, &parse.CommandNode{NodeType: parse.NodeCommand, Pos: n.Pos, Args: []parse.Node{call}})
		}
	default:
		if branch := branchOf(node); branch != nil {
			escapeActions(branch.List)
			escapeActions(branch.ElseList)
		}
	}
}

// checkFields returns an error for each field below node that no record has, and for
// each invalid folder name, as far as that is known without a record. atRoot says
// whether the dot is the record.
func checkFields(node parse.Node, atRoot bool) error {
	switch n := node.(type) {
	case *parse.ListNode:
		return checkAll(nodesOf(n), atRoot)
	case *parse.TextNode:
		text := string(n.Text)
		for _, name := range []string{"//", "/./", "/../"} {
			if strings.Contains(text, name) {
				return fmt.Errorf("%q has an invalid folder name", text)
			}
		}
		if !utf8.ValidString(text) {
			return fmt.Errorf("%q is not valid UTF-8, which folder names must be", text)
		}
		if strings.ContainsFunc(text, unicode.IsControl) { // such as the newline at the end of a YAML block
			return fmt.Errorf("%q has control characters, which are not allowed in folder names", text)
		}
	case *parse.ActionNode:
		return checkFields(n.Pipe, atRoot)
	case *parse.TemplateNode:
		return checkFields(n.Pipe, atRoot)
	case *parse.PipeNode:
		if n == nil {
			return nil
		}
		var errs []error
		for _, command := range n.Cmds {
			errs = append(errs, checkAll(command.Args, atRoot))
		}
		return errors.Join(errs...)
	case *parse.FieldNode:
		if atRoot {
			return checkField(n.Ident)
		}
	case *parse.VariableNode:
		if n.Ident[0] == "$" {
			return checkField(n.Ident[1:])
		}
	default:
		if branch := branchOf(node); branch != nil {
			_, same := node.(*parse.IfNode) // the others change the dot
			return errors.Join(
				checkFields(branch.Pipe, atRoot),
				checkFields(branch.List, atRoot && same),
				checkFields(branch.ElseList, atRoot))
		}
	}
	return nil
}

func checkAll(nodes []parse.Node, atRoot bool) error {
	var errs []error
	for _, n := range nodes {
		errs = append(errs, checkFields(n, atRoot))
	}
	return errors.Join(errs...)
}

// checkField returns an error if a view has no field with a path, as far as that is
// known without a record.
func checkField(path []string) error {
	t := reflect.TypeFor[view]()
	for i, name := range path {
		switch t {
		case reflect.TypeFor[view](), reflect.TypeFor[payload](), reflect.TypeFor[time.Time]():
		default:
			return nil
		}
		method, ok := t.MethodByName(name)
		if !ok {
			return fmt.Errorf("a record has no field .%s", strings.Join(path[:i+1], "."))
		}
		t = method.Type.Out(0)
	}
	return nil
}

// checkZones returns an error if a template names a time zone that there is not.
func checkZones(root parse.Node) (err error) {
	walk(root, func(node parse.Node) {
		command, ok := node.(*parse.CommandNode)
		if !ok || err != nil {
			return
		}
		function, ok := command.Args[0].(*parse.IdentifierNode)
		if !ok {
			return
		}
		at := map[string]int{"inZone": 1, "dateInZone": 3}[function.Ident]
		if at == 0 || at >= len(command.Args) {
			return
		}
		if zone, ok := command.Args[at].(*parse.StringNode); ok {
			_, err = locationOf(zone.Text)
		}
	})
	return err
}

// walk calls visit for a node and each one below it.
func walk(node parse.Node, visit func(parse.Node)) {
	visit(node)
	switch n := node.(type) {
	case *parse.ListNode:
		walkAll(nodesOf(n), visit)
	case *parse.ActionNode:
		walk(n.Pipe, visit)
	case *parse.TemplateNode:
		if n.Pipe != nil {
			walk(n.Pipe, visit)
		}
	case *parse.PipeNode:
		for _, command := range n.Cmds {
			walk(command, visit)
		}
	case *parse.CommandNode:
		walkAll(n.Args, visit)
	case *parse.ChainNode:
		walk(n.Node, visit)
	default:
		if branch := branchOf(node); branch != nil {
			walk(branch.Pipe, visit)
			walkAll(nodesOf(branch.List), visit)
			walkAll(nodesOf(branch.ElseList), visit)
		}
	}
}

func walkAll(nodes []parse.Node, visit func(parse.Node)) {
	for _, node := range nodes {
		walk(node, visit)
	}
}

func nodesOf(list *parse.ListNode) []parse.Node {
	if list == nil {
		return nil
	}
	return list.Nodes
}

// branchOf returns the common part of if, range and with, or nil.
func branchOf(node parse.Node) *parse.BranchNode {
	switch n := node.(type) {
	case *parse.IfNode:
		return &n.BranchNode
	case *parse.RangeNode:
		return &n.BranchNode
	case *parse.WithNode:
		return &n.BranchNode
	default:
		return nil
	}
}
