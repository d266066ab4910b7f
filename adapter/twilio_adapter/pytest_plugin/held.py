"""What a test holds of ours, from the moment its first fixture is made until its report has been written."""

from collections import deque
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from twilio_adapter.pytest_plugin.options import directory_name

if TYPE_CHECKING:
    from twilio_adapter.harnesses import EmulatorHarness, TwilioHarness
    from twilio_emulator.emulator import EmulatorThread
    from twilio_emulator.phones.handset import LineFacts

_HELD: Final = pytest.StashKey["Held"]()

_LINES_KEPT: Final = 16
"""A load test has thousands of calls; those at which it failed are the last ones."""


@dataclass
class Held:
    """One test's belongings.

    Attributes:
        test: its node id.
        recordings: where the directories of failed tests are.
        emulator: its emulator, running or stopped.
        harness: what its adapter is connected by.
        lines: the last calls on its phones.
        is_told: whether a report tells of all this already.
    """

    test: str
    recordings: Path
    emulator: "EmulatorThread | None" = None
    harness: "EmulatorHarness | TwilioHarness | None" = None
    lines: "deque[LineFacts]" = field(default_factory=lambda: deque(maxlen=_LINES_KEPT))
    is_told: bool = False

    @cached_property
    def directory(self) -> Path:
        """The test's own directory, should it fail: made when something is put there, and none of an earlier run."""
        name = directory_name(self.test)
        names = (name if number == 1 else f"{name}-{number}" for number in count(1))
        return next(path for path in map(self.recordings.joinpath, names) if not path.exists())


def hold(item: pytest.Item, recordings: Path) -> Held:
    """What a test holds, from now on at the latest."""
    return item.stash.setdefault(_HELD, Held(item.nodeid, recordings))


def held_by(item: pytest.Item) -> Held | None:
    """What a test holds; None if it has asked for nothing of ours."""
    return item.stash.get(_HELD, None)


def let_go(item: pytest.Item) -> None:
    """All has been told. pytest keeps its items to the end of the run, and shall not keep every call of it."""
    if _HELD in item.stash:
        del item.stash[_HELD]
