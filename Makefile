# Tutela.  Works with GNU make 3.81 (macOS) and newer.  On Windows see CONTRIBUTING.md: pip install . and tutela demo.
PYTHON ?= python3
BIN    := .venv/bin
PY     := $(BIN)/python
ARGS   ?=

.PHONY: help env demo test test-long test-bare bench lint docs relock clean
.DEFAULT_GOAL := help

help:
	@echo "make demo       environment, demo workspace, imports, a damaged-places list; then the pages on 127.0.0.1:8000"
	@echo "make test       checks and the whole suite: on SQLite, then on PostgreSQL where it is installed (ARGS='-k word')"
	@echo "make test-long  the long tests: faults, kills, large workspaces"
	@echo "make test-bare  the installation, demo and tests in a bare Debian 12 (root, debootstrap)"
	@echo "make bench      the measurements of docs/performance.md"
	@echo "make lint       ruff and the order of the rooms"
	@echo "make docs       docs/cli.md from the commands"
	@echo "make relock     requirements/lock.txt anew"
	@echo "make clean      remove what was built (the environment too, never a workspace)"

env:
	@$(PYTHON) tools/bootstrap.py

demo: env
	@$(BIN)/tutela demo $(ARGS)

lint: env
	@$(BIN)/ruff check --quiet .
	@$(BIN)/lint-imports --no-logo

# Two passes over one suite, side by side: DATABASE_URL, if set, is the PostgreSQL of the second; else one is started and thrown away.
test: lint
	@$(PY) tools/both_passes.py $(ARGS)

test-long: env
	@$(PY) -m pytest --long $(ARGS)

test-bare:
	@bash tools/test_bare.sh

bench: env
	@$(PY) bench/run.py $(ARGS)

docs: env
	@$(PY) tools/cli_reference.py docs/cli.md

relock:
	@$(PYTHON) tools/relock.py

clean:
	rm -rf .venv build dist .pytest_cache .ruff_cache .import_linter_cache .hypothesis bench/out
	find src tests tools bench -name __pycache__ -type d -prune -exec rm -rf {} +
