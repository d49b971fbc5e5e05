# Each target does all its own set-up. Needs Python 3.11 or newer, a C++ compiler, make and a package index.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin


.PHONY: setup demo test check format docs bench stress clean client vsix e2e e2e-short e2e-editors offline-bundle e2e-offline

setup: .venv/ready

# torch first and by its exact version, so that whatever asks for torch later finds it there.
.venv/ready: pyproject.toml server/planfirst_lab/pyproject.toml requirements.lock
	$(PYTHON) -m venv .venv
	@echo "Installing; llama.cpp is compiled on the way, which takes a few minutes."
	$(BIN)/pip install --quiet torch==2.13.0 -c requirements.lock
	$(BIN)/pip install --quiet -e ".[dev]" -e "server/planfirst_lab[eval,train]" -c requirements.lock
	@.ci/sandbox
	@touch .venv/ready

demo: setup
	$(BIN)/planfirst demo

# In two processes, each file of tests in one of them, the longest first. The top says what is left out, the end what was
# skipped.
test: setup
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

check: setup
	$(BIN)/ruff format --check server tests docs client-vscode/offline
	$(BIN)/ruff check server tests docs client-vscode/offline
	$(BIN)/mypy

format: setup
	$(BIN)/ruff format server tests docs client-vscode/offline
	$(BIN)/ruff check --fix server tests docs client-vscode/offline

docs: setup
	$(BIN)/python docs/make_settings_reference.py
	$(BIN)/python docs/make_package_picture.py docs/pictures/packages.svg

bench: setup
	$(BIN)/python tests/bench/bench.py $(addprefix --model ,$(MODEL))

# Hours of it; stop with Ctrl-C, and the same command goes on. NAMES="protocol chaos" for some of the runs.
stress: setup
	$(BIN)/python -m tests.stress $(NAMES)

WITH_NODE := cd client-vscode && ./with-node.sh

client-vscode/node_modules/.package-lock.json: client-vscode/package-lock.json
	$(WITH_NODE) npm ci --no-audit --no-fund --loglevel=error
	@touch $@

# The extension's own checks: types, and the tests of what needs no editor.
client: client-vscode/node_modules/.package-lock.json
	$(WITH_NODE) npm run --silent check
	$(WITH_NODE) npm run --silent test

# All files in the wheel and in the extension have the commit's date, and the same permissions whatever yours are, so the
# same commit makes the same bytes. (Not in all of make: with it in the environment, `setup` would build ggml without AVX.)
DATED := SOURCE_DATE_EPOCH=$(shell git log -1 --format=%ct 2>/dev/null || echo 1767225600)

# The extension with the server's wheel in it.
vsix: setup client-vscode/node_modules/.package-lock.json
	rm -rf client-vscode/dist && mkdir client-vscode/dist
	cp LICENSE CHANGELOG.md client-vscode/
	$(DATED) $(BIN)/pip wheel --quiet --no-deps --wheel-dir client-vscode/dist .
	$(WITH_NODE) npm run --silent build
	cd client-vscode && $(DATED) ./with-node.sh npm run --silent package
	@ls -l client-vscode/dist/*.vsix

# The real workbench, page and terminal in a browser and a real agent's session, with the real server and the starter, or
# MODEL=qwen2.5-coder-0.5b. Screenshots go to .e2e/out*/. With RUNS=10, ten times in a row, until one fails. PARTS="page
# terminal" for some of it.
RUNS ?= 1
e2e: client vsix
	$(BIN)/python -m pytest -q tests/test_reproducible.py
	bash tests/e2e/setup.sh
	E2E_PARTS="$(PARTS)" E2E_MODEL=$(MODEL) bash tests/e2e/run.sh all $(RUNS)

e2e-short: client vsix
	$(BIN)/python -m pytest -q tests/test_reproducible.py
	bash tests/e2e/setup.sh
	E2E_MODEL=$(MODEL) bash tests/e2e/run.sh short $(RUNS)

# Neovim and Emacs with the same server.
e2e-editors: setup
	bash tests/e2e/editors/run.sh

# One archive that installs on a machine like this one with no network. It is in .build/offline/.
# MODEL=qwen2.5-coder-0.5b puts that model in, which must be installed here.
offline-bundle: vsix
	$(BIN)/python client-vscode/offline/bundle.py client-vscode/dist/*.vsix .build/offline $(MODEL)

# Installs it where there is no route, and uses it there.
e2e-offline: offline-bundle
	bash tests/e2e/setup.sh
	bash tests/e2e/offline.sh "$$(ls -t $(CURDIR)/.build/offline/*.zip | head -1)"

clean:
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis build
