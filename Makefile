# `make` lists the targets. Everything is installed into .venv; nothing else is touched.
PYTHON ?= $(shell for p in python3.11 python3; do $$p -c '' 2>/dev/null && echo $$p && break; done)
# Options for the installation of torch, as its CPU index on a machine without a GPU.
TORCH_ARGS ?=
PYTEST_ARGS ?=
DEMO_ARGS ?=
SUITE_ARGS ?=

BIN := .venv/bin
ORIGINAL := .venv-original/bin
DOCS := .venv-docs/bin
TORCH := torch==2.13.0

.PHONY: help install test test-faults coverage lint docs demo demo-seeds demo-rivals demo-localization demo-segmentation \
  leaderboard test-original test-zoo clean
.DEFAULT_GOAL := help

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 24

install: .venv/.installed  ## make .venv with everything pinned; seconds when it is there

test: install  ## run the whole test suite
	$(BIN)/python -m pytest $(PYTEST_ARGS)

test-faults: install  ## run the slow tests of faults: bad videos, killed processes
	$(BIN)/python -m pytest -m faults $(PYTEST_ARGS)

coverage: install  ## run all tests but the original stack's; fail below 90 % of the lines
	$(BIN)/python -m pytest -m '' --cov=vared_mm --cov-report=term --cov-fail-under=90 $(PYTEST_ARGS)

lint: install  ## check style, types and spelling
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/codespell

docs: .venv-docs/.installed  ## build the documentation into docs/_build/html; a warning is an error
	$(DOCS)/python -m sphinx -q -W --keep-going -b html docs docs/_build/html
	@echo 'open docs/_build/html/index.html'

demo: install  ## make clips, train, finetune, test, print the table
	$(BIN)/python tools/run_demo.py $(DEMO_ARGS)

demo-seeds: install  ## the demo on three seeds, with its controls
	$(BIN)/python tools/run_demo.py --seeds 0 1 2 $(DEMO_ARGS)

demo-rivals: install  ## our method and others at about the same MACs, three seeds
	$(BIN)/python tools/run_demo.py --task rivals --seeds 0 1 2 $(DEMO_ARGS)

demo-localization: install  ## boxes: make frames, train, test, draw a video
	$(BIN)/python tools/run_localization_demo.py $(DEMO_ARGS)

demo-segmentation: install  ## make images, train, finetune, test, print the table
	$(BIN)/python tools/run_demo.py --task segmentation $(DEMO_ARGS)

leaderboard: install  ## small models for tables 4.1, 4.2, 4.8, 4.9 and the site; resumes where it stopped
	$(BIN)/python tools/leaderboard.py suite 4.1 4.2 4.8 4.9 --profile demo $(SUITE_ARGS); \
	  status=$$?; $(BIN)/python tools/leaderboard.py build && exit $$status

test-original: .venv-original/.installed  ## smoke test with the original distributions
	$(ORIGINAL)/python -m pytest -m original $(PYTEST_ARGS)

test-zoo: install .venv-zoo/.installed  ## convert, accelerate and count timm's and torchvision's networks
	PYTHONPATH=.venv-zoo $(BIN)/python -m pytest -p tests.zoo.libraries -m zoo tests/zoo $(PYTEST_ARGS)

clean:  ## remove all environments and what builds and tests leave
	rm -rf .venv .venv-docs .venv-original .venv-zoo build dist docs/_build *.egg-info .mypy_cache .pytest_cache .ruff_cache

.venv/.installed: constraints.txt setup.py
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo 'Python 3.11 or later is needed: make install PYTHON=/path/to/python3.11' >&2; exit 1; }
	@echo 'Installing into .venv: a minute or more, depending on the network'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -q -c constraints.txt $(TORCH_ARGS) $(TORCH)
	$(BIN)/python -m pip install -q -c constraints.txt -e '.[dev]'
	$(BIN)/python -m pip install -q -c constraints.txt --no-deps mmaction2
	$(BIN)/python -m vared_mm doctor
	touch $@

.venv-original/.installed: constraints-original.txt
	test -x $(ORIGINAL)/python || $(PYTHON) -m venv .venv-original
	$(ORIGINAL)/python -m pip install -q -c constraints-original.txt $(TORCH_ARGS) setuptools $(TORCH)
	$(ORIGINAL)/python -m pip install -q -c constraints-original.txt mmengine mmcv-lite \
	  mmsegmentation av einops ftfy importlib-metadata pytest regex safetensors scipy
	$(ORIGINAL)/python -m pip install -q -c constraints-original.txt --no-deps mmaction2
	touch $@

# The documentation reads the sources without importing them: it needs nothing of .venv.
.venv-docs/.installed: constraints-docs.txt
	test -x $(DOCS)/python || $(PYTHON) -m venv .venv-docs
	$(DOCS)/python -m pip install -q -c constraints-docs.txt sphinx myst-parser sphinx-autoapi furo
	touch $@

# Beside the packages of .venv, not among them: mmengine's runner stops where torchvision is
# installed beside a CPU build of torch.
.venv-zoo/.installed: constraints.txt
	$(BIN)/python -m pip install -q --upgrade --target .venv-zoo -c constraints.txt huggingface_hub
	$(BIN)/python -m pip install -q --upgrade --target .venv-zoo -c constraints.txt $(TORCH_ARGS) \
	  --no-deps timm torchvision
	touch $@
