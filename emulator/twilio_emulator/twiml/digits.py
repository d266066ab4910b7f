"""Which keys a `<Gather>` has, and whether they are enough. No timers here: the verb says when time is up."""

from __future__ import annotations

from enum import StrEnum


class GatherEnding(StrEnum):
    """Why a `<Gather>` ended."""

    FINISH_KEY = "finish key"
    ALL_DIGITS = "all digits"
    TIMEOUT = "timeout"
    SPEECH_ENDED = "speech ended"
    MAX_SPEECH_TIME = "max speech time"
    HANG_UP = "hang-up"
    REPLACED = "replaced by REST"


class DigitCollector:
    """Collects keys until one of them, or their number, ends it.

    `finish_on_key` may be empty: no key finishes. `num_digits` may be 0: no limit. `ending` stays None while
    more may come; after that keys are no longer heard.
    """

    def __init__(self, *, finish_on_key: str, num_digits: int) -> None:
        self._finish_on_key = finish_on_key
        self._num_digits = num_digits
        self.digits = ""
        self.finished_on_key = ""
        self.ending: GatherEnding | None = None

    def press(self, key: str) -> None:
        """Take a key, one of 0-9 * # A-D. The finishing key is not one of the digits."""
        if self.ending is not None:
            return
        if key == self._finish_on_key:
            self.finished_on_key = key
            self.ending = GatherEnding.FINISH_KEY
            return
        self.digits += key
        if len(self.digits) == self._num_digits:
            self.ending = GatherEnding.ALL_DIGITS

    def end(self, ending: GatherEnding) -> None:
        """Stop for a reason from outside; the first reason stands."""
        self.ending = self.ending or ending
