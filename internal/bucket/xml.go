// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package bucket

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
)

// maxDepth is more than the elements of any answer of S3 are nested.
const maxDepth = 64

// xmlReader walks through the elements of an XML document that S3 answers. It
// knows the XML that data needs: no document types, and no entities but the
// predefined ones and numbers. encoding/xml takes some ten times as long, which
// is most of what a scan of a large bucket would cost.
type xmlReader struct {
	data  []byte // the rest of the document
	quote func(string) string
	open  []string
	empty bool // the element that was just opened has no end tag
}

var errXML = errors.New("malformed XML")

// child moves on to the next element inside of the one that is open and returns
// its name, without a prefix, or false at the end of the open one, which is then
// closed. Text between elements is passed over.
func (r *xmlReader) child() (name string, ok bool, err error) {
	if r.empty {
		r.empty = false
		r.open = r.open[:len(r.open)-1]
		return "", false, nil
	}
	for {
		i := bytes.IndexByte(r.data, '<')
		if i < 0 {
			return "", false, io.ErrUnexpectedEOF
		}
		r.data = r.data[i:]
		if skipped, err := r.skipMarkup(); err != nil {
			return "", false, err
		} else if skipped {
			continue
		}
		if len(r.data) > 1 && r.data[1] == '/' {
			return "", false, r.closeTag()
		}
		name, err := r.openTag()
		return name, err == nil, err
	}
}

// skipMarkup passes over declarations, comments and CDATA between elements.
func (r *xmlReader) skipMarkup() (bool, error) {
	if len(r.data) < 2 || r.data[1] != '?' && r.data[1] != '!' {
		return false, nil
	}
	for _, m := range []struct{ begin, end string }{{"<?", "?>"}, {"<!--", "-->"}, {"<![CDATA[", "]]>"}} {
		if bytes.HasPrefix(r.data, []byte(m.begin)) {
			i := bytes.Index(r.data, []byte(m.end))
			if i < 0 {
				return false, io.ErrUnexpectedEOF
			}
			r.data = r.data[i+len(m.end):]
			return true, nil
		}
	}
	return false, nil
}

func (r *xmlReader) openTag() (string, error) {
	end := endOfTag(r.data)
	if end < 0 {
		return "", io.ErrUnexpectedEOF
	}
	tag := r.data[1:end]
	r.data = r.data[end+1:]
	if n := len(tag); n > 0 && tag[n-1] == '/' {
		r.empty, tag = true, tag[:n-1]
	}
	if i := bytes.IndexAny(tag, " \t\r\n"); i >= 0 {
		tag = tag[:i] // attributes do not matter
	}
	name := internName(local(tag))
	if name == "" || name[0] == '!' {
		return "", fmt.Errorf("%w: tag %s", errXML, r.quote(string(tag)))
	}
	if len(r.open) == maxDepth {
		return "", fmt.Errorf("%w: elements are nested more than %d deep", errXML, maxDepth)
	}
	r.open = append(r.open, name)
	return name, nil
}

// endOfTag returns the index of the > that ends the tag at the head of data.
func endOfTag(data []byte) int {
	var quote byte
	for i, c := range data {
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			return i
		}
	}
	return -1
}

func (r *xmlReader) closeTag() error {
	end := bytes.IndexByte(r.data, '>')
	if end < 0 {
		return io.ErrUnexpectedEOF
	}
	name := local(bytes.TrimRight(r.data[2:end], " \t\r\n"))
	if len(r.open) == 0 || r.open[len(r.open)-1] != string(name) {
		return fmt.Errorf("%w: end of %s is out of place", errXML, r.quote(string(name)))
	}
	r.data = r.data[end+1:]
	r.open = r.open[:len(r.open)-1]
	return nil
}

// skip closes the element that is open, with all that it holds.
func (r *xmlReader) skip() error {
	for depth := len(r.open); len(r.open) >= depth; {
		if _, _, err := r.child(); err != nil {
			return err
		}
	}
	return nil
}

// text returns the text of the element that is open and closes it. Elements
// inside of it are passed over. The text is valid until the document changes.
func (r *xmlReader) text() ([]byte, error) {
	if r.empty {
		_, _, err := r.child()
		return nil, err
	}
	end := bytes.IndexByte(r.data, '<')
	if end < 0 {
		return nil, io.ErrUnexpectedEOF
	}
	text := r.data[:end]
	if bytes.HasPrefix(r.data[end:], []byte("</")) && bytes.IndexByte(text, '&') < 0 {
		r.data = r.data[end:]
		return text, r.closeTag()
	}
	return r.mixedText()
}

// mixedText is text for what holds entities, CDATA, comments or elements.
func (r *xmlReader) mixedText() ([]byte, error) {
	var text []byte
	for {
		end := bytes.IndexByte(r.data, '<')
		if end < 0 {
			return nil, io.ErrUnexpectedEOF
		}
		text = slices.Grow(text, end)
		var err error
		if text, err = appendUnescaped(text, r.data[:end]); err != nil {
			return nil, err
		}
		r.data = r.data[end:]
		switch cdata := []byte("<![CDATA["); {
		case bytes.HasPrefix(r.data, []byte("</")):
			return text, r.closeTag()
		case bytes.HasPrefix(r.data, cdata):
			end := bytes.Index(r.data, []byte("]]>"))
			if end < 0 {
				return nil, io.ErrUnexpectedEOF
			}
			text = append(text, r.data[len(cdata):end]...)
			r.data = r.data[end+3:]
		default:
			if skipped, err := r.skipMarkup(); err != nil {
				return nil, err
			} else if skipped {
				continue
			}
			if _, err := r.openTag(); err != nil {
				return nil, err
			}
			if err := r.skip(); err != nil {
				return nil, err
			}
		}
	}
}
