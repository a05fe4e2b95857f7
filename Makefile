# Everything here works in a fresh clone: what a target needs is installed into .venv the first time.
# `make PYTHON=/path/to/python3` chooses the Python that .venv is made from.

VENV = .venv
BIN = $(VENV)/bin
JS = sekom_analysis/coding/js
PAGE = sekom_analysis/report/templates/page.js
NODE = $(VENV)/js/node_modules/.bin
PIP = $(BIN)/python -m pip --disable-pip-version-check
INSTALL = $(PIP) install --quiet --constraint requirements.txt --editable
CANDIDATES = python3.14 python3.13 python3.12 python3.11 python3 python
USABLE = import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))

help: ## show this help
	@echo "make TARGET, where TARGET is one of"
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  \1@\2/p' Makefile | awk -F@ '{ printf "%-14s %s\n", $$1, $$2 }'
	@echo "The first time, each installs what it needs into $(VENV); nothing else on the machine changes."

report: $(VENV)/documents.stamp ## the report (page, Word, PDF) and figures of this study, in Swedish and English
	@$(BIN)/sekom report --lang sv --to html,docx,pdf
	@$(BIN)/sekom report --lang en --to html,docx,pdf
	@echo "Open figures/report.sv.html in a browser, .docx to edit it, .pdf to print it; pictures and tables lie beside."

lab: $(VENV)/notebooks.stamp ## open the notebooks in JupyterLab
	@$(BIN)/sekom lab $(LABFLAGS)

test: $(VENV)/test.stamp $(VENV)/js.stamp ## run all tests, the examples in the docs and the notebooks, two files at a time
	@PYTHONWARNDEFAULTENCODING=1 $(BIN)/pytest --numprocesses 2 --dist loadfile

fast: $(VENV)/test.stamp $(VENV)/js.stamp ## the tests that take no browser, no LibreOffice and little time: a minute and a half
	@PYTHONWARNDEFAULTENCODING=1 $(BIN)/pytest --numprocesses 2 --dist loadfile -m fast

check: $(VENV)/test.stamp $(VENV)/js.stamp ## style, types, and that the lists of packages agree
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@if [ -e $(VENV)/js.stamp ]; then \
	  $(NODE)/eslint --config $(JS)/eslint.config.js $(JS) $(PAGE) sekom_analysis/coding/served.js tests/coding && $(NODE)/tsc --project $(JS); \
	fi
	@$(BIN)/pytest --quiet tests/test_environment.py
	@echo "Checks passed."

bundle: $(VENV)/js.stamp ## make sekom_analysis/coding/cards.js anew from the modules in sekom_analysis/coding/js
	@PATH="$(CURDIR)/$(NODE):$$PATH" npm run --silent --prefix $(JS) bundle > $(VENV)/js/cards.js
	@mv $(VENV)/js/cards.js sekom_analysis/coding/cards.js

