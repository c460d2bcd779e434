# Everything that is done with a checkout of kaitogen. `make help` lists it.
#
# PYTHON chooses the interpreter (default: the first of python3, python3.13 ... that is
# new enough), PYTEST_ARGS is handed to pytest, BENCH_ARGS to the benchmark, PYTHONS are the
# interpreters `make pythons` tries. Nothing is installed outside .venv/, .venvs/ and build/.

MAKEFLAGS += --no-print-directory
.DELETE_ON_ERROR:
.SUFFIXES:

PYTHON ?= python3
PYTHONS ?= 3.11 3.12 3.13
PYTEST_ARGS ?=
BENCH_ARGS ?=
EXAMPLES ?= examples
# The reference folder: facts about KAITO's releases (CRDs, models, instance types).
KAITO_REFERENCE ?= ../shared/reference/kaito

VENV ?= .venv
BIN = $(VENV)/bin
LOCK = requirements/dev.txt
PIP = $(BIN)/python -m pip --disable-pip-version-check --quiet
# Two workers at least: the tests start many processes that wait for each other.
PYTEST = $(BIN)/python -m pytest -n auto $(PYTEST_ARGS)

.PHONY: help
help: ## Say what can be made
	@sed -n 's/^\([a-z][a-z0-9-]*\):.*## \(.*\)/\1|\2/p' Makefile | while IFS='|' read -r name text; do \
	    printf '  make %-22s %s\n' "$$name" "$$text"; done

# --- the environment ----------------------------------------------------------------------

# A venv is taken as it is while its interpreter runs; pins and metadata are the stamps' matter.
$(BIN)/python:
	@for candidate in "$(PYTHON)" python3.13 python3.12 python3.11 python3.14; do \
	    if "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	        chosen=$$candidate; break; fi; \
	    if [ "$(origin PYTHON)" != file ]; then break; fi; \
	done; \
	if [ -z "$$chosen" ]; then \
	    echo "kaitogen needs Python 3.11 or newer, and '$(PYTHON)' is not that. Name one: make PYTHON=/path/to/python3.12" >&2; \
	    exit 1; \
	fi; \
	rm -rf $(VENV); \
	"$$chosen" -m venv $(VENV) || { \
	    rm -rf $(VENV); \
	    echo "'$$chosen -m venv' failed (on Debian and Ubuntu: install the package python3-venv)." >&2; \
	    exit 1; \
	}

# Build tools first and from the lock, so that no build fetches an unpinned one of its own.
define install
	@$(PIP) install --constraint $(LOCK) hatchling
	@$(PIP) install --constraint $(LOCK) --no-build-isolation --editable '$(1)'
	@touch $@
endef

$(VENV)/.run: $(BIN)/python pyproject.toml generator/kaitogen/__init__.py $(LOCK)
	$(call install,.)

$(VENV)/.test: $(BIN)/python pyproject.toml generator/kaitogen/__init__.py $(LOCK)
	$(call install,.[test])

$(VENV)/.dev: $(BIN)/python pyproject.toml generator/kaitogen/__init__.py $(LOCK)
	$(call install,.[dev])

.PHONY: lock
lock: ## Pin the newest versions of all that is needed into requirements/
	@sh scripts/lock_requirements.sh "$(PYTHON)" $(LOCK)

# --- what a newcomer runs -----------------------------------------------------------------

.PHONY: demo
demo: $(VENV)/.run ## Install kaitogen into .venv and render examples/
	@$(BIN)/kaitogen render $(EXAMPLES)

.PHONY: test
test: $(VENV)/.test ## Run all tests that need Python and git alone
	@$(PYTEST)

# --- checks -------------------------------------------------------------------------------

.PHONY: lint
lint: style types imports ## Style, types and import direction

.PHONY: style
style: $(VENV)/.dev
	@$(BIN)/ruff check --quiet --output-format concise
	@$(BIN)/ruff format --check --quiet --output-format concise

.PHONY: types
types: $(VENV)/.dev
	@$(BIN)/mypy

.PHONY: imports
imports: $(VENV)/.dev
	@PYTHONPATH=generator $(BIN)/lint-imports

.PHONY: format
format: $(VENV)/.dev ## Let ruff lay out the code
	@$(BIN)/ruff check --fix --quiet
	@$(BIN)/ruff format --quiet

# --- generated files ----------------------------------------------------------------------

# In this order: the compiled checks are made from the schemas. What follows a colon is the
# folder that a script reads; it is no part of the repository, and where it is missing the
# script is left out, and said so.
GENERATORS = derive_kubernetes_schemas derive_workspace_schemas:$(KAITO_REFERENCE)/crds derive_set_schema \
    derive_test_crds:$(KAITO_REFERENCE)/crds derive_catalogue:$(KAITO_REFERENCE) compile_schemas compile_templates write_field_docs finding_pages

