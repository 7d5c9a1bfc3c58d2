# Everything that is done with this project; `make` alone says what there is.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv/bin
PREPARE = @$(PYTHON) -m app.launch.bootstrap
SHELL := /bin/bash
.DEFAULT_GOAL := help

.PHONY: help run test check scan sbom isolation faults bench format translations lock

help:  ## Say what there is
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 22

run:  ## Start everything here, with a demonstration: http://127.0.0.1:8000 (PORT=8001 for another)
	$(PREPARE)
	@exec $(VENV)/python -m app.launch

test:  ## Run all tests, on a real database, queue and browser (ARGS="-k dossier" for some)
	$(PREPARE) check
	@exec $(VENV)/python -m pytest -n 2 -p tests.launch.skips -p tests.architecture.rendered -p tests.isolation.unscoped $(ARGS)

check:  ## Run everything that must pass before a change is shared: linters, types, tests
	$(PREPARE) check
	$(VENV)/ruff check
	$(VENV)/ruff format --check
	$(VENV)/djlint app/templates --lint --quiet
	$(VENV)/djlint app/templates --check --quiet
	$(VENV)/lint-imports --no-logo
	$(VENV)/mypy
	$(VENV)/deptry .
	.venv-scan/bin/bandit --configfile pyproject.toml --quiet --recursive app tenants wsgi.py
	.venv-scan/bin/python tests/scanning/known_secrets.py
	$(VENV)/python -m tests.semgrep
	@$(MAKE) --no-print-directory test

scan:  ## Attack a demonstration with wapiti and sqlmap, on this machine alone (minutes)
	$(PREPARE) scan
	@exec $(VENV)/python -m tests.scanning

sbom:  ## Write what the application is made of to var/sbom.json, as CycloneDX
	@$(PYTHON) -m tests.architecture.sbom

isolation:  ## Prove that agencies are kept apart: one line for each figure
	$(PREPARE) check
	@exec $(VENV)/python -m tests.isolation

faults:  ## Kill, freeze and empty parts of a deployment of its own: what was done stays done (minutes)
	$(PREPARE) check
	@exec $(VENV)/python -m tests.faults $(ARGS)

bench:  ## Measure pages and roll-ups here, by number of dossiers (ARGS="--sizes 10000 100000")
	$(PREPARE) check
	@exec $(VENV)/python -m tests.bench $(ARGS)

format:  ## Lay out Python and templates as the checks want them
	$(PREPARE) check
	$(VENV)/ruff check --fix-only --exit-zero
	$(VENV)/ruff format
	$(VENV)/djlint app/templates --reformat --quiet

translations:  ## Collect the sentences of the pages into translations/*/LC_MESSAGES/messages.po
	$(PREPARE) check
	$(VENV)/pybabel extract --mapping pyproject.toml --no-location --sort-output --omit-header -k lazy_gettext -k lazy_ngettext:1,2 -o translations/messages.pot .
	$(VENV)/pybabel update --no-fuzzy-matching -i translations/messages.pot -d translations

lock:  ## Renew requirements*.txt from pyproject.toml (needs uv; ARGS="--upgrade" for newer versions)
	uv pip compile pyproject.toml --extra embedded $(LOCK) requirements.txt
	uv pip compile pyproject.toml --extra embedded --group dev --constraint requirements.txt $(LOCK) requirements-dev.txt
	uv pip compile --group scan $(LOCK) requirements-scan.txt
	uv pip compile --group attack $(LOCK) requirements-attack.txt

LOCK = --universal --python-version 3.11 --generate-hashes --custom-compile-command "make lock" --no-annotate --quiet $(ARGS) -o
