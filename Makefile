# Needs Go, a C compiler, git and make, and for the tests Node.js with npm.
# Everything else is built from the modules that go.mod, e2e/go.mod and
# tools/go.mod name, or installed by npm.

# Where tools and servers are built once.
CACHE ?= .cache
export CACHE

# The version of the plugin that build makes; connector.yaml's if it is empty.
VERSION ?=

export GOWORK := off

# The linter is built once for each tools/go.sum and version of Go.
LINT_DIR := $(abspath $(CACHE))/golangci-lint-$(shell go env GOVERSION)-$(shell git hash-object tools/go.sum)
LINT := $(LINT_DIR)/golangci-lint
export GOLANGCI_LINT_CACHE ?= $(abspath $(CACHE))/lint

# What the benchmarks write.
MICRO := $(abspath $(CACHE))/bench
# What alone bench and bench-quick measure, such as destination, and whether the
# benchmarks write profiles: cpu or mem.
PROFILE ?=

# The version of Go that Conduit builds with.
CONDUIT_GO := go$(shell sed -n 's/^go //p' go.mod)

MODULES := . e2e e2e/bench/tools e2e/tools e2e/tools/versitygw tools
RACE_PACKAGES := ./internal/... ./source ./destination

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help build generate lint fmt test check check-generated check-tidy check-go bench bench-quick bench-micro demo

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)$$/\1: \2/p' Makefile | while IFS=: read -r name text; do printf '  %-16s%s\n' "$$name" "$$text"; done

build: ## build the standalone plugin, bin/conduit-connector-s3 (VERSION=v1.2.3 sets its version)
	go build $(if $(VERSION),-ldflags "-X github.com/conduitio/conduit-connector-s3.version=$(VERSION)") -o bin/conduit-connector-s3 ./cmd/connector

generate: ## make every file that is generated from the Config structs
	go generate ./...

lint: $(LINT) ## lint both modules
	@echo "==> lint the connector"
	$(LINT) run
	@echo "==> lint e2e (the first time this compiles the Conduit engine, which takes some minutes)"
	cd e2e && $(LINT) run --config ../.golangci.yml

fmt: $(LINT) ## format the code of both modules
	$(LINT) fmt

$(LINT):
	@echo "==> build golangci-lint (once; takes some minutes)"
	cd tools && go build -o $(LINT) github.com/golangci/golangci-lint/v2/cmd/golangci-lint

test: ## run every test, end to end included
	@echo "==> test the connector"
	go test -timeout=30m ./...
	@echo "==> test what is concurrent with the race detector"
	go test -race -short -timeout=30m $(RACE_PACKAGES)
	@echo "==> test end to end (the first time this builds Conduit and two S3 servers, which takes some minutes)"
	cd e2e && go run ./prepare
	cd e2e && go test -count=1 -timeout=25m ./...

check: check-generated check-tidy check-go lint test bench-quick ## run all that CI runs
	@echo "==> all checks passed"

check-generated: ## find generated files that are stale
	@echo "==> compare the generated files with fresh ones"
	go run ./gen -check

check-tidy: ## find go.mod files that are not tidy
	@status=0; for module in $(MODULES); do \
		echo "==> go mod tidy -diff in $$module"; \
		(cd $$module && go mod tidy -diff) || { status=1; echo "$$module is not tidy; this mends it: cd $$module && go mod tidy"; }; \
	done; exit $$status

check-go: ## build and vet the connector with the version of Go that Conduit builds with
	@echo "==> build and vet with $(CONDUIT_GO)"
	@GOTOOLCHAIN=$(CONDUIT_GO) go version >/dev/null || { echo "$(CONDUIT_GO), which Conduit builds with, is needed once from the module proxy: GOTOOLCHAIN=$(CONDUIT_GO) go version"; exit 1; }
	GOTOOLCHAIN=$(CONDUIT_GO) go build ./...
	GOTOOLCHAIN=$(CONDUIT_GO) go vet ./...

bench: ## measure the connector on this machine and write docs/performance.md (a quarter of an hour; PROFILE=cpu or mem keeps profiles instead)
	@echo "==> bench (the first time this builds Conduit and rclone, which takes some minutes)"
	cd e2e && go run ./bench -only=$(ONLY) -profile=$(PROFILE)

bench-quick: ## measure a little in a minute or two, and fail if something is out of bounds
	@echo "==> bench-quick"
	cd e2e && go run ./bench -quick -only=$(ONLY) -profile=$(PROFILE)

bench-micro: ## run the micro-benchmarks, for benchstat (PROFILE=cpu or mem keeps profiles)
	@mkdir -p $(MICRO)/profiles && : >$(MICRO)/micro.txt
	@for dir in $$(git grep -l '^func Benchmark' -- '*_test.go' ':!e2e' | xargs -n1 dirname | sort -u); do \
		profile=$(MICRO)/profiles/micro-$$(basename $$dir); \
		go test -run='^$$' -bench=. -benchmem -count=6 \
			$(if $(PROFILE),-$(PROFILE)profile=$$profile.$(PROFILE).pprof -o $$profile.test) ./$$dir >$(MICRO)/micro.part \
			|| { cat $(MICRO)/micro.part; exit 1; }; \
		tee -a $(MICRO)/micro.txt <$(MICRO)/micro.part; \
	done; rm $(MICRO)/micro.part; echo "written: $(MICRO)/micro.txt"

demo: ## show the connector at work: MinIO, the Conduit engine and a pipeline from S3 to S3
	@echo "==> demo (the first time this builds Conduit and a MinIO server, which takes some minutes)"
	cd e2e && go run ./demo
