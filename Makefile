# Everything a person or CI does with this repository. `make help` lists it.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup demo up down status test check fmt lint checkov tf-test bootstrap apply release version rollback freeze unfreeze seed \
  contracts docs cost bundles wheel lock bench bench-plan bench-lib clean

UV := $(or $(shell command -v uv),build/uv/bin/uv)
PYTHON := .venv/bin/python
SERVICES := authentication location profile
ENV ?= dev
OPERATE = $(PYTHON) terraform/operate.py $@ --env '$(ENV)' --service '$(SERVICE)'
PARTS := lambda_lib sandbox load $(SERVICES:%=services/%)
export PATH := $(CURDIR)/.venv/bin:$(CURDIR)/build/uv/bin:$(PATH)

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: .venv/.installed ## the environment, from the lock

build/uv/bin/uv:
	python3 -m venv build/uv
	build/uv/bin/pip install --quiet --disable-pip-version-check uv

.venv/.installed: requirements.lock $(PARTS:%=%/pyproject.toml) | $(UV)
	$(UV) venv --quiet --allow-existing .venv
	$(UV) pip sync --quiet --require-hashes requirements.lock
	$(UV) pip install --quiet --no-deps $(PARTS:%=--editable %)
	@touch $@

demo: setup ## plan, run, use, load and watch the three services on this machine (DEMO_KEEP=1 leaves them up)
	$(PYTHON) demo.py

up: bundles ## start the sandbox with the current plan and bundles
	sandbox up

down: setup ## stop the sandbox
	sandbox down

status: setup ## what runs in the sandbox
	sandbox status

# Three for two cores: much of it waits for drills and for Terraform's providers
test: setup ## every test: parts, Terraform, end to end
	$(PYTHON) -m pytest --numprocesses 3

tf-test: setup ## terraform fmt, validate and test for every module and root
	$(PYTHON) -m pytest --numprocesses 2 tests/test_terraform.py

check: setup build/checkov/.installed ## what pre-commit checks: format, lint, types, import rules, contracts, Terraform, spelling
	pre-commit run --all-files

checkov: build/checkov/.installed ## security findings in the Terraform, with reasons for those that are none
	build/checkov/bin/checkov --config-file terraform/checkov/config.yaml

build/checkov/.installed: terraform/checkov/requirements.lock | .venv/.installed
	$(UV) venv --quiet --allow-existing --python $(PYTHON) build/checkov
	$(UV) pip sync --quiet --require-hashes --python build/checkov terraform/checkov/requirements.lock
	@touch $@

fmt: setup ## format everything
	ruff format --quiet .
	ruff check --quiet --fix-only .
	$(PYTHON) -m sandbox.planning.engine fmt -recursive terraform examples

lint: setup ## lint and types only
	ruff check .
	mypy
	lint-imports

bootstrap: ## the bucket for an environment's Terraform states, on AWS (ENV=dev)
	terraform/bootstrap/apply.sh $(ENV)

apply: setup ## on AWS: terraform apply of a service, or of the platform (ENV=dev SERVICE= )
	$(OPERATE)

release: setup ## on AWS: start the pipeline and follow it to its end (SERVICE=)
	$(OPERATE)

version: setup ## on AWS: which version is live (SERVICE=)
	$(OPERATE)

rollback: setup ## on AWS: let callers have an earlier version; without one, list them (SERVICE= VERSION=)
	$(OPERATE) --version '$(VERSION)'

freeze: setup ## on AWS: let no release through (SERVICE= REASON='…')
	$(OPERATE) --reason '$(REASON)'

unfreeze: setup ## on AWS: let releases through again (SERVICE=)
	$(OPERATE)

seed: setup ## on AWS: push services/SERVICE to main of its repository (SERVICE= URL=)
	$(OPERATE) --url '$(URL)'

contracts: setup ## write each service's openapi.json from its models
	@for s in $(SERVICES); do lambda-lib contract $${s}_service.handler:routes --output services/$$s/openapi.json; done

