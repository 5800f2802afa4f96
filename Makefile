# Everything here runs in .venv, made from requirements.lock on first use.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.DEFAULT_GOAL := help
.PHONY: help demo test test-all lint format types lock clean \
        bench bench-clean bench-langid bench-restore bench-score

help:  ## This list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

$(READY): requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	touch $(READY)

demo: $(READY)  ## The main job on raw/ and clean/, results in out/
	$(BIN)/unspun run raw --reference clean --out out

test: $(READY)  ## The tests
	$(BIN)/python -m pytest -m "not slow"

test-all: $(READY)  ## The tests, the slow ones and 100,000 examples a law included
	HYPOTHESIS_PROFILE=deep $(BIN)/python -m pytest --timeout=3600

lint: $(READY)  ## Style, types, import rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(READY)  ## Put the code into the one format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: bench-clean bench-langid bench-restore bench-score  ## All benchmarks

lock:  ## Resolve the dependencies again (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --group dev \
	  --no-emit-index-url pyproject.toml -o requirements.lock

clean:  ## Remove what was made here
	rm -rf .venv out dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis
