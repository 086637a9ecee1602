# Every target sets up what it needs; `make help` lists them all.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
# The tests start hundreds of our programs, and each would compile its sources anew.
unexport PYTHONDONTWRITEBYTECODE
# How many processes share out the tests: a number, `logical` for one a core, 0 for one test after the other.
JOBS ?= logical

.PHONY: help
help: ## list all targets
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: run
run: setup ## the demo office: server, a device of its own, the app (Ctrl-C ends all of it)
	@$(PY) packaging/run_demo.py

.PHONY: reset-demo
reset-demo: ## forget the demo office; the next `make run` makes it anew
	rm -rf build/demo build/office-of-screenshots

.PHONY: setup
setup: ## what `make run` needs: system packages, virtual environment, pinned dependencies
	@PYTHON=$(PYTHON) bash packaging/setup.sh run

.PHONY: setup-dev
setup-dev: ## the same, and what `make test` needs
	@PYTHON=$(PYTHON) bash packaging/setup.sh dev

.PHONY: test
test: setup-dev check ## every check and every test but those of `make long`, on every core; JOBS=0: one after the other
	@$(PY) -m pytest -n $(JOBS)

.PHONY: check
check: setup-dev ## formatter, linter, types, import rules
	@$(VENV)/bin/ruff format --check --quiet . || { echo "make check: run 'make format'."; exit 1; }
	@$(VENV)/bin/ruff check --quiet .
	@$(VENV)/bin/mypy
	@$(VENV)/bin/lint-imports

.PHONY: format
format: setup-dev ## let the formatter rewrite the sources
	@$(VENV)/bin/ruff format . && $(VENV)/bin/ruff check --fix .

.PHONY: screenshots
screenshots: setup ## every screen in English and Arabic, tablet and laptop size, in build/screenshots
	@$(PY) packaging/run_demo.py --dir build/office-of-screenshots --screenshots build/screenshots

.PHONY: package
package: setup-dev ## app and server for machines without Python, in build/package, and a try of both
	@PYTHON=$(PY) bash packaging/build.sh
	@$(PY) packaging/smoke_test.py

.PHONY: bench
bench: setup-dev ## figures beside their limits, in build/bench.json; ONLY=sync,store chooses areas
	@$(PY) tests/benchmarks/run.py $(if $(ONLY),--only $(ONLY))

.PHONY: window
window: setup-dev ## every form of the library by hand at the window; ONLY=consent,travel chooses, OUT=folder takes pictures
	@$(PY) -m tests.ui.library_by_hand $(if $(ONLY),--only $(ONLY)) $(if $(OUT),--out $(OUT)) $(if $(SIZE),--size $(SIZE))

.PHONY: long
long: setup-dev ## what `make test` does in fewer forms and languages at the window, and with fewer random examples
	@HOMEWARD_EXAMPLES=10 $(PY) -m pytest -n $(JOBS) -m "long or random" --timeout 3600

.PHONY: fuzz
fuzz: setup-dev ## 100,000 mutated inputs, each within 2 s and 256 MB; ONLY=forms chooses areas, CASES their number
	@$(PY) -m tests.fuzz.run $(if $(ONLY),--only $(ONLY)) $(if $(CASES),--cases $(CASES)) $(if $(SEED),--seed $(SEED))

.PHONY: torture
torture: setup-dev ## forms filled in at random (ONLY=forms, ONLY=library with N times each), or a store under crashes and bad disks (ONLY=store, N=0.1 of it)
	@$(if $(filter forms,$(or $(ONLY),forms)),$(PY) -m tests.forms.filler $(if $(ANSWERS),--answers $(ANSWERS)) $(if $(SEED),--seed $(SEED)),true)
	@$(if $(filter library,$(or $(ONLY),library)),$(PY) -m tests.library.fill $(if $(N),--times $(N)) $(if $(SEED),--seed $(SEED)),true)
	@$(if $(filter store,$(ONLY)),$(PY) -m tests.store.torture.run $(if $(N),--scale $(N)) $(if $(ROWS),--only $(ROWS)) $(if $(SEED),--seed $(SEED)) $(if $(SEED_BUG),--seed-bug $(SEED_BUG)),true)

.PHONY: messages
messages: setup-dev ## collect the texts of the app again and merge them into its catalogues
	@$(PY) packaging/messages.py

.PHONY: docs
docs: setup-dev ## the page of error codes, the tables of two more, a page for each form, from what the code says
	@$(PY) packaging/error_catalogue.py
	@$(PY) packaging/form_pages.py

.PHONY: lock
lock: ## pin the dependencies anew, with hashes (needs uv)
	uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 \
	  pyproject.toml -o packaging/requirements/run.txt
	uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 \
	  --extra dev --extra package pyproject.toml -o packaging/requirements/dev.txt

.PHONY: clean
clean: ## remove what was built; sources and virtual environment stay
	rm -rf build .pytest_cache .mypy_cache .ruff_cache .hypothesis
