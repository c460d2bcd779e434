# Everything that is done with a checkout of kaitogen. `make help` lists it.
#
# PYTHON chooses the interpreter (default: the first of python3, python3.13 ... that is
# new enough), PYTEST_ARGS is handed to pytest, PIP_ARGS to pip where it installs what others made,
# BENCH_ARGS to the benchmark, PYTHONS are the versions `make pythons` tries. Nothing is installed
# outside .venv/, .venvs/ and build/.

MAKEFLAGS += --no-print-directory
.DELETE_ON_ERROR:
.SUFFIXES:

PYTHON ?= python3
PYTHONS ?= 3.11 3.12 3.13
PYTEST_ARGS ?=
PIP_ARGS ?=
BENCH_ARGS ?=
EXAMPLES ?= examples
# Facts about KAITO's releases (CRDs, models, instance types) that `make facts` takes over.
KAITO_REFERENCE ?=

VENV ?= .venv
BIN = $(VENV)/bin
PIP = $(BIN)/python -m pip --disable-pip-version-check --quiet
# Two workers at least: the tests start many processes that wait for each other. Who has none left takes another's.
WORKERS = -n auto --dist worksteal
PYTEST = $(BIN)/python -m pytest $(WORKERS) $(PYTEST_ARGS)
# Where tests are run once more: compiling each assertion so that it tells more takes longer than most of the tests.
AGAIN = -q $(WORKERS) --assert=plain

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

# Every package by the hashes of its files, then kaitogen itself, which has none: built by what is installed
# already, and without anything that it would fetch.
define install
	@$(PIP) install $(PIP_ARGS) --require-hashes $(1:%=--requirement requirements/%.txt)
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@
endef

OF_EVERY_ENVIRONMENT = $(BIN)/python pyproject.toml generator/kaitogen/__init__.py

$(VENV)/.run: $(OF_EVERY_ENVIRONMENT) requirements/run.txt requirements/build.txt
	$(call install,run build)

$(VENV)/.test: $(OF_EVERY_ENVIRONMENT) requirements/test.txt
	$(call install,test)

$(VENV)/.dev: $(OF_EVERY_ENVIRONMENT) requirements/dev.txt
	$(call install,dev)

# What is for working on kaitogen holds what running and testing it need.
.PHONY: environment
environment: $(VENV)/.dev ## Install all that the other targets need into .venv
	@touch $(VENV)/.run $(VENV)/.test

.PHONY: lock
lock: ## Pin the newest versions of all that is needed into requirements/
	@sh scripts/lock_requirements.sh "$(PYTHON)" requirements

# --- what a newcomer runs -----------------------------------------------------------------

.PHONY: demo
demo: $(VENV)/.run ## Install kaitogen into .venv and render examples/
	@$(BIN)/kaitogen render $(EXAMPLES)

.PHONY: test
test: $(VENV)/.test ## Run the tests that need Python and git alone, with the samples of the gate
	@$(PYTEST) --ignore=tests/e2e

.PHONY: thorough
thorough: $(VENV)/.test ## The same with nothing sampled: every verdict, every case, all examples
	@HYPOTHESIS_PROFILE=whole $(PYTEST) -m 'not e2e'

# --- while working ------------------------------------------------------------------------

# The unit tests are laid out as the package is; those that hold for every room stand above the rooms.
ROOM ?=

.PHONY: unit
unit: $(VENV)/.test ## Run the unit tests with small samples: all, or with ROOM=kaito/rules those of a room or folder
	@HYPOTHESIS_PROFILE=quick $(BIN)/python -m pytest -q $(WORKERS) $(PYTEST_ARGS) tests/unit/$(ROOM)

.PHONY: quick
quick: lint unit ## Style, types, unit tests, start-up and the examples: before each commit
	@$(BIN)/python -m pytest -q tests/acceptance/test_startup.py
	@$(BIN)/kaitogen render $(EXAMPLES) >/dev/null

