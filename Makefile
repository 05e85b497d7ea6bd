# `make help` lists what there is. Everything made lands in build/ (and
# infra/node_modules); the sources stay as they were.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# The Lambda architecture: arm64 in the cloud, the host's own on the emulator.
ARCH ?= arm64
HOST_ARCH = $(shell go env GOARCH)
FUNCTIONS := $(sort $(notdir $(patsubst %/main.go,%,$(wildcard functions/*/main.go))))
OUTPUT ?= build/$(ARCH)

# The same sources give the same bytes in every folder and at every commit.
LAMBDA_BUILD = CGO_ENABLED=0 GOOS=linux GOARCH=$(ARCH) go build -trimpath -buildvcs=false -tags lambda.norpc -ldflags "-s -w"

GOLANGCI_VERSION := v2.15.0
GOLANGCI := build/tools/bin/golangci-lint-$(GOLANGCI_VERSION)
GOVULNCHECK_VERSION := v1.1.4
GOVULNCHECK := build/tools/bin/govulncheck-$(GOVULNCHECK_VERSION)
# Built as the functions are, it shares their compiled packages.
LOCAL := CGO_ENABLED=0 go run -trimpath -buildvcs=false ./infra/local
CDK := infra/node_modules/.bin/cdk

# Node 20 works; its end-of-life banner says nothing about this project.
export JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION := 20

STAGE ?= dev
ARGS ?=
PERIOD ?=
FACTS ?=
OUT ?=
N ?= 1000000
SEED ?= 1
SCOPE ?= invite cases approve reports privacy intake
DEVICE ?= kiosk-cologne-1
FN ?=
EVENT ?=
QUEUE ?=
ONLY ?=
MAX ?=
REDRIVE ?=
DROP ?=
FILE ?=
API ?=
GROUP ?=
GIVEN ?=
FORMAT ?=
MAP ?=
DRY ?=
MONTHS ?=
RUNS ?=
SHORT ?=
RATE ?=
CONCURRENCY ?=
SECONDS ?=
MINUTES ?=
MIX ?=
EMULATOR ?=
FROM ?=
REPLAY ?=
FILL ?=
BUCKET ?=
ATTACHMENTS ?=
SINCE ?=
UNTIL ?=
TO ?=
SECRET ?=
TIME ?= 60s
RETIRE ?=
FORCE ?=

##@ See it work
demo: tools ## Deploy the whole stack to a local emulator and play a month of customers through it
	@$(LOCAL) demo

up: tools ## Deploy the stack to a local emulator; outputs in build/local/outputs.json
	@$(LOCAL) up

down: ## End the local emulator and everything it started
	@$(LOCAL) down

# Both are of the local stack unless the command line names a stage.
CREDENTIAL = $(if $(findstring command,$(origin STAGE)),CGO_ENABLED=0 go run -trimpath -buildvcs=false ./infra/credential/cmd $(1) --stage "$(STAGE)",$(LOCAL) $(1))

token: ## A JWT: make token SCOPE="invite reports" [STAGE=prod]
	@$(call CREDENTIAL,token) --scope "$(SCOPE)"

device-key: ## Key and enrolment link of a configured device: make device-key DEVICE=kiosk-cologne-1 [STAGE=prod]
	@$(call CREDENTIAL,device-key) --device "$(DEVICE)"

##@ Work with it
# The access token is read from the environment, where `make TOKEN=…` puts it.
invite: ## Invite a CSV of contacts: make invite FILE=contacts.csv [OUT=links.csv] [STAGE=dev TOKEN=…] [API=https://… TOKEN=…]
	@: $${FILE:?"name the contacts: make invite FILE=contacts.csv"}
	@CGO_ENABLED=0 go run -trimpath -buildvcs=false ./infra/invite --file "$(FILE)" $(if $(OUT),--out "$(OUT)") $(if $(API),--api "$(API)") $(GIVEN_STAGE)

# Without STAGE the local stack is meant, whatever its default.
GIVEN_STAGE = $(if $(filter command line environment,$(origin STAGE)),--stage "$(STAGE)")
IMPORTER = CGO_ENABLED=0 go run -trimpath -buildvcs=false ./infra/importer
EXPORTER = CGO_ENABLED=0 go run -trimpath -buildvcs=false ./infra/exporter

import: ## Bring in past ratings and complaints: make import FILE=past.csv [FORMAT=csv|qualtrics|zendesk] [MAP=map.yaml] [DRY=1] [STAGE=dev TOKEN=…] [API=https://… TOKEN=…]
	@: $${FILE:?"name the file: make import FILE=past.csv (or FORMAT=qualtrics, FORMAT=zendesk; see infra/importer/README.md)"}
	@$(IMPORTER) file --file "$(FILE)" $(if $(FORMAT),--format "$(FORMAT)") $(if $(MAP),--map "$(MAP)") $(if $(filter 1,$(DRY)),--dry) $(if $(API),--api "$(API)") $(GIVEN_STAGE)

# N and SEED have other defaults for facts: here they count when they are given.
seed: ## Plainly synthetic past months: make seed [MONTHS=6] [N=200] [SEED=1] [STAGE=dev TOKEN=…]; the local stack unless STAGE is given
	@$(IMPORTER) seed $(if $(MONTHS),--months "$(MONTHS)") $(if $(filter command line environment,$(origin N)),--n "$(N)") --seed "$(SEED)" $(GIVEN_STAGE)

export: ## Everything back, as Parquet, CSV and JSON Lines: make export OUT=dir [LOCAL=1] [STAGE=dev]
	@: $${OUT:?"name a folder: make export OUT=backup (LOCAL=1 for the local stack)"}
	@$(EXPORTER) --out "$(OUT)" $(WHERE)

# Who it is goes by the environment, where make puts it: what is on a command line
# everybody on the machine can read.
customer: ## What is kept of a customer, or its erasure: make customer KEY=key|CASE=number|RESPONSE=key|EMAIL=address [ERASE=1] [BY=code] [LOCAL=1|STAGE=dev]
	@CGO_ENABLED=0 go run -trimpath -buildvcs=false ./infra/customer $(if $(filter 1,$(ERASE)),--erase) $(if $(BY),--by "$(BY)") $(WHERE)

RECOVER = CGO_ENABLED=0 go run -trimpath -buildvcs=false ./infra/recover

restore: ## A backup into a new stack: make restore FROM=folder|table:NAME [REPLAY=24h] [FILL=1] [BUCKET=old] [ATTACHMENTS=old] [LOCAL=1|STAGE=dev]
	@: $${FROM:?"name what to restore: make restore FROM=build/export LOCAL=1, or FROM=table:NAME"}
	@$(RECOVER) restore --from "$(FROM)" $(if $(REPLAY),--replay "$(REPLAY)") $(if $(filter 1,$(FILL)),--fill) $(if $(BUCKET),--bucket "$(BUCKET)") \
		$(if $(ATTACHMENTS),--attachments "$(ATTACHMENTS)") $(WHERE)

# PERIOD counts when it is given, else all months do.
rebuild: ## Facts made again from the table: make rebuild [PERIOD=2026-03] [OUT=dir] [LOCAL=1|STAGE=dev]
	@$(RECOVER) rebuild $(if $(PERIOD),--period "$(PERIOD)") $(if $(OUT),--out "$(OUT)") $(WHERE)

replay: ## Send again what a window of time had to set off: make replay SINCE=24h [UNTIL=time] [TO="escalation mail"] [LOCAL=1|STAGE=dev]
	@: $${SINCE:?"say since when: make replay SINCE=24h LOCAL=1"}
	@$(RECOVER) replay --since "$(SINCE)" $(if $(UNTIL),--until "$(UNTIL)") $(if $(TO),--to "$(TO)") $(WHERE)

secrets: ## Keep the secrets of a stack in a file, or put them back: make secrets OUT=file|FROM=file [LOCAL=1|STAGE=dev]
	@$(RECOVER) secrets $(if $(OUT),--out "$(OUT)") $(if $(FROM),--from "$(FROM)") $(WHERE)

# LANGUAGE would be taken from the environment, where it means something else.
cards: browser ## Print cards and signs as PDF: make cards [URL=https://…] [CARD=visit] [TOUCHPOINT=id] [SPEAK=de] [COUNT=50 FIRST=1001] [MARKS=1] [OUT=dir]
	@CGO_ENABLED=0 go run -trimpath -buildvcs=false ./infra/cards $(if $(URL),--url "$(URL)") $(if $(CARD),--card "$(CARD)") $(if $(TOUCHPOINT),--touchpoint "$(TOUCHPOINT)") \
		$(if $(SPEAK),--language "$(SPEAK)") $(if $(COUNT),--count "$(COUNT)") $(if $(FIRST),--first "$(FIRST)") $(if $(MARKS),--marks) $(if $(OUT),--out "$(OUT)")

invoke: ## Run one function binary on one payload: make invoke FN=rating EVENT=events/samples/…
	@: $${FN:?"name the function: make invoke FN=rating EVENT=events/samples/rating-get.json"} $${EVENT:?"name the payload: make invoke FN=rating EVENT=events/samples/rating-get.json"}
	@$(MAKE) build ARCH=$(HOST_ARCH) FUNCTIONS="$(FN)" >/dev/null
	@$(LOCAL) invoke --fn "$(FN)" --event "$(EVENT)"

# LOCAL=1 means the stack of `make up`, else the deployed one of STAGE.
DEAD_LETTERS = CGO_ENABLED=0 go run -trimpath -buildvcs=false ./infra/deadletters
WHERE = $(if $(filter 1,$(LOCAL)),--local,--stage "$(STAGE)")

dlq: ## Dead letters, why, and what becomes of them: make dlq [QUEUE=escalation] [ONLY=id] [MAX=n] [REDRIVE=1|DROP=1] [LOCAL=1|STAGE=dev]
	@case "$(REDRIVE)$(DROP)" in ""|1) ;; *) echo "say either REDRIVE=1 or DROP=1"; exit 2;; esac
	@$(DEAD_LETTERS) $(if $(REDRIVE),redrive,$(if $(DROP),drop --yes,list)) $(if $(QUEUE),--queue "$(QUEUE)") $(if $(ONLY),--only "$(ONLY)") $(if $(MAX),--max "$(MAX)") $(WHERE)

# Who is new gets a mail in the cloud, and a password at once on this machine.
staff: ## Who may sign in at the desk: make staff [EMAIL=anna@example.com CODE=a.k ROLES="cases reports"] [REMOVE=1] [LOCAL=1|STAGE=dev]
	@CGO_ENABLED=0 go run -trimpath -buildvcs=false ./infra/staff $(WHERE) $(if $(EMAIL),--email "$(EMAIL)") $(if $(CODE),--code "$(CODE)") \
		$(if $(ROLES),--roles "$(ROLES)") $(if $(filter 1,$(REMOVE)),--remove)

rotate: ## A new signing key, the old one counts on: make rotate SECRET=link|device|webhook [RETIRE=1] [FORCE=1] [LOCAL=1|STAGE=dev]
	@: $${SECRET:?"name the secret: make rotate SECRET=link (or device, webhook)"}
	@CGO_ENABLED=0 go run -trimpath -buildvcs=false ./infra/rotate/cmd --secret "$(SECRET)" $(if $(filter 1,$(RETIRE)),--retire) $(if $(filter 1,$(FORCE)),--force) $(WHERE)

##@ Reports without AWS
report: ## Report from a folder of Parquet facts: make report PERIOD=2026-03 FACTS=dir OUT=dir [GROUP=id] [GIVEN=inputs.json] [CUTOFF=time]
	@: $${PERIOD:?"name the month: make report PERIOD=2026-03 FACTS=dir OUT=dir"} $${FACTS:?"name the folder of facts: make report PERIOD=2026-03 FACTS=dir OUT=dir"} $${OUT:?"name a folder: make report PERIOD=2026-03 FACTS=dir OUT=dir"}
	@CGO_ENABLED=0 go run -trimpath -buildvcs=false ./infra/offline report --period "$(PERIOD)" --facts "$(FACTS)" --out "$(OUT)" $(if $(GROUP),--group "$(GROUP)") $(if $(GIVEN),--given "$(GIVEN)") $(if $(CUTOFF),--cutoff "$(CUTOFF)")

facts: ## Synthetic Parquet facts: make facts N=1000000 PERIOD=2026-03 SEED=1 OUT=dir
	@: $${PERIOD:?"name the month: make facts PERIOD=2026-03 OUT=dir"} $${OUT:?"name a folder: make facts PERIOD=2026-03 OUT=dir"}
	@CGO_ENABLED=0 go run -trimpath -buildvcs=false ./infra/offline facts --n "$(N)" --period "$(PERIOD)" --seed "$(SEED)" --out "$(OUT)"

compact: ## Merge small Parquet files of facts in a folder into few large ones: make compact FACTS=dir
	@CGO_ENABLED=0 go run -trimpath -buildvcs=false ./infra/offline compact --facts "$(FACTS)"

##@ Check it
# Browsers and the emulator wait more than they compute: four packages at a time
# keep two processors busy. Functions come first, since their browsers take
# longest. The stack's tests never come from the cache: it does not know the
# binaries that they deploy. The laws of fact files compress thousands of them:
# in full without the race detector, which makes that ten times as slow, and by a
# few examples with it.
LAWS := ./shared/compact ./shared/factfile ./shared/monthly

# What go vet says is of `make lint`.
test: tools browser node ## Everything: unit, contract, stack, end to end on the emulator, browser
	go test -race -p 4 $$(go list ./functions/... ./shared/... ./events/... | grep -vE '/shared/(compact|factfile|monthly)$$')
	go test $(LAWS)
	go test -race $(LAWS) -rapid.checks=20
	go test -count=1 -p 4 -timeout 20m ./infra/...

lint: $(GOLANGCI) ## gofmt, go vet and the pinned linters
	$(GOLANGCI) run ./...

# Functions of their own folder, and figures in build/bench/bench.json and, as
# benchstat reads them, in bench.txt and packages.txt.
BENCH = build/bench/bench --dir build/bench --commit "$$(git describe --always --dirty 2>/dev/null || echo unknown)" $(if $(ONLY),--only "$(ONLY)")

bench: ## Measure every function beside two references, then packages, the report and the demo: make bench [ONLY=rating]
	@mkdir -p build/bench && $(MAKE) build ARCH=$(HOST_ARCH) OUTPUT=build/bench/functions >/dev/null
	@go build -o build/bench/bench ./infra/bench && $(BENCH)
	@$(if $(ONLY),,$(MAKE) bench-rest)

bench-rest:
	go test -run '^$$' -bench . -benchmem ./shared/... ./functions/... | grep -v 'no test files' | tee build/bench/packages.txt
	@rm -rf build/bench/facts && $(MAKE) facts N=1000000 PERIOD=2026-03 SEED=1 OUT=build/bench/facts
	@go build -o build/bench/offline ./infra/offline && build/bench/offline bench --period 2026-03 --facts build/bench/facts
	@if [ -e build/local/outputs.json ]; then echo "make demo: not measured, the local stack is up (make down ends it)"; \
	else begin=$$SECONDS; $(MAKE) demo >build/bench/demo.log || { cat build/bench/demo.log; exit 1; }; \
		echo "make demo, tools and compiled packages at hand: $$((SECONDS - begin)) s (at most 90)"; $(LOCAL) down; fi

cost: ## What ratings, complaints, invitations and an idle month cost, from recorded calls and a list of prices: make cost [ARGS=--write]
	@CGO_ENABLED=0 go run -trimpath -buildvcs=false ./infra/cost $(ARGS)

chaos: tools ## Kill each function at each of its calls, then make calls fail at random: make chaos [SEED=1] [RUNS=20] [ONLY=courier] [SHORT=1]
	@CGO_ENABLED=0 go run -trimpath -buildvcs=false ./infra/chaos -seed "$(SEED)" $(if $(RUNS),-runs "$(RUNS)") $(if $(ONLY),-only "$(ONLY)") $(if $(filter 1,$(SHORT)),-short)

stats-check: tools ## Compare our statistics with statsmodels and scipy on 10,000 random inputs each: make stats-check [SEED=1]
	@CGO_ENABLED=0 go run -trimpath -buildvcs=false ./infra/offline/statscheck -seed "$(SEED)"

# What DuckDB works out of the same files is compared figure by figure; each size
# has its bounds of seconds and of MiB. The figures are kept beside the facts.
bench-report: ## The report and DuckDB side by side on 1, 2.5, 5 and 10 M facts: figures, time, memory
	@rm -rf build/bench-report && mkdir -p build/bench-report && go build -o build/bench-report/offline ./infra/offline
	@python3 -m venv build/duckdb && build/duckdb/bin/pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r infra/offline/requirements.txt \
		|| { rm -rf build/duckdb; echo "DuckDB cannot be installed here: the report is measured alone"; }
	@for size in "1000000 5 320" "2500000 10 540" "5000000 20 900" "10000000 40 1230"; do set -- $$size; \
		build/bench-report/offline facts --n $$1 --period 2026-03 --out build/bench-report/$$1 && \
		build/bench-report/offline beside --period 2026-03 --facts build/bench-report/$$1 --seconds $$2 --mib $$3 --runs 3 \
			--figures build/bench-report/figures.json --commit "$$(git describe --always --dirty 2>/dev/null)" \
			$$(test -x build/duckdb/bin/python && echo --python build/duckdb/bin/python) || exit 1; done

scale: ## How far it goes, by simulation and on paper: heat of keys, queues under bursts, report time, quotas: make scale [MEASURE=1] [ARGS=-update]
	@$(if $(MEASURE),$(MAKE) build ARCH=$(HOST_ARCH) OUTPUT=build/scale/functions FUNCTIONS="escalation facts fanout rating" >/dev/null)
	@$(if $(MEASURE),CGO_ENABLED=0 go run -trimpath -buildvcs=false ./infra/scale -measure "$(CURDIR)/build/scale/functions")
	@test -z "$(MEASURE)" || test ! -e build/bench-report/figures.json || CGO_ENABLED=0 go run -trimpath -buildvcs=false ./infra/scale -report build/bench-report/figures.json
	@test -x build/duckdb/bin/python || { python3 -m venv build/duckdb && build/duckdb/bin/pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r infra/offline/requirements.txt; } \
		|| { rm -rf build/duckdb; echo "DuckDB cannot be installed here: the questions to Athena are not asked"; }
	@test -e build/scale/facts || $(MAKE) facts N=1000000 PERIOD=2026-03 SEED=1 OUT=build/scale >/dev/null
	@CGO_ENABLED=0 go run -trimpath -buildvcs=false ./infra/scale $$(test -x build/duckdb/bin/python && echo -python build/duckdb/bin/python -facts build/scale) $(ARGS)

alarms: tools ## Make each alarm ring in a stack of its own, by its cause where that can be had, and be quiet again (8 minutes): make alarms [ONLY=RatingErrorAlarm]
	@CGO_ENABLED=0 go run -trimpath -buildvcs=false ./infra/alarms $(if $(ONLY),-only "$(ONLY)")

recovery: tools ## A month, a catastrophe, a new stack: what has to go on does, and nobody is written to twice
	@CGO_ENABLED=0 go run -trimpath -buildvcs=false ./infra/recover/battery

# Functions of their own folder: another build beside it changes nothing under load.
LOAD_FUNCTIONS := card cases complaint courier escalation facts fanout invitation notify rating
LOAD = build/load/load $@ --functions build/load/functions --out build/load/$@.json --commit "$$(git describe --always --dirty 2>/dev/null || echo unknown)" --seed "$(SEED)" \
	$(if $(RATE),--rate "$(RATE)") $(if $(CONCURRENCY),--concurrency "$(CONCURRENCY)") $(if $(MIX),--mix "$(MIX)") $(if $(EMULATOR),--emulator-rate "$(EMULATOR)")

load: tools load-driver ## How fast, and nothing lost: make load [RATE=50] [CONCURRENCY=10] [SECONDS=60] [MIX=link:60,desk:10] [EMULATOR=5] [SEED=1]
	@$(LOAD) $(if $(SECONDS),--seconds "$(SECONDS)")

soak: tools load-driver ## Half an hour of load: memory, files and goroutines must not grow: make soak [MINUTES=30] [RATE=20] [EMULATOR=2] [SEED=1]
	@$(LOAD) $(if $(MINUTES),--minutes "$(MINUTES)")

load-driver:
	@mkdir -p build/load
	@CGO_ENABLED=0 go build -trimpath -buildvcs=false -o build/load/load ./infra/load
	@$(MAKE) build ARCH=$(HOST_ARCH) OUTPUT=build/load/functions FUNCTIONS="$(LOAD_FUNCTIONS)" >/dev/null

synth: build node ## Synthesise the template of every stage with the validator on
	@stages=$$(go run ./infra/configure/cmd -stages) && for stage in $$stages; do \
		$(CDK) synth --quiet --build true --output build/cdk.out/$$stage --context stage=$$stage || exit 1; echo "$$stage: synthesised and validated"; \
	done

# gosec and staticcheck are of `make lint`, which reads the code anyway.
scan: synth ## Others' eyes on the templates of every stage: cfn-lint and checkov
	@go run ./infra/scan --templates build/cdk.out

# It asks vuln.go.dev, which is not everywhere reached: GOVULNDB names a copy.
vulncheck: $(GOVULNCHECK) ## Known weaknesses in what the code calls, by govulncheck: make vulncheck [GOVULNDB=file:///folder/of/vulndb/data/osv]
	@$(if $(GOVULNDB),GOVULNDB="$(GOVULNDB)") go run ./infra/scan --govulncheck $(abspath $(GOVULNCHECK))

fuzz: ## Throw bytes at every reader in turn: make fuzz [TIME=60s] [ONLY=FuzzName] [BESIDE=1]; what breaks one is kept in testdata/fuzz
	@go run ./infra/fuzz --time "$(TIME)" $(if $(ONLY),--only "$(ONLY)") $(if $(BESIDE),--beside "$(BESIDE)")

# What a night is for: each ends the rest when it finds something.
long: ## The batteries one after the other, for hours: fuzz, chaos, recovery, alarms, load, soak
	@for battery in fuzz chaos recovery alarms load soak; do $(MAKE) $$battery || exit 1; done

verify-repro: ## Two clones at two paths must build the same bytes
	go run ./infra/repro

##@ Ship it
build: ## Build every function for ARCH (default arm64) into build/ARCH/
	@go run ./infra/configure/cmd -in infra/feedback.yaml $(FUNCTIONS:%=$(OUTPUT)/%)
	@for fn in $(FUNCTIONS); do $(LAMBDA_BUILD) -o $(OUTPUT)/$$fn/bootstrap ./functions/$$fn; done
	@echo "built for $(ARCH): $(FUNCTIONS)"

doctor: ## Whether this machine, the configuration and your AWS account have what it takes: make doctor [STAGE=dev] [OFFLINE=1]
	@CGO_ENABLED=0 go run -trimpath -buildvcs=false ./infra/doctor --stage "$(STAGE)" $(if $(filter 1,$(OFFLINE)),--offline)

bootstrap: node ## Prepare your AWS account and region for the CDK, once
	$(CDK) bootstrap --build true

diff: node ## What a deployment to your AWS account would change: make diff STAGE=prod
	$(CDK) diff --context stage=$(STAGE) $(ARGS)

deploy: node ## Deploy to your AWS account: make deploy STAGE=prod [ARGS="--require-approval never"]
	$(CDK) deploy --context stage=$(STAGE) $(ARGS)

destroy: node ## Remove the stack from your AWS account: make destroy STAGE=dev
	$(CDK) destroy --build true --context stage=$(STAGE)

clean: ## Remove what was built
	rm -rf build

##@ Help
help: ## This list
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} /^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo

tools:
	@[ -d "$$(go env GOCACHE 2>/dev/null)" ] || echo "first run on this machine: compiling takes minutes, the first one in silence"
	@for t in go node npm python3 git; do command -v $$t >/dev/null || { echo "$$t is missing: README.md says what you need, under 'Ten minutes'"; exit 1; }; done

node: infra/node_modules/.package-lock.json
infra/node_modules/.package-lock.json: infra/package.json infra/package-lock.json
	cd infra && npm ci --no-audit --no-fund --silent

# Page tests drive a real Chromium. On Debian and Ubuntu as root it is installed
# when missing; elsewhere the message says what to do.
browser:
	@if command -v chromium chromium-browser google-chrome >/dev/null; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "installing chromium (about a minute)"; \
		(apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core) >/dev/null; \
	else echo "Chromium is missing: install the package 'chromium' (the page tests drive a real browser)"; exit 1; fi

$(GOLANGCI):
	@echo "building golangci-lint $(GOLANGCI_VERSION) (about three minutes, once)"
	@mkdir -p $(@D)
	@GOBIN=$(CURDIR)/build/tools/bin go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_VERSION)
	@mv build/tools/bin/golangci-lint $@

$(GOVULNCHECK):
	@mkdir -p $(@D)
	@GOBIN=$(CURDIR)/build/tools/bin go install golang.org/x/vuln/cmd/govulncheck@$(GOVULNCHECK_VERSION)
	@mv build/tools/bin/govulncheck $@

.PHONY: cost bench-rest scale long vulncheck scan fuzz recovery restore rebuild replay secrets alarms chaos customer load soak load-driver rotate import seed export bench-report compact stats-check help demo up down token device-key invite cards invoke dlq staff report facts test lint bench synth verify-repro build doctor bootstrap diff deploy destroy clean tools node browser