docs: setup ## write the reference pages of lambda_lib, and the tables in the READMEs of Terraform
	$(PYTHON) docs/reference/generate.py
	$(PYTHON) docs/terraform_readmes.py

cost: setup ## write the tables of docs/cost.md from the sandbox's plans (`make up` first)
	$(PYTHON) docs/cost.py

bundles: setup ## write each service's zip to build/bundles
	@for s in $(SERVICES); do lambda-lib bundle --project services/$$s --output build/bundles/$$s.zip; done

wheel: setup ## the wheel of lambda_lib, in build/wheels
	$(UV) build --quiet --wheel lambda_lib --out-dir build/wheels

lock: wheel ## resolve every requirements.lock again
	$(UV) pip compile $(LOCK) --group pyproject.toml:dev $(PARTS:%=%/pyproject.toml) --output-file requirements.lock
	$(UV) pip compile $(LOCK) --all-extras --group lambda_lib/pyproject.toml:dev lambda_lib/pyproject.toml \
	  --output-file lambda_lib/requirements-dev.lock
	echo botocore | $(UV) pip compile $(LOCK) --output-file terraform/modules/pipeline/release.lock -
	$(UV) pip compile $(LOCK) benchmarks/requirements.in --output-file benchmarks/requirements.lock
	$(UV) pip compile $(LOCK) terraform/checkov/requirements.in --output-file terraform/checkov/requirements.lock
	@for s in $(SERVICES); do \
	  $(UV) pip compile $(LOCK) services/$$s/pyproject.toml --output-file services/$$s/requirements.lock && \
	  $(UV) pip compile $(LOCK) --group services/$$s/pyproject.toml:dev services/$$s/pyproject.toml \
	    --output-file services/$$s/requirements-dev.lock || exit 1; done
# lambda-lib is ours: it is resolved from a wheel built here and never locked, so that no index can answer for its name
LOCK := --quiet --universal --upgrade --generate-hashes --no-emit-index-url --no-annotate --no-header \
  --python-version 3.13 --find-links build/wheels --no-emit-package lambda-lib

bench: setup ## measure: predicted and seen seconds to throttle
	$(PYTHON) benchmarks/throttle_prediction.py

bench-plan: setup ## measure: plan of one service, with 3 and with 30 services declared
	$(PYTHON) -m benchmarks.plan_time

bench-lib: setup bundles build/bench/.installed ## measure: lambda_lib beside its peers, warm, cold and in size
	$(UV) build --quiet --wheel lambda_lib --out-dir build/bench/wheel --clear
	$(UV) pip install --quiet --no-deps --reinstall --python build/bench/venv build/bench/wheel/*.whl
	rm -rf build/bench/complete && cp -r benchmarks/lib/services/complete build/bench
	cp services/location/requirements.lock build/bench/complete
	lambda-lib bundle --project build/bench/complete --output build/bench/complete.zip --lambda-lib build/bench/wheel/*.whl
	$(PYTHON) -m benchmarks.lib $(BENCH)

# The peers in an environment of their own, and the typical service as it is put into a zip, with its bytecode
build/bench/.installed: benchmarks/requirements.lock benchmarks/lib/services/typical/main.py | .venv/.installed
	rm -rf build/bench
	$(UV) venv --quiet --python $(PYTHON) build/bench/venv
	$(UV) pip sync --quiet --require-hashes --python build/bench/venv benchmarks/requirements.lock
	$(UV) pip install --quiet --python build/bench/venv --target build/bench/typical --link-mode copy \
	  --constraint benchmarks/requirements.lock aws-lambda-powertools boto3 pydantic
	cp benchmarks/lib/services/typical/main.py build/bench/typical
	$(PYTHON) -m compileall -q build/bench/typical
	@touch $@

clean: ## remove what was made here
	@if [ -x .venv/bin/sandbox ]; then .venv/bin/sandbox down --if-running; fi
	rm -rf .venv .sandbox build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