# Of the commands that the tests run, those that they fork (tests/acceptance/forks.py) are measured as well.
.PHONY: coverage
coverage: $(VENV)/.dev ## Run the tests without the verdicts; fail where they pass less than 95 % of lines and branches
	@mkdir -p build
	@COVERAGE_FILE=build/coverage.data $(PYTEST) --cov --cov-report= --ignore=tests/conformance
	@COVERAGE_FILE=build/coverage.data $(BIN)/python -m coverage report --skip-covered --fail-under=95 >build/coverage.txt \
	    || { tail -n 3 build/coverage.txt >&2; exit 1; }
	@echo "coverage: $$(sed -n 's/^TOTAL.* //p' build/coverage.txt) of lines and branches (build/coverage.txt has them by file)"

.PHONY: conformance
conformance: $(VENV)/.test ## Hold what kaitogen says against all verdicts of KAITO's own code
	@HYPOTHESIS_PROFILE=whole $(PYTEST) tests/conformance

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

# In this order: the set is derived from the intent, and what the checks assert from all the schemas.
# What follows a colon is the folder that a script reads.
GENERATORS = derive_kubernetes_schemas derive_kaito_schemas:tests/e2e/cluster/crds derive_set_schema \
    derive_editor_schema compile_schemas compile_templates write_field_docs write_command_docs finding_pages
FACTS = derive_test_crds:$(KAITO_REFERENCE)/crds derive_catalogue:$(KAITO_REFERENCE)

