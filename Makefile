# Everything sets itself up: a virtual environment in .venv with the locked dependencies.
PYTHON ?= python3
ARGS ?=
BIN := .venv/bin

.PHONY: run test lint bench lock example translations clean

run: .venv/run.stamp
	exec $(BIN)/estafette serve $(ARGS)

test: .venv/dev.stamp
	@sh tests/system-packages.sh
	$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile $(ARGS)

lint: .venv/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: .venv/dev.stamp
	@sh tests/system-packages.sh
	$(BIN)/python -m benchmarks $(ARGS)

# The example archive in documents/ is made from the texts in tests/example/.
example: .venv/dev.stamp
	$(BIN)/python tests/example/build.py $(ARGS)

# Bring new sentences of the interface into the English catalogue and compile it; translate what is left empty, run again.
ENGLISH := webui/translations/en/LC_MESSAGES/messages
translations: .venv/dev.stamp
	$(BIN)/pybabel -q extract -F webui/translations/babel.cfg -k _l -k lazy_gettext --no-location --sort-output \
		-o $(ENGLISH).pot webui
	$(BIN)/pybabel -q update -l en -i $(ENGLISH).pot -o $(ENGLISH).po -w 120 --no-fuzzy-matching --ignore-obsolete \
		--ignore-pot-creation-date
	$(BIN)/pybabel -q compile -l en -i $(ENGLISH).po -o $(ENGLISH).mo
	@rm $(ENGLISH).pot

# Renew the locks; needs uv.
lock:
	uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --no-emit-index-url \
		--python-version 3.11 --extra build --extra oidc pyproject.toml --output-file requirements.lock
	uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --no-emit-index-url \
		--python-version 3.11 --extra dev pyproject.toml --output-file requirements-dev.lock

clean:
	rm -rf .venv .cache .mypy_cache .pytest_cache .ruff_cache .hypothesis

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
		|| { echo "Estafette needs Python 3.11, 3.12 or 3.13; name one with: make run PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv .venv || { rm -rf .venv; echo "On Debian: sudo apt-get install python3-venv"; exit 1; }

.venv/run.stamp: requirements.lock pyproject.toml | .venv/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable . ./freedict
	@$(BIN)/python -m compileall -q archive indexer webui freedict/estafette_freedict  # else each start may compile all
	@touch $@

.venv/dev.stamp: requirements-dev.lock pyproject.toml | .venv/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable . ./freedict
	@$(BIN)/python -m compileall -q archive indexer webui freedict/estafette_freedict  # else each start may compile all
	@touch $@ .venv/run.stamp
