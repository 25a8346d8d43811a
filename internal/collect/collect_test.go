// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package collect_test

import (
	"context"
	"errors"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/conduitio/conduit-commons/config"
	"github.com/conduitio/conduit-commons/opencdc"
	"github.com/conduitio/conduit-connector-protocol/pconnector"
	"github.com/conduitio/conduit-connector-s3/internal/collect"
	"gotest.tools/v3/assert"
	is "gotest.tools/v3/assert/cmp"
)

var params = collect.Parameters{
	Size: "size", Delay: "delay",
	All: config.Parameters{"size": {Default: "3"}, "delay": {Default: "1s"}, "other": {Default: "kept"}},
}

// plugin is a destination whose Run is run. It notes its configuration.
type plugin struct {
	pconnector.DestinationPlugin
	config config.Config
	run    func(pconnector.DestinationRunStreamServer) error
}

func (p *plugin) Configure(_ context.Context, req pconnector.DestinationConfigureRequest) (pconnector.DestinationConfigureResponse, error) {
	p.config = req.Config
	return pconnector.DestinationConfigureResponse{}, nil
}

func (p *plugin) Open(context.Context, pconnector.DestinationOpenRequest) (pconnector.DestinationOpenResponse, error) {
	return pconnector.DestinationOpenResponse{}, nil
}

func (p *plugin) Run(_ context.Context, s pconnector.DestinationRunStream) error {
	return p.run(s.Server())
}

func (p *plugin) Stop(context.Context, pconnector.DestinationStopRequest) (pconnector.DestinationStopResponse, error) {
	return pconnector.DestinationStopResponse{}, nil
}

// stream gives out the requests and then the error, and counts them.
type stream struct {
	pconnector.DestinationRunStreamServer
	requests []pconnector.DestinationRunRequest
	err      error
	received int
}

func (s *stream) Client() pconnector.DestinationRunStreamClient { return nil }

func (s *stream) Server() pconnector.DestinationRunStreamServer { return s }

func (s *stream) Recv() (pconnector.DestinationRunRequest, error) {
	if s.received == len(s.requests) {
		return pconnector.DestinationRunRequest{}, s.err
	}
	s.received++
	return s.requests[s.received-1], nil
}

// single returns n requests of a record each, with the positions 0 … n-1.
func single(n int) []pconnector.DestinationRunRequest {
	var requests []pconnector.DestinationRunRequest
	for i := range n {
		requests = append(requests, pconnector.DestinationRunRequest{
			Records: []opencdc.Record{{Position: opencdc.Position(strconv.Itoa(i))}},
		})
	}
	return requests
}

func start(t *testing.T, p *plugin, settings config.Config) pconnector.DestinationPlugin {
	t.Helper()
	d := collect.Destination(p, params)
	_, err := d.Configure(t.Context(), pconnector.DestinationConfigureRequest{Config: settings})
	assert.NilError(t, err)
	_, err = d.Open(t.Context(), pconnector.DestinationOpenRequest{})
	assert.NilError(t, err)
	return d
}

func TestConfigure_WhatThePluginIsTold(t *testing.T) {
	for name, test := range map[string]struct{ given, want config.Config }{
		"the defaults":        {nil, config.Config{"size": "0", "delay": "0", "other": "kept"}},
		"a size":              {config.Config{"size": "10", "delay": "0"}, config.Config{"size": "0", "delay": "0", "other": "kept"}},
		"a delay":             {config.Config{"size": "0", "delay": "5m"}, config.Config{"size": "0", "delay": "0", "other": "kept"}},
		"no batches":          {config.Config{"size": "0", "delay": "0"}, config.Config{"size": "0", "delay": "0"}},
		"batches of a record": {config.Config{"size": "1", "delay": "0"}, config.Config{"size": "1", "delay": "0"}},
		"no number":           {config.Config{"size": "many"}, config.Config{"size": "many"}},
		"a number below zero": {config.Config{"size": "-1"}, config.Config{"size": "-1"}},
		"no duration":         {config.Config{"delay": "10"}, config.Config{"delay": "10"}},
		"a duration below 0":  {config.Config{"delay": "-1s"}, config.Config{"delay": "-1s"}},
		"spaces around them":  {config.Config{"size": " ", "delay": " 2s "}, config.Config{"size": "0", "delay": "0", "other": "kept"}},
	} {
		t.Run(name, func(t *testing.T) {
			p := &plugin{}
			start(t, p, test.given)
			assert.Check(t, is.DeepEqual(p.config, test.want))
		})
	}
}

func TestRecv_EndsWithTheStream(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broken := errors.New("broken")
		var got []int
		d := start(t, &plugin{run: func(s pconnector.DestinationRunStreamServer) error {
			for {
				req, err := s.Recv()
				if err != nil {
					return err
				}
				got = append(got, len(req.Records))
			}
		}}, nil)
		err := d.Run(t.Context(), &stream{requests: single(7), err: broken})
		assert.Check(t, is.ErrorIs(err, broken))
		assert.Check(t, is.DeepEqual(got, []int{3, 3}), "the rest can't be acknowledged any more")
	})
}

func TestRecv_TakesOneRequestInAdvance(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &stream{requests: single(100)}
		d := start(t, &plugin{run: func(server pconnector.DestinationRunStreamServer) error {
			_, err := server.Recv()
			assert.NilError(t, err)
			<-time.After(time.Hour) // the batch is written
			return nil
		}}, nil)
		assert.NilError(t, d.Run(t.Context(), s))
		synctest.Wait()
		assert.Check(t, is.Equal(s.received, 4), "a batch of three and one more")
	})
}

func TestStop_EndsTheBatchAtTheLastRecordOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		feed := &slow{gap: 100 * time.Millisecond, stream: stream{requests: single(2)}}
		var got []int
		var took time.Duration
		began := time.Now()
		d := start(t, &plugin{run: func(s pconnector.DestinationRunStreamServer) error {
			req, err := s.Recv()
			got, took = append(got, len(req.Records)), time.Since(began)
			return err
		}}, config.Config{"delay": "1h"})
		_, err := d.Stop(t.Context(), pconnector.DestinationStopRequest{LastPosition: opencdc.Position("1")})
		assert.NilError(t, err)
		assert.NilError(t, d.Run(t.Context(), feed))
		<-time.After(feed.gap) // what receives in advance has ended
		assert.Check(t, is.DeepEqual(got, []int{2}))
		assert.Check(t, is.Equal(took, 200*time.Millisecond))
	})
}

// slow is a stream on which a request comes after each gap.
type slow struct {
	stream
	gap time.Duration
}

func (s *slow) Server() pconnector.DestinationRunStreamServer { return s }

func (s *slow) Recv() (pconnector.DestinationRunRequest, error) {
	<-time.After(s.gap)
	return s.stream.Recv()
}