define run_scripts
@for entry in $(1); do \
    name=$${entry%%:*}; source=$${entry#"$$name"}; \
    $(BIN)/python -m scripts.$$name $${source#:} $(2) || exit 1; \
done
endef

.PHONY: generate
generate: $(VENV)/.dev ## Make the generated schemas, modules and pages again
	$(call run_scripts,$(GENERATORS),)

.PHONY: check-generated
check-generated: $(VENV)/.dev ## Fail where a generated file is not what its source makes
	$(call run_scripts,$(GENERATORS),--check)

# It asks the Go module proxy, so the gate does not.
.PHONY: companion-crds
companion-crds: $(VENV)/.dev ## Take over the CRDs of Gateway API, Istio, KEDA and others, at the versions in the script
	$(call run_scripts,derive_companion_crds,)

# No part of the repository, so the gate does not ask for them again.
.PHONY: facts
facts: $(VENV)/.dev ## Take over the facts about KAITO's releases from the folder KAITO_REFERENCE, then generate
	$(call run_scripts,$(FACTS),)
	@$(MAKE) generate

.PHONY: check-facts
check-facts: $(VENV)/.dev ## Fail where what was taken over is not what KAITO_REFERENCE says
	$(call run_scripts,$(FACTS),--check)

# --- more than the checkout and its Python ------------------------------------------------

# The wheel comes from the sdist, into a venv of its own. The tests run in a copy of the
# checkout without generator/, so that only the installed package can be what they import.
# tests/packaging holds that the wheel's files are those of the checkout, byte by byte; so what
# may differ is how they are found and started, and these are the tests that find and start them
# (each command anew, where other runs of the tests fork it from a process that has loaded it).
WHEEL_TESTS = $(addprefix tests/acceptance/,test_about.py test_argocd_install.py test_catalogue_commands.py \
    test_cases.py test_krm.py test_kustomize_commands.py test_plan.py test_startup.py)
# Not what says the same of what is found: other words, numbers and shells for one template of `init` and one list.
WHEEL_CHOICE = not (only_the_expected_warnings or prints_no_manifest or init_encodes or replicas_that_render or values_are_completed)
WHEEL_DIR = build/wheel-test
# The archives in the folder's dist/, and a venv with what people get who install the wheel.
define as_installed
	@rm -rf $(1) && mkdir -p $(1)
	@$(BIN)/python -m build --no-isolation --outdir $(1)/dist . >$(1)/build.log 2>&1 || { cat $(1)/build.log >&2; exit 1; }
	@$(BIN)/python -m venv --without-pip $(1)/venv
	@$(PIP) --python $(1)/venv/bin/python install $(PIP_ARGS) --require-hashes --requirement requirements/run.txt
	@$(PIP) --python $(1)/venv/bin/python install --no-deps $(1)/dist/*.whl
	@$(PIP) --python $(1)/venv/bin/python check
endef

# What the tests use beside the wheel is found behind its own, in the venv of the checkout, whose own .pth files (the
# checkout itself is one) count only there.
SITE = -c 'import sysconfig; print(sysconfig.get_path("purelib"))'

.PHONY: wheel-test
wheel-test: $(VENV)/.test ## Build the archives, and run the tests of what finds its files on the wheel
	$(call as_installed,$(WHEEL_DIR))
	@$(BIN)/python $(SITE) >"$$($(WHEEL_DIR)/venv/bin/python $(SITE))/tests.pth"
	@mkdir $(WHEEL_DIR)/tree; set -- $(WHEEL_DIR)/dist/*.tar.gz; tar -xzf "$$1" -C $(WHEEL_DIR)/tree --strip-components=1
	@rm -rf $(WHEEL_DIR)/tree/generator
	@cd $(WHEEL_DIR)/tree && env -u PYTHONPATH KAITOGEN_TESTS_START_IT=1 "$(CURDIR)/$(WHEEL_DIR)/venv/bin/python" -m pytest $(AGAIN) \
	    -m 'not checkout and not e2e and not night' -k '$(WHEEL_CHOICE)' $(WHEEL_TESTS) $(PYTEST_ARGS)

# What may differ between Pythons: the language and its library, in every module, and the start. Each rule is run
# by the example of its page that gets it; what its rows and its page say, what is reckoned, what schemas accept and
# what Lua answers is the same everywhere.
PYTHON_TESTS = $(addprefix tests/unit/,cli commands diagnostics files integrations nodes pipeline test_typed.py yaml) \
    $(addprefix tests/acceptance/,test_cases.py test_explain_examples.py test_same_bytes.py test_startup.py \
    test_streams.py) --ignore=tests/unit/integrations/test_health.py -k 'not second_example'
# On a Python between two that run these: that all of it loads, starts and writes.
BETWEEN_TESTS = tests/unit/test_typed.py $(addprefix tests/unit/,cli files yaml) \
    $(addprefix tests/acceptance/,test_cases.py test_same_bytes.py test_startup.py test_streams.py)
PYTHON_CHOICE ?= $(PYTHON_TESTS)

.PHONY: pythons
pythons: ## Run small samples of the tests on each Python of PYTHONS
	@for version in $(PYTHONS); do \
	    python=$$(scripts/find_python.sh $$version) || exit 1; \
	    echo "Python $$version: $$python"; \
	    $(MAKE) .venvs/$$version/.test VENV=.venvs/$$version PYTHON="$$python" || exit 1; \
	    HYPOTHESIS_PROFILE=quick .venvs/$$version/bin/python -m pytest $(AGAIN) $(PYTHON_CHOICE) \
	        $(subst {python},$$version,$(PYTEST_ARGS)) || exit 1; \
	done

.PHONY: tools
tools: e2e-tools ## Build or fetch all programs that tests and benchmark run (from nothing, about a quarter of an hour)
	@sh scripts/build_tools.sh cluster jsonnet cue kubeconform >/dev/null

.PHONY: e2e-tools
e2e-tools:
	@sh scripts/build_tools.sh kustomize kpt argocd yaml helm krew promtool >/dev/null
	@sh scripts/fetch_browser.sh >/dev/null
	@sh scripts/fetch_language_server.sh >/dev/null

.PHONY: e2e
e2e: $(VENV)/.dev e2e-tools docs ## Run the tests that need a real kubectl, kustomize, kpt, Helm, krew, Argo CD and promtool (Go builds all but the first), a browser and a language server
	@$(PYTEST) -m 'e2e and not cluster' tests/e2e

# One after the other: each worker would start an API server of its own.
.PHONY: e2e-cluster
e2e-cluster: $(VENV)/.dev ## Run the tests that need a real API server (Go builds it, which takes some minutes, once)
	@sh scripts/build_tools.sh cluster >/dev/null
	@$(BIN)/python -m pytest -m cluster $(PYTEST_ARGS) tests/e2e/cluster

# In a venv of its own: nothing that runs or tests kaitogen needs it.
.PHONY: docs
docs: ## Make the site of docs/ in build/docs; a link or an anchor that leads nowhere fails
	@test -x .venvs/docs/bin/python || "$(PYTHON)" -m venv .venvs/docs
	@.venvs/docs/bin/python -m pip --disable-pip-version-check --quiet install $(PIP_ARGS) --require-hashes \
	    --requirement requirements/docs.txt
	@.venvs/docs/bin/python -m sphinx --quiet --fail-on-warning --keep-going --nitpicky --jobs auto \
	    --doctree-dir build/docs-cache docs build/docs

# As people have it: coverage and setuptools, which .venv has as well, take part in each start of its Python.
.PHONY: bench
bench: $(VENV)/.dev ## Measure against a real `kubectl kustomize` and print a table
	$(call as_installed,build/bench)
	@$(BIN)/python -m bench.run --kaitogen build/bench/venv/bin/kaitogen $(BENCH_ARGS)

FUZZ_TIME ?= 600
FUZZ_COUNT ?= 50
FUZZ_TARGETS = intents finished migrate fmt import diff status krm argocd templates project tables receipt

# In a venv of its own, since atheris is not to be had for every Python; without it the plain fuzzer runs.
.PHONY: fuzz
fuzz: $(VENV)/.test ## Feed each target inputs that atheris grows by coverage, for FUZZ_TIME seconds in all
	@test -x .venvs/fuzz/bin/python || "$(PYTHON)" -m venv .venvs/fuzz
	@mkdir -p build/fuzz; seconds=$$(($(FUZZ_TIME) / $(words $(FUZZ_TARGETS)) + 1)); \
	if .venvs/fuzz/bin/python -m pip --disable-pip-version-check --quiet install --require-hashes \
	    --requirement requirements/test.txt --requirement requirements/fuzz.txt; then \
	    for target in $(FUZZ_TARGETS); do \
	        echo "$$target:"; \
	        PYTHONPATH=generator:. .venvs/fuzz/bin/python tests/fuzz/run_atheris.py $$target build/fuzz/corpus/$$target \
	            -artifact_prefix=build/fuzz/$$target- -max_total_time=$$seconds -max_len=4096 -timeout=60 \
	            -rss_limit_mb=1024 -verbosity=0 -print_final_stats=1 || exit 1; \
	    done; \
	else \
	    $(BIN)/python -m tests.fuzz.run --seconds $$seconds --first $$(date +%s) $(FUZZ_TARGETS); \
	fi

# The same inputs in each run: of the examples that each target starts from one of four, its corpus, and so many more.
.PHONY: fuzz-sample
fuzz-sample: $(VENV)/.test ## Feed each target the same inputs, as the gate does
	@$(BIN)/python -m tests.fuzz.run --count $(FUZZ_COUNT) --examples 4 $(FUZZ_TARGETS)

.PHONY: mutants
mutants: $(VENV)/.test ## Break the rules and the merging in each small way, and see a test fail
	@$(BIN)/python -m tests.mutation.run
	@$(BIN)/python -m tests.mutation.flips

.PHONY: nightly
nightly: thorough coverage mutants fuzz ## What takes too long for each change: all samples whole, coverage, all mutants, the fuzzer
	@HYPOTHESIS_PROFILE=whole $(MAKE) e2e-cluster

.PHONY: mutants-sample
mutants-sample: $(VENV)/.test ## A fixed sample of these mutants, as the gate runs it
	@$(BIN)/python -m tests.mutation.flips --sample

.PHONY: clean
clean: ## Remove everything that was made here
	@rm -rf .venv .venvs build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache .grimp_cache
	@find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +
