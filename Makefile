# Two commands for a newcomer: `make demo` and `make test`. Both work on a fresh machine with Python 3.11-3.13.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin

.PHONY: demo test test-speech test-scenario lint fixtures bench clean

demo: $(VENV)/installed
	$(BIN)/python examples/dtmf_ivr.py --wav demo_call.wav

test: $(VENV)/installed
	$(BIN)/python -m pytest -n 2

# The natural voice, a recogniser that reads it back, and what hears with it; all come with extras.
test-speech: $(VENV)/installed
	$(BIN)/pip install --quiet -e '.[speech-check]'
	$(BIN)/python -m pytest -n 2 tests/test_fixtures_audio.py tests/emulator/test_speech.py \
		tests/emulator/media/test_recognition.py tests/emulator/flows/test_recognition.py tests/end_to_end/test_scripts.py

# A run of langwatch-scenario. It brings half a gigabyte of clients for services, none of which is asked.
test-scenario: $(VENV)/installed
	$(BIN)/pip install --quiet -e '.[scenario]'
	$(BIN)/python -m pytest tests/end_to_end/test_scenario.py tests/test_docs.py -k scenario

lint: $(VENV)/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(VENV)/installed
	$(BIN)/python benchmarks/media.py

fixtures: $(VENV)/installed
	$(BIN)/pip install --quiet -e '.[speech]'
	$(BIN)/python fixtures_audio/generate.py

$(VENV)/installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --upgrade pip
	$(BIN)/pip install --quiet -e '.[dev]'
	touch $@

clean:
	rm -rf $(VENV) dist .mypy_cache .ruff_cache .pytest_cache .hypothesis demo_call.wav