bench: $(VENV)/test.stamp ## measure speed and endurance; prints numbers, takes minutes
	@for script in benchmarks/*.py; do \
	  echo "== $$script"; $(BIN)/python "$$script" || exit 1; \
	done

bounds: $(BIN)/python ## lowest and newest versions allowed, on every Python here: a report and the fast tests
	@$(PIP) install --quiet uv
	@.ci/bounds

docs: $(VENV)/docs.stamp ## the documentation as a site, in build/docs
	@rm -rf build/api
	@$(BIN)/sphinx-build --quiet --fail-on-warning --keep-going --conf-dir docs . build/docs
	@echo "Open build/docs/index.html in a browser."

hooks: $(VENV)/hooks.stamp ## check style before each commit, from now on
	@$(BIN)/pre-commit install

requirements: $(BIN)/python ## write requirements.txt anew from pyproject.toml (UPGRADE=--upgrade: newest of all)
	@$(PIP) install --quiet uv
	@cp requirements.txt $(VENV)/pins.txt 2>/dev/null || :
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-header --no-annotate \
	  --no-emit-index-url --extra notebooks --extra test --extra docs --extra hooks $(UPGRADE) \
	  --output-file $(VENV)/pins.txt pyproject.toml
	@{ echo "# The exact versions this project was tested with, for Python 3.11 and newer on any system."; \
	   echo "# Made by \`make requirements\` from pyproject.toml; do not edit by hand."; \
	   cat $(VENV)/pins.txt; } > $(VENV)/requirements.txt
	@mv $(VENV)/requirements.txt requirements.txt
	@echo "Wrote requirements.txt: $$(grep -c == requirements.txt) pins."

clean: ## remove .venv and caches; notes, decisions, notebooks and figures stay
	@rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .benchmarks
	@find sekom_analysis tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
	@echo "Removed $(VENV) and caches. data, notebooks and figures are as they were."

# A command of that name may exist and still not run (a pyenv shim), or lack venv (Debian without python3-venv):
# so each candidate is tried.
$(BIN)/python:
	@for python in $(PYTHON) $(CANDIDATES); do \
	  if "$$python" -c '$(USABLE)' >/dev/null 2>&1; then \
	    echo "Making $(VENV) with $$("$$python" --version)."; \
	    exec "$$python" -m venv --clear $(VENV); \
	  fi; \
	done; \
	echo "No Python 3.11 or newer with venv was found (tried: $(PYTHON) $(CANDIDATES))." >&2; \
	echo "Install one from python.org, or on Debian and Ubuntu: apt install python3 python3-venv." >&2; \
	echo "If you have one elsewhere: make $(MAKECMDGOALS) PYTHON=/path/to/python3" >&2; \
	exit 1

$(VENV)/documents.stamp: $(BIN)/python pyproject.toml requirements.txt
	@echo "Installing the package, and what Word and PDF need, into $(VENV) (once, a minute or two)."
	@$(INSTALL) ".[documents]"
	@touch $@

$(VENV)/notebooks.stamp: $(BIN)/python pyproject.toml requirements.txt
	@echo "Installing the package and JupyterLab into $(VENV) (once, some minutes)."
	@$(INSTALL) ".[notebooks,documents]"
	@touch $@ $(VENV)/documents.stamp

$(VENV)/test.stamp: $(BIN)/python pyproject.toml requirements.txt
	@echo "Installing the package, JupyterLab and the test tools into $(VENV) (once, some minutes)."
	@$(INSTALL) ".[notebooks,test]"
	@touch $@ $(VENV)/notebooks.stamp $(VENV)/documents.stamp

$(VENV)/docs.stamp: $(BIN)/python pyproject.toml requirements.txt
	@echo "Installing the package, JupyterLab and Sphinx into $(VENV) (once, some minutes)."
	@$(INSTALL) ".[notebooks,documents,docs]"
	@touch $@ $(VENV)/notebooks.stamp $(VENV)/documents.stamp

$(VENV)/hooks.stamp: $(VENV)/test.stamp
	@$(INSTALL) ".[hooks]"
	@touch $@

# What bundles, lints and checks the cards' JavaScript. A laptop without npm goes without; in CI nothing is left out.
$(VENV)/js.stamp: $(JS)/package.json | $(BIN)/python
	@if command -v npm >/dev/null; then \
	  echo "Installing esbuild, eslint and TypeScript into $(VENV)/js (once, some seconds)."; \
	  mkdir -p $(VENV)/js && cp $(JS)/package.json $(VENV)/js && \
	  npm install --prefix $(VENV)/js --no-package-lock --no-audit --no-fund --silent && touch $@; \
	elif [ -n "$$CI" ]; then \
	  echo "npm was not found, with which the cards' JavaScript is checked (apt install npm)." >&2; exit 1; \
	else \
	  echo "npm was not found: the cards' JavaScript is neither checked nor bundled."; \
	fi

.DELETE_ON_ERROR:
.PHONY: help report lab test fast check bundle bench bounds docs hooks requirements clean