define run_generators
@for entry in $(GENERATORS); do \
    name=$${entry%%:*}; source=$${entry#"$$name"}; source=$${source#:}; \
    if [ -n "$$source" ] && [ ! -d "$$source" ]; then \
        echo "$$name: left out, since the reference folder is not here: $$source"; continue; fi; \
    $(BIN)/python scripts/$$name.py $${source:+"$$source"} $(1) || exit 1; \
done
endef

.PHONY: generate
generate: $(VENV)/.dev ## Make the generated schemas and modules again
	$(call run_generators,)

.PHONY: check-generated
check-generated: $(VENV)/.dev ## Fail where a generated file is not what its source makes
	$(call run_generators,--check)

# --- more than the checkout and its Python ------------------------------------------------

# The wheel comes from the sdist, into a venv of its own. The tests run in a copy of the
# checkout without generator/, so that only the installed package can be what they import.
# tests/packaging holds that the wheel's files are those of the checkout, byte by byte; so what
# may differ is how they are found and started, and the tests that run the commands show that.
WHEEL_TESTS = tests/acceptance --ignore=tests/acceptance/test_mutations.py --ignore=tests/acceptance/test_explain_examples.py
WHEEL_DIR = build/wheel-test

.PHONY: wheel-test
wheel-test: $(VENV)/.test ## Build the archives, hold them to their lists, run the commands' tests on the wheel
	@rm -rf $(WHEEL_DIR) && mkdir -p $(WHEEL_DIR)/tree
	@$(BIN)/python -m build --no-isolation --outdir $(WHEEL_DIR)/dist . >$(WHEEL_DIR)/build.log 2>&1 \
	    || { cat $(WHEEL_DIR)/build.log >&2; exit 1; }
	@$(BIN)/python -m pytest -q tests/packaging -p no:cacheprovider
	@$(BIN)/python -m venv $(WHEEL_DIR)/venv
	@set -- $(WHEEL_DIR)/dist/*.whl; $(WHEEL_DIR)/venv/bin/python -m pip --disable-pip-version-check --quiet \
	    install --constraint $(LOCK) "$$1[test]"
	@set -- $(WHEEL_DIR)/dist/*.tar.gz; tar -xzf "$$1" -C $(WHEEL_DIR)/tree --strip-components=1
	@rm -rf $(WHEEL_DIR)/tree/generator
	@cd $(WHEEL_DIR)/tree && env -u PYTHONPATH "$(CURDIR)/$(WHEEL_DIR)/venv/bin/python" -m pytest -n auto \
	    -m 'not checkout and not e2e' $(WHEEL_TESTS) $(PYTEST_ARGS)

# A version that is not on the machine is left out, and said so; pyenv's shims exist for
# versions that are not selected, so a candidate counts only once it has run.
.PHONY: pythons
pythons: ## Run the tests on every Python of PYTHONS that is on the machine
	@ran=''; for version in $(PYTHONS); do \
	    chosen=''; \
	    for candidate in "python$$version" $$(ls -d "$$(pyenv root 2>/dev/null)"/versions/$$version.*/bin/python 2>/dev/null | sort -V -r); do \
	        if "$$candidate" -c "import sys; sys.exit('%d.%d' % sys.version_info[:2] != '$$version')" 2>/dev/null; then \
	            chosen=$$candidate; break; fi; \
	    done; \
	    if [ -z "$$chosen" ]; then echo "Python $$version: not on this machine"; continue; fi; \
	    echo "Python $$version: $$chosen"; \
	    $(MAKE) test VENV=.venvs/$$version PYTHON="$$chosen" \
	        PYTEST_ARGS="$(subst {python},$$version,$(PYTEST_ARGS))" || exit 1; \
	    ran="$$ran $$version"; \
	done; \
	echo "tested on:$${ran:- none of $(PYTHONS)}"

.PHONY: e2e
e2e: $(VENV)/.dev ## Run the tests that need a real kubectl, kustomize, kpt and Argo CD (Go builds all but the first) and a browser
	@sh scripts/build_tools.sh kustomize argocd kpt >/dev/null
	@sh scripts/fetch_browser.sh >/dev/null
	@$(PYTEST) -m 'e2e and not cluster'

# One after the other: each worker would start an API server of its own.
.PHONY: e2e-cluster
e2e-cluster: $(VENV)/.dev ## Run the tests that need a real API server (Go builds it, which takes some minutes, once)
	@sh scripts/build_tools.sh cluster >/dev/null
	@$(BIN)/python -m pytest -m cluster $(PYTEST_ARGS) tests/e2e/cluster

.PHONY: bench
bench: $(VENV)/.dev ## Measure against a real `kubectl kustomize` and print a table
	@$(BIN)/python -m bench.run $(BENCH_ARGS)

FUZZ_SECONDS ?= 120

# In a venv of its own, since atheris is not to be had for every Python.
.PHONY: fuzz
fuzz: ## Feed inputs that atheris grows by coverage, for FUZZ_SECONDS
	@test -x .venvs/fuzz/bin/python || "$(PYTHON)" -m venv .venvs/fuzz
	@.venvs/fuzz/bin/python -m pip --disable-pip-version-check --quiet install --constraint $(LOCK) atheris .
	@mkdir -p build/fuzz
	@PYTHONPATH=. .venvs/fuzz/bin/python tests/fuzz/run_atheris.py build/fuzz examples \
	    -artifact_prefix=build/fuzz/ -max_total_time=$(FUZZ_SECONDS) -max_len=4096 -print_final_stats=1

.PHONY: mutants
mutants: $(VENV)/.test ## Take out what raises each code, one at a time, and see a test fail
	@$(BIN)/python -m tests.mutation.run

.PHONY: clean
clean: ## Remove everything that was made here
	@rm -rf .venv .venvs build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache .grimp_cache
	@find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +
