# Gerbang: everything a developer or an operator does from here. `make` alone lists it.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
TESTED := $(VENV)/.test-installed
RUNNABLE := $(VENV)/.run-installed

help: ## show this list
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(RUNNABLE): requirements/run.txt pyproject.toml | $(BIN)/python
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index --editable .
	touch $@

$(TESTED): requirements/test.txt $(RUNNABLE)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/test.txt
	touch $@

run: $(RUNNABLE) ## start the gateway and the simulated partners; prints where to look
	$(BIN)/python -m sandbox.demo

codes: $(RUNNABLE) ## who can sign in at the demo's console, with the codes that hold now
	$(BIN)/python -m sandbox.demo.codes

tour: $(RUNNABLE) ## walk the main job against what `make run` started
	$(BIN)/python -m gateway tour

test: $(TESTED) check ## all set-up, all checks, all tests
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -rs
	@echo "Left out here: make soak (minutes each), make oracles (needs Node), make bench (bars on time and rate), make fuzz (100,000 requests)."

check: $(TESTED) ## lint, format, types, floors
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

soak: $(TESTED) ## the tests that take minutes
	$(BIN)/python -m pytest -n 2 --dist load -rs --soak

bench: $(TESTED) ## measure the bars on time and rate; fails when one is missed
	$(BIN)/python -m bench

fuzz: $(TESTED) ## 100,000 mutated requests over all routes
	$(BIN)/python -m tests.journeys.hostile --requests 100000

oracles: $(TESTED) ## independent programs that need Node
	bash tests/oracles/run.sh

lock: $(TESTED) ## pin the requirements anew, with hashes and without host names
	$(PYTHON) -m venv $(VENV)-lock && $(VENV)-lock/bin/pip install --quiet pip-tools
	for extra in run test; do \
	  $(VENV)-lock/bin/pip-compile --quiet --upgrade --generate-hashes --no-header --annotation-style=line \
	    --strip-extras --allow-unsafe --all-build-deps --no-emit-index-url --no-emit-trusted-host --no-emit-find-links \
	    $$([ $$extra = test ] && echo "--extra test -c requirements/run.txt") \
	    -o requirements/$$extra.txt pyproject.toml; \
	done

clean: ## remove what was installed and built, never var/
	rm -rf $(VENV) $(VENV)-* .mypy_cache .ruff_cache .import_linter_cache .hypothesis build *.egg-info

.PHONY: help run codes tour test check soak bench fuzz oracles lock clean
