# `make help` lists what there is. Everything works on a bare machine with Python 3.11, 3.12 or 3.13 and make.
SHELL := /bin/bash
PORT ?= 8000
SCALE ?= 1
VENV := .venv
PY := $(VENV)/bin/python

# Compiled files are kept, whatever the shell says: the suite starts twice as fast with them.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run setup-foreign test test-postgres e2e bench check format lock setup setup-dev

help: ## this list
	@grep -E '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

setup: $(VENV)/.run ## the virtual environment for running

setup-dev: $(VENV)/.dev ## the same with what tests and checks need

$(VENV)/bin/python:
	@config/make/venv $(VENV)

$(VENV)/.run: requirements.txt | $(VENV)/bin/python
	@echo "Installing what Palmar runs on (once; about a minute) …"
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(VENV)/.dev: requirements-dev.txt | $(VENV)/bin/python
	@echo "Installing what tests and checks need (once; a minute or two) …"
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@ $(VENV)/.run

run: $(VENV)/.run ## the demo school on http://127.0.0.1:8000 (PORT=9000 changes the port)
	@PORT=$(PORT) config/make/run

test: $(VENV)/.dev ## every test that needs no extra service or browser
	@$(PY) -m pytest -q -n logical --maxprocesses 4 --dist loadfile

test-postgres: $(VENV)/.dev ## the same suite on PostgreSQL at DATABASE_URL, with the concurrency tests
	@case "$${DATABASE_URL:-}" in postgres*) ;; *) echo "Set DATABASE_URL=postgres://user:password@host:port/name first." >&2; exit 2;; esac
	@THOROUGH=1 $(PY) -m pytest -q -n logical --maxprocesses 4 --dist loadfile

setup-foreign: ## software of others that checks what we sign (Node.js and npm; tests without it are skipped)
	@cd tests/foreign && npm ci --no-audit --no-fund --ignore-scripts --silent

e2e: $(VENV)/.dev ## the journeys in headless Chromium, accessibility checks included
	@command -v chromium >/dev/null || { echo "Install Chromium first (Debian: apt-get install chromium)." >&2; exit 2; }
	@DJANGO_ALLOW_ASYNC_UNSAFE=true $(PY) -m pytest -q -m e2e

bench: $(VENV)/.dev ## the benchmarks, printed as one table (SCALE=0.01 for a quick look)
	@SCALE=$(SCALE) $(PY) -m tests.bench

check: $(VENV)/.dev ## formatting, lint, types, import contracts, migrations, templates, deploy settings
	@config/make/check

format: $(VENV)/.dev ## put code into our form
	@$(PY) -m ruff check --fix -q . ; $(PY) -m ruff format -q .

lock: $(VENV)/.dev ## compile the .in lists anew, with hashes
	@command -v uv >/dev/null || { echo "Install uv first (pip install uv)." >&2; exit 2; }
	@uv pip compile -q requirements-dev.in --generate-hashes --universal --python-version 3.11 -o requirements-dev.txt
	@# What both lists name is one version, or each would put the other's away from the same environment.
	@uv pip compile -q requirements.in -c requirements-dev.txt --generate-hashes --universal --python-version 3.11 -o requirements.txt
