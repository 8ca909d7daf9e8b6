# make demo    OpenRVR at http://localhost:8000 (PORT=, DATA=; LAN=1: for phones in the network)
# make test    everything that the tests need, then all of them
# make screenshots  the pictures in docs; LANGUAGES="ar cy" takes her pages in these too
# make words   bring the translations up to date with what the pages say
# make lint, make bench, make clean
SHELL := /bin/sh
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := setup

PORT ?= 8000
DATA ?= data
JOBS ?= 2

VENV := .venv
BIN := $(VENV)/bin
DIST := src/openrvr/static/dist
export PATH := $(CURDIR)/$(BIN):$(PATH)

# Each stamp is a file that is written when its step is done: what is done is not done again.
INSTALLED := $(VENV)/.installed
MODULES := frontend/node_modules/.installed
BUILT := $(DIST)/manifest.json
TRANSLATED := src/openrvr/locale/.compiled
PAGE_SOURCES := $(wildcard frontend/*.mjs frontend/*.json) \
	$(shell find src/openrvr \( -name '*.ts' -o -name '*.scss' -o -name '*.svg' \) 2>/dev/null)
CATALOGUES := $(wildcard translations/*.po translations/*.py)

.PHONY: setup demo test words lint bench screenshots clean
ifneq ($(wildcard frontend/package.json),)
setup: $(BUILT)
endif
setup: $(INSTALLED) $(TRANSLATED)

$(VENV)/bin/pip:
	@setup/virtualenv $(VENV)

$(INSTALLED): $(VENV)/bin/pip requirements/build.txt requirements/dev.txt pyproject.toml
	@setup/packages $(VENV)
	@touch $@

$(MODULES): frontend/package.json frontend/package-lock.json | $(INSTALLED)
	@setup/npm ci
	@touch $@

$(BUILT): $(MODULES) $(PAGE_SOURCES)
	@setup/npm run build
	@touch $@

# What the scripts say is in the catalogue of the page that they run on.
$(TRANSLATED): $(INSTALLED) $(CATALOGUES) $(PAGE_SOURCES)
	@python -m translations compile
	@touch $@

words: setup
	@python -m translations update
	@$(MAKE) setup

# exec: Ctrl-C reaches OpenRVR itself, and nothing is left between it and the terminal.
demo: setup
	@exec openrvr demo --port $(PORT) --data $(DATA) $(if $(LAN),--lan $(LAN))

test: setup
	@setup/browser
	@setup/other_browsers
	@setup/antivirus
	@python -m pytest --numprocesses $(JOBS) --dist loadfile --no-loadscope-reorder

lint: setup
	ruff check .
	ruff format --check .
	OPENRVR_SECRET_KEY=unused DATA=.mypy_cache/data mypy
	lint-imports --no-logo
	djlint --lint --quiet src/openrvr
	setup/npm run typecheck

bench: setup
	@setup/browser
	@python -m benchmarks

screenshots: setup
	@setup/browser
	@python docs/screenshots $(LANGUAGES)

clean:
	rm -rf $(VENV) $(DIST) src/openrvr/locale frontend/node_modules dist build tests/output .mypy_cache .ruff_cache .pytest_cache \
		.import_linter_cache .hypothesis
