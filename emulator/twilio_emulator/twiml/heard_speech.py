"""What a `<Gather>` has heard the far end say, and how sure that is. No timers here: the verb says when time is up."""

from __future__ import annotations

from collections.abc import Sequence


class SpeechCollector:
    """Collects words, as one text.

    `is_speaking`: between a start and a stop. `settled` are the words before the last pause, which a recogniser will
    not change any more; `running` are those since.
    """

    def __init__(self) -> None:
        self.is_speaking = False
        self._words: list[str] = []
        self._settled = 0
        self._sureness = 0.0

    def start(self) -> None:
        """Somebody has begun to speak."""
        self.is_speaking = True

    def hear(self, words: Sequence[str], confidence: float) -> None:
        """Words have ended, of which a recogniser is so sure (0.0 to 1.0)."""
        self._words += words
        self._sureness += confidence * len(words)

    def stop(self) -> None:
        """A pause."""
        self.is_speaking = False
        self._settled = len(self._words)

    @property
    def text(self) -> str:
        """All that was said."""
        return " ".join(self._words)

    @property
    def settled(self) -> str:
        """What was said before the last pause."""
        return " ".join(self._words[: self._settled])

    @property
    def running(self) -> str:
        """What was said since."""
        return " ".join(self._words[self._settled :])

    @property
    def confidence(self) -> float:
        """How sure all of it is, each word counting the same; 0.0 without words."""
        return self._sureness / len(self._words) if self._words else 0.0


def written(confidence: float) -> str:
    """A confidence as Twilio writes it: decimals, as many as there are and at most eight."""
    return f"{confidence:.8f}".rstrip("0").ljust(3, "0")
