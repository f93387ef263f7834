PY := .venv/bin
.DEFAULT_GOAL := help
.PHONY: help run check lint types imports test soak fix bench peers clean parts

help:              ## list the targets
	@grep -hE '^[a-z-]+: .*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*##/ -/'

run: .venv/ready   ## replay the default scenario, scan the demo department, then serve the console (ARGS=... goes to `citywatch run`)
	$(PY)/citywatch run --demo $(ARGS)

check: .venv/ready parts lint types imports test  ## everything that a change must pass

lint: .venv/ready  ## ruff: rules and format
	$(PY)/ruff check .
	$(PY)/ruff format --check .

types: .venv/ready ## mypy, strict, over packages, tests and recipes
	$(PY)/mypy

imports: .venv/ready ## the one-way import rule
	$(PY)/lint-imports

test: .venv/ready  ## every test, the real servers and the browser included
	$(PY)/pytest -q -n 2 --dist loadgroup

soak: .venv/ready  ## the long forms of the fault tests, hundreds of kills (about an hour)
	CITYWATCH_SOAK=1 $(PY)/pytest -q $$(grep -rlE 'CITYWATCH_SOAK|soak\(' tests --include='test_*.py')

fix: .venv/ready   ## let ruff mend what it can
	$(PY)/ruff check --fix .
	$(PY)/ruff format .

bench: .venv/ready peers ## measure, as ratios in one run
	$(PY)/python -m tests.bench

peers: tests/bench/peers/.venv/ready ## what is measured beside us, Python in an environment of its own
	@sh tests/parts.sh bench

tests/bench/peers/.venv/ready: tests/bench/peers/presidio.lock
	python3 -m venv $(@D)
	$(@D)/bin/pip install --quiet --disable-pip-version-check --require-hashes -r $<
	touch $@

parts:             ## Java, Maven, tshark, bubblewrap, Chromium, fonts, PostgreSQL, nftables, unbound, sshd as Debian packages
	@sh tests/parts.sh

.venv/ready: requirements.lock pyproject.toml
	@echo "Setting up .venv (about two minutes the first time; later runs start at once)"
	python3 -m venv .venv
	$(PY)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(PY)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

clean:             ## remove the environment and the caches (data stays)
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis
