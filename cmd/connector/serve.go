// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"os"
	"strconv"

	"github.com/conduitio/conduit-connector-protocol/pconnector"
	"github.com/conduitio/conduit-connector-protocol/pconnector/server"
	"github.com/conduitio/conduit-connector-protocol/pconnutils"
	"github.com/conduitio/conduit-connector-protocol/pconnutils/v1/client"
	"github.com/conduitio/conduit-connector-s3/destination"
	"github.com/conduitio/conduit-connector-s3/internal/collect"
	sdk "github.com/conduitio/conduit-connector-sdk"
	"github.com/conduitio/conduit-connector-sdk/schema"
	"github.com/rs/zerolog"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

// serve does what sdk.Serve does when Conduit starts a plugin, and wraps the
// destination, which sdk.Serve gives no way to do. It blocks until Conduit ends
// the plugin. Nothing may be printed before it is called.
func serve(c sdk.Connector) error {
	cfg := pconnector.PluginConfig{
		Token:       os.Getenv(pconnutils.EnvConduitConnectorToken),
		ConnectorID: os.Getenv(pconnector.EnvConduitConnectorID),
		LogLevel:    os.Getenv(pconnector.EnvConduitConnectorLogLevel),
	}
	logTo(os.Stderr, cfg.LogLevel)
	conn, err := grpc.NewClient(os.Getenv(pconnutils.EnvConduitConnectorUtilitiesGRPCTarget),
		grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return fmt.Errorf("reach Conduit's schemas: %w", err)
	}
	schema.Service = newSchemas(client.NewSchemaServiceClient(conn))

	spec := c.NewSpecification()
	return server.Serve(
		func() pconnector.SpecifierPlugin { return sdk.NewSpecifierPlugin(spec) },
		func() pconnector.SourcePlugin { return sdk.NewSourcePlugin(c.NewSource(), cfg, spec.SourceParams) },
		func() pconnector.DestinationPlugin {
			return collect.Destination(sdk.NewDestinationPlugin(c.NewDestination(), cfg, spec.DestinationParams),
				collect.Parameters{
					Size: destination.ConfigSdkBatchSize, Delay: destination.ConfigSdkBatchDelay, All: spec.DestinationParams,
				})
		},
		server.WithGRPCServerOptions(grpc.MaxRecvMsgSize(maxRecordSize())),
	)
}

// logTo sends the log of the SDK and the connector to file, in the shape that
// Conduit's plugin library expects. Without a level it is complete, and Conduit
// filters it.
func logTo(file *os.File, level string) {
	zerolog.LevelFieldName, zerolog.CallerFieldName = "@level", "@caller"
	zerolog.TimestampFieldName, zerolog.MessageFieldName = "@timestamp", "@message"
	l, err := zerolog.ParseLevel(level)
	if err != nil {
		l = zerolog.TraceLevel
	}
	logger := zerolog.New(file).Level(l)
	zerolog.DefaultContextLogger = &logger
}

// maxRecordSize is the most bytes that Conduit sends at once.
func maxRecordSize() int {
	size, err := strconv.Atoi(os.Getenv(pconnector.EnvConduitConnectorMaxReceiveRecordSize))
	if err != nil {
		return server.DefaultMaxReceiveRecordSize
	}
	return size
}
