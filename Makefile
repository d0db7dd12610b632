# Every command prepares .venv by itself; `make help` lists them.
SHELL := /bin/sh
PYTHON ?= python3
ARGS ?=
RUN := $(PYTHON) bootstrap.py run
MANAGE := $(RUN) python manage.py
.DEFAULT_GOAL := help
.PHONY: help up down test check fmt messages bench lock
.PHONY: check-style check-types check-imports check-templates
.PHONY: check-migrations check-translations check-api

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-20s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

up: ## Run Hub here until Ctrl-C (ARGS="--port 9000", ARGS=--detach)
	@$(PYTHON) bootstrap.py up $(ARGS)

down: ## End the Hub that runs in this HUB_HOME
	@$(PYTHON) bootstrap.py down

test: ## Run the tests on servers of their own (ARGS="tests/lib -x")
	@$(PYTHON) bootstrap.py test $(ARGS)

check: ## Everything a change must pass; stops at the first failure
	@for step in style types imports templates migrations translations api; do \
		echo "== $$step"; \
		$(MAKE) --no-print-directory check-$$step || { echo "make check: $$step failed"; exit 1; }; \
	done
	@echo "== tests"
	@$(MAKE) --no-print-directory test || { echo "make check: tests failed"; exit 1; }
	@echo "make check: all passed"

check-style: ## Format and lint
	@$(RUN) ruff check .
	@$(RUN) ruff format --check .

check-types: ## Types, strict
	@HUB_PROCESS=owner $(RUN) mypy

check-imports: ## Imports go down only
	@$(RUN) lint-imports

check-templates: ## Template style
	@find . -name '*.html' -not -path './.*' -print0 | xargs -0 -r $(RUN) djade --check --target-version 5.2

check-migrations: ## No model change without its migration
	@HUB_PROCESS=owner $(MANAGE) makemigrations --check --dry-run

check-translations: ## French is complete
	@HUB_PROCESS=owner $(MANAGE) translations --check

check-api: ## docs/openapi.yaml says what the code does
	@HUB_PROCESS=owner $(MANAGE) openapi --check

fmt: ## Format and mend what can be mended
	@$(RUN) ruff check --fix .
	@$(RUN) ruff format .
	@find . -name '*.html' -not -path './.*' -print0 | xargs -0 -r $(RUN) djade --target-version 5.2

messages: ## Bring locale/ up to date with the source strings
	@HUB_PROCESS=owner $(MANAGE) translations

bench: ## Measure speed and cost per message
	@$(RUN) python -m bench $(ARGS)

lock: ## Pin the newest versions that requirements*.in allow
	@$(RUN) python -m uv pip compile -q --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-annotate --custom-compile-command "make lock" \
		requirements.in -o requirements.lock $(ARGS)
	@$(RUN) python -m uv pip compile -q --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-annotate --custom-compile-command "make lock" \
		requirements-dev.in -c requirements.lock -o requirements-dev.lock $(ARGS)
