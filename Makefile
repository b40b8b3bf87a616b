# Two commands: `make demo` and `make test`. Both set everything up in .venv, with uv when it is there and venv + pip when not.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: help setup demo test lint types contracts check doctor fixtures bench test-paddle train-numbers damaged confidence clean

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

# PaddleX pins an OpenCV whose files and those of opencv-python-headless lie in one folder. Both are asked for, one may stay:
# removing the other takes shared files along, so the one that stays is put back.
PADDLE := .venv-paddle
PADDLE_READY := $(PADDLE)/.ready
PADDLE_OPENCV := opencv-contrib-python==4.10.0.84

$(PADDLE_READY): pyproject.toml
	@if command -v uv >/dev/null 2>&1; then \
	  uv venv --quiet --allow-existing --python "$$(command -v $(PYTHON))" $(PADDLE) && \
	  uv pip install --quiet --python $(PADDLE)/bin/python --editable '.[paddle]' --group dev && \
	  uv pip uninstall --quiet --python $(PADDLE)/bin/python opencv-python-headless && \
	  uv pip install --quiet --python $(PADDLE)/bin/python --no-deps --reinstall $(PADDLE_OPENCV); \
	else \
	  $(PYTHON) -m venv $(PADDLE) && \
	  $(PADDLE)/bin/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1' && \
	  $(PADDLE)/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[paddle]' --group dev && \
	  $(PADDLE)/bin/python -m pip uninstall --quiet --yes opencv-python-headless && \
	  $(PADDLE)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --force-reinstall $(PADDLE_OPENCV); \
	fi
	@touch $(PADDLE_READY)

test-paddle: $(PADDLE_READY)  ## the PaddleOCR engine, in an environment of its own
	$(PADDLE)/bin/python -m pytest -m paddle tests/ocr/test_paddle.py

# PyTorch is large and only training needs it.
TRAIN := .venv-train
TRAIN_READY := $(TRAIN)/.ready
CROPS := bench-out/numbers

$(TRAIN_READY): pyproject.toml
	@if command -v uv >/dev/null 2>&1; then \
	  uv venv --quiet --allow-existing --python $(PYTHON) $(TRAIN) && uv pip install --quiet --python $(TRAIN)/bin/python --editable '.[train]'; \
	else \
	  $(PYTHON) -m venv $(TRAIN) && $(TRAIN)/bin/python -m pip install --quiet --editable '.[train]'; \
	fi
	@touch $(TRAIN_READY)

train-numbers: $(READY) $(TRAIN_READY)  ## the number reader made again: sheets, crops, network
	$(BIN)/python -m training crops $(CROPS)/train.npz --sheets 600 --first 1000000
	$(BIN)/python -m training crops $(CROPS)/valid.npz --sheets 51 --first 9000000
	$(TRAIN)/bin/python -m training fit $(CROPS)/train.npz $(CROPS)/valid.npz --minutes 20

# img2table and PaddleOCR want the one OpenCV, RapidOCR the other; the same as above.
PEERS := .venv-peers
PEERS_READY := $(PEERS)/.ready

$(PEERS_READY): benchmarks/peers.txt
	@if command -v uv >/dev/null 2>&1; then \
	  uv venv --quiet --allow-existing --python "$$(command -v $(PYTHON))" $(PEERS) && \
	  uv pip install --quiet --python $(PEERS)/bin/python --requirement benchmarks/peers.txt && \
	  uv pip uninstall --quiet --python $(PEERS)/bin/python opencv-python-headless && \
	  uv pip install --quiet --python $(PEERS)/bin/python --no-deps --reinstall $(PADDLE_OPENCV); \
	else \
	  $(PYTHON) -m venv $(PEERS) && \
	  $(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check --requirement benchmarks/peers.txt && \
	  $(PEERS)/bin/python -m pip uninstall --quiet --yes opencv-python-headless && \
	  $(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --force-reinstall $(PADDLE_OPENCV); \
	fi
	@touch $(PEERS_READY)

bench: $(READY) $(PEERS_READY)  ## seconds a page and memory beside other programs, to docs/benchmarks.md
	$(BIN)/python -m benchmarks.bench --markdown docs/benchmarks.md --json bench-out/benchmarks.json $(BENCH)

clean:  ## remove what was set up and made
	rm -rf $(VENV) .venv-paddle .venv-peers .venv-train .venv-damage build *.egg-info demo-out bench-out .mypy_cache .ruff_cache .pytest_cache

DAMAGE := .venv-damage
DAMAGE_READY := $(DAMAGE)/.ready

$(DAMAGE_READY): benchmarks/damage.txt
	@if command -v uv >/dev/null 2>&1; then \
	  uv venv --quiet --allow-existing --python "$$(command -v $(PYTHON))" $(DAMAGE) && \
	  uv pip install --quiet --python $(DAMAGE)/bin/python --requirement benchmarks/damage.txt; \
	else \
	  $(PYTHON) -m venv $(DAMAGE) && $(DAMAGE)/bin/python -m pip install --quiet --requirement benchmarks/damage.txt; \
	fi
	@touch $(DAMAGE_READY)

SEED := 1

damaged: $(READY) $(DAMAGE_READY)  ## made reports damaged by another program (SEED=1), to bench-out/damaged
	$(BIN)/python -m benchmarks.damage --out bench-out/damaged --seed $(SEED) --python $(DAMAGE)/bin/python

CALIBRATION := bench-out/confidence
CALIBRATION_SEEDS := 1001 1002 1003 1004 1005 1006 1007 1008 1009 1010 1011 1012

confidence: $(READY)  ## the confidence model, trained again (about an hour on two cores)
	@for seed in $(CALIBRATION_SEEDS); do \
	  $(BIN)/python -m fixtures.scanmaker set --count 36 --seed $$seed --out $(CALIBRATION)/set || exit 1; \
	done
	$(BIN)/gouji digitize $(CALIBRATION)/set/docs --folder-is-report --no-sections --evidence --risk 0.5 --jobs 2 --out $(CALIBRATION)/records > $(CALIBRATION)/digitized.jsonl || [ $$? -eq 3 ]
	$(BIN)/gouji calibrate $(CALIBRATION)/set/manifest.json $(CALIBRATION)/records --out models/confidence.json
