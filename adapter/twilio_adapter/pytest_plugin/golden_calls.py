"""Golden calls in a run of pytest: when they are written anew, and where a failed comparison leaves what it shows."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from twilio_adapter.golden.names import FAILURES_VARIABLE, SENTENCES, UPDATE_VARIABLE
from twilio_adapter.pytest_plugin.held import Held


def begin(config: pytest.Config) -> None:
    """Have golden calls that differ written anew in this run, if the command line says so."""
    if config.getoption("--update-golden"):
        changed = pytest.MonkeyPatch()
        changed.setenv(UPDATE_VARIABLE, "1")
        config.add_cleanup(changed.undo)


@contextmanager
def kept_apart(held: Held | None) -> Iterator[None]:
    """Have failed comparisons of a test leave what they show in its own directory, unless it is said where."""
    if held is None or os.environ.get(FAILURES_VARIABLE):
        yield
        return
    with pytest.MonkeyPatch.context() as changed:
        changed.setenv(FAILURES_VARIABLE, str(held.directory))
        yield


def shown(held: Held) -> list[Path]:
    """The pictures, and the sound, that failed comparisons have left in a test's directory."""
    folders = [sentences.parent for sentences in sorted(held.directory.glob(f"*/{SENTENCES}"))]
    return [path for folder in folders for kind in ("png", "wav") for path in sorted(folder.glob(f"*.{kind}"))]
