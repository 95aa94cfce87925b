# Everything a person needs: `make demo` and `make test`. Set-up happens by itself, once per requirements.lock.
# Needs Python 3.11, 3.12 or 3.13 (with venv) and make; works as root or not, from any environment.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= $(firstword $(foreach version,3.11 3.12 3.13,$(shell command -v python$(version))) python3)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
SQL := dbt_project

# It doubles every start-up: compiled bytecode is wanted here.
unexport PYTHONDONTWRITEBYTECODE
# A package from the caller's environment must not shadow one of requirements.lock.
unexport PYTHONPATH PYTHONHOME VIRTUAL_ENV

.PHONY: help setup demo up down test lint bench attack chaos fuzz docs site dbt sbom audit superset

help: ## these lines
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "make %-8s %s\n", $$1, $$2 }'

demo: setup ## a whole reporting season on made-up and real reports, from inbox to scorecard; ends by itself
	@$(BIN)/baocao demo

up: setup ## start the database and Airflow, and leave them running
	@$(BIN)/baocao up

down: setup ## stop them; what is stored stays
	@$(BIN)/baocao down

export ROUNDS MINUTES SEED

# A file each, one more at a time than cores: many tests wait for a server, a browser or a clock. The long ones
# come first, by their folder or the mark begins_early, and each process has a PostgreSQL of its own.
test: lint ## lint, then every test
	$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder --durations=15

lint: setup ## style, types, imports between packages, format of the SQL
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/sqlfmt --check --quiet $(SQL)

bench: setup ## the benchmarks: minutes long, ratios within one run
	$(BIN)/python -m tests.bench

attack: setup ## 200 seasons of public releases, and what an attacker finds of their small counts: many minutes
	$(BIN)/python -m tests.bench disclosure

chaos: setup ## every fault 20 times in a small season, compared with an undisturbed one: up to hours; ROUNDS=, MINUTES=, SEED=
	$(BIN)/python -m tests.chaos

fuzz: setup ## files that nearly are reports, 24 minutes of CPU; MINUTES=, SEED=; GUIDED=yes: by what they reach in the code
	@$(HAND_PIP_SETTINGS_TO_UV); [ -z "$(GUIDED)" ] || $(BIN)/uv pip install --quiet --python $(BIN)/python \
		--target $(VENV)/fuzz --require-hashes --requirement tests/fuzz/requirements.txt
	$(if $(GUIDED),PYTHONPATH=$(VENV)/fuzz )$(BIN)/python -m tests.fuzz$(if $(GUIDED),.guided)

dbt: setup ## dbt on this home's database: make dbt ARGS="build --select fct_indicator_rollup+"
	@$(BIN)/baocao dbt $(ARGS)

superset: setup ## dashboards in Superset: install, start, import, and compare every chart with the marts
	@$(HAND_PIP_SETTINGS_TO_UV); $(BIN)/baocao superset up
	@$(BIN)/baocao superset check

docs: setup ## write docs/reference and docs/programmes from commands, settings, DAGs, marts and the catalogue
	$(BIN)/python -m docs.generate

site: setup ## the docs as a folder of pages that needs no server: make site ARGS="--dbt" adds dbt's own with the lineage
	@$(BIN)/python -m docs.site $(ARGS)

sbom: setup ## the bill of materials of requirements.lock, CycloneDX as JSON: make -s sbom > sbom.json
	@$(BIN)/python -m docs.sbom

audit: setup ## known vulnerabilities of the packages in requirements.lock: asks an advisory service, so it needs the network
	@$(HAND_PIP_SETTINGS_TO_UV); $(BIN)/python -m docs.audit $(BIN)/uv

setup: $(READY)
	@:

# uv does not read pip's configuration: where pip finds packages and which certificates it trusts is handed on.
# Several indexes are equals, as they are for pip: every file has to match its hash in requirements.lock.
define HAND_PIP_SETTINGS_TO_UV
settings=$$($(BIN)/python -m pip config list); \
export_setting() { \
	value=$$(sed -n "s/^global[.]$$2='\(.*\)'$$/\1/p" <<< "$$settings"); \
	[ -n "$${!1:-}" ] || [ -z "$$value" ] || export "$$1=$$value"; \
}; \
export_setting UV_DEFAULT_INDEX index-url; export_setting UV_INDEX extra-index-url; \
export_setting UV_FIND_LINKS find-links; export_setting SSL_CERT_FILE cert; \
export UV_INDEX_STRATEGY=unsafe-best-match
endef

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' || \
		{ echo "Python 3.11, 3.12 or 3.13 is needed; make PYTHON=/path/to/it names one." >&2; exit 1; }
	@[ -x $(BIN)/python ] || $(PYTHON) -m venv $(VENV) || \
		{ echo "Python's venv module is missing (Debian and Ubuntu: apt-get install python3-venv)." >&2; exit 1; }
	@echo "Setting up $(VENV) from requirements.lock: once, a minute or more."
	@[ -x $(BIN)/uv ] || $(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@$(HAND_PIP_SETTINGS_TO_UV); \
		$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes --compile-bytecode requirements.lock; \
		$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --compile-bytecode --editable .
	@$(BIN)/python -m compileall -q -x '^\./\.' .  # on a disk that fills up, Python would keep the half of a module
	@touch $@
