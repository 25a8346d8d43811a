// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package engine

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
)

// API is Conduit's HTTP API. It is safe for concurrent use.
type API struct {
	url string
}

// URL is where the API listens, like http://127.0.0.1:8080.
func (a API) URL() string { return a.url }

// Error is an answer that is not 200.
type Error struct {
	Status  int
	Message string
}

func (e *Error) Error() string { return fmt.Sprintf("%d: %s", e.Status, e.Message) }

// States of a pipeline.
const (
	Running  = "STATUS_RUNNING"
	Stopped  = "STATUS_STOPPED"
	Degraded = "STATUS_DEGRADED"
)

// State is what a pipeline does.
type State struct {
	Status string `json:"status"`
	Error  string `json:"error"` // of a degraded pipeline
}

// State returns what the pipeline does.
func (a API) State(ctx context.Context, pipeline string) (State, error) {
	var answer struct {
		State State `json:"state"`
	}
	err := a.do(ctx, http.MethodGet, "/v1/pipelines/"+url.PathEscape(pipeline), nil, &answer)
	return answer.State, err
}

// StopPipeline asks a pipeline to stop gracefully and does not wait for it.
func (a API) StopPipeline(ctx context.Context, pipeline string) error {
	return a.do(ctx, http.MethodPost, "/v1/pipelines/"+url.PathEscape(pipeline)+"/stop", map[string]bool{"force": false}, nil)
}

// ForceStopPipeline stops a pipeline without letting it finish its work. It is
// degraded then.
func (a API) ForceStopPipeline(ctx context.Context, pipeline string) error {
	return a.do(ctx, http.MethodPost, "/v1/pipelines/"+url.PathEscape(pipeline)+"/stop", map[string]bool{"force": true}, nil)
}

// Connector is one end of a pipeline.
type Connector struct {
	Type     string // "source" or "destination"
	Plugin   string
	Settings map[string]string
}

// Validate asks Conduit to check a connector, which configures the plugin.
func (a API) Validate(ctx context.Context, c Connector) error {
	types := map[string]string{"source": "TYPE_SOURCE", "destination": "TYPE_DESTINATION"}
	body := map[string]any{
		"type": types[c.Type], "plugin": c.Plugin,
		"config": map[string]any{"name": "checked", "settings": c.Settings},
	}
	return a.do(ctx, http.MethodPost, "/v1/connectors/validate", body, nil)
}

// Plugin is what Conduit knows of a plugin.
type Plugin struct {
	Name              string               `json:"name"` // like builtin:s3@v1.2.3
	Summary           string               `json:"summary"`
	Description       string               `json:"description"`
	Version           string               `json:"version"`
	Author            string               `json:"author"`
	SourceParams      map[string]Parameter `json:"sourceParams"`
	DestinationParams map[string]Parameter `json:"destinationParams"`
}

// Parameter is what a form needs to ask for one.
type Parameter struct {
	Description string       `json:"description"`
	Default     string       `json:"default"`
	Type        string       `json:"type"`
	Validations []Validation `json:"validations"`
}

// Validation is a rule that a parameter's value has to meet.
type Validation struct {
	Type  string `json:"type"`
	Value string `json:"value"`
}

// Plugins returns every connector plugin that Conduit has.
func (a API) Plugins(ctx context.Context) ([]Plugin, error) {
	var plugins []Plugin
	err := a.do(ctx, http.MethodGet, "/v1/connectors/plugins", nil, &plugins)
	return plugins, err
}

// do sends one request. A nil body is none, a nil answer is dropped.
func (a API) do(ctx context.Context, method, path string, body, answer any) error {
	if err := a.roundTrip(ctx, method, path, body, answer); err != nil {
		return fmt.Errorf("conduit: %s %s: %w", method, path, err)
	}
	return nil
}

func (a API) roundTrip(ctx context.Context, method, path string, body, answer any) error {
	var content io.Reader = http.NoBody
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return err
		}
		content = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(ctx, method, a.url+path, content)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	switch {
	case err != nil:
		return err
	case res.StatusCode != http.StatusOK:
		failure := &Error{Status: res.StatusCode, Message: string(text)}
		var status struct{ Message string }
		if json.Unmarshal(text, &status) == nil && status.Message != "" {
			failure.Message = status.Message
		}
		return failure
	case answer == nil:
		return nil
	default:
		return json.Unmarshal(text, answer)
	}
}
