# Everything runs from .venv in this folder; nothing else on the machine is changed.
# The stamps remember what was installed, so that a second `make` starts at once.

VENV := .venv
BIN := $(VENV)/bin
MADE := $(VENV)/made.stamp
CORE := $(VENV)/core.stamp
TEST := $(VENV)/test.stamp
PINS := pyproject.toml constraints.txt

# The first interpreter that runs and is new enough; name another with PYTHON=...
IS_NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for each in python3.11 python3 python3.12 python3.13 python3.14; do \
	"$$each" -c '$(IS_NEW_ENOUGH)' 2>/dev/null && { echo "$$each"; break; }; done)

PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help install app plan test lint bench clean

help:
	@echo "make app      open the planner's app on http://localhost:8501"
	@echo "make plan     run the Bristol 2022 scenario in the terminal"
	@echo "make install  install into .venv (the others do this by themselves)"
	@echo "make test     all checks and tests, fast ones first"
	@echo "make lint     style, types and imports only"
	@echo "make bench    measure speed and skill"
	@echo "make clean    remove .venv and every cache"

install: $(CORE)
	@echo "Installed in $(VENV)"

app: $(CORE)
	$(BIN)/sufficiency app

plan: $(CORE)
	$(BIN)/sufficiency plan bristol-2022

test: lint
	$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --maxschedchunk 8

lint: $(TEST)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

bench: $(CORE)
	@found=; for each in benchmarks/[a-z]*.py; do \
		[ -e "$$each" ] || continue; \
		found=yes; echo "$$each"; $(BIN)/python "$$each" || exit 1; \
	done; [ -n "$$found" ] || echo "There is nothing in benchmarks/ to run yet."

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache
	rm -rf .import_linter_cache .hypothesis
	find . -name .git -prune -o -type d -name __pycache__ -prune -exec rm -rf {} +

$(MADE):
	@[ -n "$(PYTHON)" ] && "$(PYTHON)" -c '$(IS_NEW_ENOUGH)' 2>/dev/null || { \
		echo "sufficiency needs Python 3.11 or newer, and found none$(if $(PYTHON), in $(PYTHON))." >&2; \
		echo "Install it, or name it: make install PYTHON=/path/to/python3.11" >&2; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "$(PYTHON) cannot make virtual environments: its venv module is missing." >&2; \
		echo "On Debian and Ubuntu: sudo apt-get install python3-venv" >&2; exit 1; }
	@echo "Making $(VENV) with $(PYTHON)"
	@"$(PYTHON)" -m venv --clear $(VENV)
	@touch $@

# A stamp is dated from before its install and put in place only after it: a half-finished
# install leaves none, and an edit made meanwhile is not missed. The build tools are pinned
# by installing them first, because older versions of pip do not pin an isolated build.
define install
	@echo "Installing $(1) into $(VENV) (some minutes the first time)"
	@touch $@.part
	@$(PIP) install -c constraints.txt setuptools wheel
	@$(PIP) install -c constraints.txt --no-build-isolation -e "$(1)"
	@mv $@.part $@
endef

$(CORE): $(MADE) $(PINS)
	$(call install,.)

$(TEST): $(MADE) $(PINS)
	$(call install,.[test])
	@cp -p $@ $(CORE)
