# Two commands: `make demo` and `make test`. Both set everything up in .venv, with uv when it is there and venv + pip when not.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: help setup demo test lint types contracts check doctor fixtures bench test-paddle clean

help:  ## these lines
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: $(READY)  ## gouji and what its tests need, in .venv

$(READY): pyproject.toml
	@if command -v uv >/dev/null 2>&1; then \
	  uv venv --quiet --allow-existing --python "$$(command -v $(PYTHON))" $(VENV) && \
	  uv pip install --quiet --python $(BIN)/python --editable . --group dev; \
	else \
	  $(PYTHON) -m venv $(VENV) && \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1' && \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --editable . --group dev; \
	fi
	@touch $(READY)

demo: $(READY)  ## digitize a scanned report and show what was read
	$(BIN)/gouji digitize fixtures/scans/demo.pdf --out demo-out --annotate --format table

test: lint types contracts $(READY)  ## lint, types, import contracts, tests
	$(BIN)/python -m pytest

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)
	$(BIN)/mypy .

contracts: $(READY)
	$(BIN)/lint-imports --no-logo

doctor: $(READY)  ## is everything there?
	$(BIN)/gouji doctor

clean:  ## remove what was set up and made
	rm -rf $(VENV) .venv-paddle .venv-peers build *.egg-info demo-out bench-out .mypy_cache .ruff_cache .pytest_cache
