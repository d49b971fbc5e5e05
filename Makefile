# Each target does all its own set-up. Needs Python 3.11 or newer, a C++ compiler, make and a package index.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin


.PHONY: setup demo test check format docs bench clean

setup: .venv/ready

# torch first and by its exact version, so that whatever asks for torch later finds it there.
.venv/ready: pyproject.toml requirements.lock
	$(PYTHON) -m venv .venv
	@echo "Installing; llama.cpp is compiled on the way, which takes a few minutes."
	$(BIN)/pip install --quiet torch==2.13.0 -c requirements.lock
	$(BIN)/pip install --quiet -e ".[train,dev]" -c requirements.lock
	@touch .venv/ready

demo: setup
	$(BIN)/planfirst demo

test: setup
	$(BIN)/python -m pytest

check: setup
	$(BIN)/ruff format --check server tests docs
	$(BIN)/ruff check server tests docs
	$(BIN)/mypy

format: setup
	$(BIN)/ruff format server tests docs
	$(BIN)/ruff check --fix server tests docs

docs: setup
	$(BIN)/python docs/make_settings_reference.py

bench: setup
	$(BIN)/python tests/bench/bench.py

clean:
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis build
