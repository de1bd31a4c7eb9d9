# The two commands of the README are `make serve` and `make test`; both install what they need.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
HOST ?= 127.0.0.1
PORT ?= 8000
STORE ?= var/sample-store

.PHONY: install serve test check bench clean

install: $(VENV)/.installed

# An interrupted installation leaves no stamp, so that the next run starts again.
$(VENV)/.installed: pyproject.toml
	command -v $(PYTHON) >/dev/null || { echo "make: $(PYTHON) not found; set PYTHON=…" >&2; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
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

clean:
	rm -rf var build *.egg-info .pytest_cache .mypy_cache .ruff_cache
