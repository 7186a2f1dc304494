# Two commands matter: `make run` and `make test`. Everything goes into this folder.

PYTHON ?= python3
BIN := .venv/bin
ARGS ?=
AREA ?=
LOCK := $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header \
	--no-annotate --no-emit-index-url --no-emit-find-links --upgrade --quiet

.DEFAULT_GOAL := help
.PHONY: help run test check bench soak lock clean

help: ## what can be done here
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile | expand -t 16

run: ## start everything; PORT=8000 BASE_DOMAIN=localhost DEMO=1 may be set
	@$(PYTHON) -m infra.setup --frontend
	@exec $(BIN)/python -m infra up

test: ## all tests; ARGS="tests/infra -k ports" for some of them
	@$(PYTHON) -m infra.setup --dev --frontend --browser
	@exec $(BIN)/python -m infra with --fast --fresh --data .data/test -- \
		$(BIN)/python -m infra.testing $(ARGS)

check: ## ruff, mypy, import-linter, djlint, migrations, catalogues, deployment settings
	@$(PYTHON) -m infra.setup --dev
	@exec $(BIN)/python -m infra with --fast --fresh --data .data/check -- $(BIN)/python -m infra.check

bench: ## benchmarks; AREA=host for one area
	@$(PYTHON) -m infra.setup --dev --frontend
	@exec $(BIN)/python -m infra with --fresh --data .data/bench -- sh -c \
		'$(BIN)/python manage.py catalogues compile && exec $(BIN)/python -m bench "$$@"' bench $(AREA)

soak: ## an hour of kill -9 under work; ARGS="--kills 20 --acts 500 --minutes 5" for less
	@$(PYTHON) -m infra.setup --dev --frontend
	@exec $(BIN)/python -m tests.faults.soak $(ARGS)

lock: ## write the locks anew from requirements*.in
	@$(PYTHON) -m infra.setup --dev
	$(LOCK) -o requirements.txt requirements.in
	$(LOCK) -c requirements.txt -o requirements-dev.txt requirements-dev.in

clean: ## remove what was built or installed; the data in .data stay
	rm -rf .venv platform/asp/ui/frontend/node_modules platform/asp/ui/static/ui/dist
	rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
	find . -name __pycache__ -type d -not -path './.data/*' -prune -exec rm -rf {} +
	find . -name '*.mo' -not -path './.data/*' -delete
