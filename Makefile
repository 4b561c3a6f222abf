# `make help` lists what there is. Needs Python 3.11 or later, and nothing else.

VENV ?= .venv
PY := $(VENV)/bin/python
BIN := $(VENV)/bin
NODE_PACKAGES ?= build/npm
SOURCES := conductdesk tests migrations bench dev wsgi.py
PIP := $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes
BY_TWO = $(MAKE) --no-print-directory --keep-going --jobs 2 --output-sync
# All of `make check` but what pytest runs; check-types comes first, because it takes longest.
CHECKS := check-types check-format check-lint check-imports check-rules check-templates

.DEFAULT_GOAL := help
.PHONY: help demo test check check-format check-lint check-types check-imports check-rules \
        check-templates check-house format bench css migrate lock clean

##@ Try it

demo: $(VENV)/.runtime ## Start web, worker and a mail sink with living cases (PORT, CONDUCTDESK_DATA)
	@exec $(PY) -m conductdesk.demo

##@ Work on it

test: $(VENV)/.tests ## Check everything, then run every test (on SQLite, PostgreSQL and in Chromium)
	@dev/prepare-tests
	+@$(BY_TWO) $(CHECKS)
	$(PY) -m pytest --numprocesses 2 $(ARGS)

check: $(VENV)/.tests ## Format, lint, types, import layers, house rules: under a minute
	+@$(BY_TWO) $(CHECKS) check-house
	@echo "make check: all is well"

check-format:
	$(BIN)/ruff format --check --quiet $(SOURCES)
check-lint:
	$(BIN)/ruff check --quiet $(SOURCES)
check-types:
	$(BIN)/mypy --no-error-summary
check-imports:
	$(BIN)/lint-imports --cache-dir .import_linter_cache
check-rules:
	$(BIN)/ast-grep test --skip-snapshot-tests
	$(BIN)/ast-grep scan conductdesk
check-templates:
	$(BIN)/djlint --lint --quiet templates
check-house:
	$(PY) -m pytest --quiet -m "not whole_story" tests/house

format: $(VENV)/.tests ## Format the code and mend what can be mended
	$(BIN)/ruff format $(SOURCES)
	$(BIN)/ruff check --fix $(SOURCES)

bench: $(VENV)/.tests ## Measure against a bare Flask view, and print a table
	$(PY) -m bench

migrate: $(VENV)/.tests ## Write a migration from the models: make migrate m="Add clocks"
	@test -n '$(m)' || { echo 'Say what it does: make migrate m="Add clocks"' >&2; exit 2; }
	$(PY) dev/migrate.py '$(m)'

css: ## Compile the style sheets (needs npm; nobody who installs does)
	npm install --silent --no-save --no-package-lock --ignore-scripts --prefix $(NODE_PACKAGES) \
	  govuk-frontend@6.3.0 @ministryofjustice/frontend@11.1.0 htmx.org@2.0.11 sass
	NODE_PACKAGES=$(NODE_PACKAGES) dev/css/build.sh

lock: ## Write the lock files anew (needs uv; ARGS=--upgrade for newer versions)
	dev/lock $(ARGS)

clean: ## Remove the virtual environment and every cache
	rm -rf $(VENV) build .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .coverage

help: ## List what there is
	@awk 'BEGIN {FS = ":.*##"} \
	  /^##@/ {printf "\n%s\n", substr($$0, 5)} \
	  /^[a-z-]+:.*##/ {printf "  make %-9s%s\n", $$1, $$2}' Makefile

# --- the virtual environment, from the lock files alone -------------------------------------------

$(PY):
	@python=$$(dev/find-python) && "$$python" -m venv $(VENV)

$(VENV)/.runtime: requirements.lock | $(PY)
	$(PIP) -r requirements.lock
	@dev/link-command $(VENV)
	@touch $@

$(VENV)/.tests: requirements-test.lock | $(PY)
	$(PIP) -r requirements-test.lock
	@dev/link-command $(VENV)
	@touch $@ $(VENV)/.runtime
