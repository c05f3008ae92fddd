# gamebash. `make run` and `make test` set up what they need; a stamp makes the second time instant.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
PY := $(VENV)/bin/python
STAMPS := .stamps
export PORT PYTHONDONTWRITEBYTECODE := 1

.PHONY: help run install test check bench seed seed-large verify clean test-setup

help: ## List what make can do
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

run: install ## Set up, seed the demo if the database is empty, serve on 127.0.0.1:$(PORT)
	@GAMEBASH_DEMO=1 $(PY) -m gamebash demo

install: $(STAMPS)/run $(STAMPS)/browser ## Install what running needs

test: test-setup ## Set up and run every test: unit, property, HTTP, race, browser, both databases
	@$(PY) -m pytest -n $${WORKERS:-auto} --maxprocesses=8 --dist=worksteal

check: test-setup ## Lint, types, contracts, fast tests
	@$(PY) -m ruff check . && $(PY) -m ruff format --check -q .
	@$(PY) -m mypy
	@$(VENV)/bin/lint-imports --no-cache
	@$(PY) -m djlint templates --lint --quiet
	@$(PY) -m pytest -q -n $${WORKERS:-auto} --maxprocesses=8 --dist=worksteal --databases=sqlite -m "not browser and not slow"

bench: test-setup ## Run the benchmarks (minutes)
	@$(PY) -m tests.bench

seed: install ## Put the demo organisation into the configured database
	@GAMEBASH_DEMO=1 $(PY) -m gamebash seed

seed-large: install ## Take in a large log for volume: make seed-large LOG=path/to/incident_event_log.csv.gz
	@test -n "$(LOG)" || { echo "Name the log: make seed-large LOG=path/to/incident_event_log.csv.gz"; exit 2; }
	@GAMEBASH_DEMO=1 $(PY) -m gamebash seed --large "$(LOG)"

verify: install ## Check the ten invariants over the configured database
	@$(PY) -m gamebash verify

clean: ## Remove what set-up made; the data in var/ stays
	rm -rf $(VENV) $(STAMPS) node_modules static/vendor .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "gamebash needs Python 3.11 or newer as $(PYTHON). Install it, or name it: make PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
	  { echo "Python cannot make virtual environments. On Debian or Ubuntu: apt-get install python3-venv"; rm -rf $(VENV); exit 1; }
	@$(PY) -m pip install --quiet --disable-pip-version-check uv || \
	  { echo "uv could not be installed: this machine has to reach PyPI once (its message is above)."; rm -rf $(VENV); exit 1; }

$(STAMPS)/run: requirements/run.txt | $(PY)
	@$(PY) -m uv pip install --quiet --python $(PY) --require-hashes -r requirements/run.txt || \
	  { echo "The packages in requirements/run.txt could not be installed: this machine has to reach PyPI once."; exit 1; }
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/browser: package-lock.json tools/browser_files.py static/icons/lucide.txt | $(STAMPS)/run
	@$(PY) tools/browser_files.py
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/test: requirements/test.txt | $(PY)
	@$(PY) -m uv pip install --quiet --python $(PY) --require-hashes -r requirements/test.txt || \
	  { echo "The packages in requirements/test.txt could not be installed: this machine has to reach PyPI once."; exit 1; }
	@mkdir -p $(STAMPS) && touch $@

test-setup: $(STAMPS)/test $(STAMPS)/browser
	@$(PY) -m tests.support.machine
