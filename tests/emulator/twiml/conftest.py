"""The Playbook: a test of TwiML reads as the call went, and a script that stops half-way fails.

    call = playbook(response)                 # the first document is served at DOCUMENT_URL
    call.does(Answer(), Synthesize(...))      # all that the flow asks for until it waits, or ends
    call.hears(AudioReady(audio))             # what the world tells it then
    call.does(StartPlayback(audio))
    call.far_end_hangs_up()
    call.is_over()                            # or call.still_waits(): the last line says how the script ends

Reports are kept apart (`call.entries(Problem)`); a `Report` in `does` pulls its kind of entry into the comparison.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import zip_longest
from typing import TypeVar
from zlib import crc32

import msgspec
import pytest

from twilio_emulator.journal import Entry, Problem, VerbStarted
from twilio_emulator.quirks import Quirks
from twilio_emulator.twiml.context import CallContext
from twilio_emulator.twiml.flow import (
    WAIT,
    AudioReady,
    Command,
    DocumentArrived,
    Event,
    FarEndHungUp,
    Fetch,
    Instructions,
    PlaybackEnded,
    Replaced,
    Report,
    StartPlayback,
    Steps,
    Synthesize,
)
from twilio_emulator.twiml.interpreter import interpret

DOCUMENT_URL = "https://app.example.com/voice/menu?step=1"
SPEECH = b"\x55" * 8000
"""What every text sounds like in these tests: a second of it."""

SomeEntry = TypeVar("SomeEntry", bound=Entry)

LONG_BYTES = 40


def shown(thing: object) -> str:
    """A command or an event as a failure shows it: audio by its length and a checksum, anything else in full."""
    if isinstance(thing, bytes) and len(thing) > LONG_BYTES:
        return f"<{len(thing)} bytes, {crc32(thing):08x}>"
    if isinstance(thing, msgspec.Struct):
        inside = ", ".join(f"{name}={shown(getattr(thing, name))}" for name in thing.__struct_fields__)
        return f"{type(thing).__name__}({inside})"
    return repr(thing)


class Playbook:
    """One call's flow, played line by line."""

    def __init__(self, steps: Steps[None], context: CallContext) -> None:
        self.context = context
        self.journal: list[Entry] = []
        self.declared_end = False
        self._steps = steps
        self._over = False
        self._timeline: list[str] = []
        self._asked: list[Command] = []
        self._advance(lambda: next(steps))

    def does(self, *expected: Command) -> Playbook:
        """The flow asks for exactly this, in this order, before it waits or ends."""
        kinds = {type(command.entry) for command in expected if isinstance(command, Report)}
        asked = [command for command in self._asked if not isinstance(command, Report) or type(command.entry) in kinds]
        self._asked = []
        if asked != list(expected):
            self._fail(list(map(shown, expected)), list(map(shown, asked)))
        self._timeline += [f"does  {shown(command)}" for command in expected]
        return self

    def hears(self, event: Event) -> Playbook:
        """Something happens while the flow waits."""
        self._nothing_unexpected(shown(event))
        self._timeline.append(f"hears {shown(event)}")
        self._advance(lambda: self._steps.send(event))
        return self

    def says(self, text: str, voice: str = "man", language: str = "en-US") -> Playbook:
        """The flow speaks this text once, and it is heard to the end."""
        self.does(Synthesize(text, voice, language)).hears(AudioReady(SPEECH))
        return self.plays(SPEECH)

    def plays(self, audio: bytes) -> Playbook:
        """The flow plays this, and it is heard to the end."""
        return self.does(StartPlayback(audio)).hears(PlaybackEnded())

    def far_end_hangs_up(self) -> Playbook:
        """The far end hangs up while the flow waits."""
        return self._interrupt(FarEndHungUp())

    def is_replaced_by(self, instructions: Instructions) -> Playbook:
        """REST puts other TwiML in charge while the flow waits."""
        return self._interrupt(Replaced(instructions))

    def is_over(self) -> None:
        """The flow asks for nothing more and has ended."""
        self._nothing_unexpected("is over")
        self.declared_end = True
        if not self._over:
            self._fail(["is over"], ["waits"])

    def still_waits(self) -> None:
        """The flow asks for nothing more and waits; the test ends here."""
        self._nothing_unexpected("still waits")
        self.declared_end = True
        if self._over:
            self._fail(["still waits"], ["is over"])

    def entries(self, kind: type[SomeEntry]) -> list[SomeEntry]:
        """What has been reported of one kind."""
        return [entry for entry in self.journal if isinstance(entry, kind)]

    @property
    def codes(self) -> list[int]:
        """The codes of all problems so far."""
        return [problem.code for problem in self.entries(Problem)]

    @property
    def verbs(self) -> list[str]:
        """The verbs that have started so far."""
        return [entry.verb for entry in self.entries(VerbStarted)]

    def _interrupt(self, fact: Exception) -> Playbook:
        self._nothing_unexpected(repr(fact))
        self._timeline.append(f"hears {fact!r}")
        self._advance(lambda: self._steps.throw(fact))
        return self

    def _nothing_unexpected(self, now: str) -> None:
        rest = [shown(command) for command in self._asked if not isinstance(command, Report)]
        if rest:
            self._fail([now], rest)
        self._asked = []
        if self._over and now not in ("is over", "still waits"):
            self._fail([now], ["is over"])

    def _advance(self, step: Callable[[], Command]) -> None:
        try:
            while (command := step()) != WAIT:
                if isinstance(command, Report):
                    self.journal.append(command.entry)
                self._asked.append(command)
                step = lambda: next(self._steps)  # noqa: E731
        except (StopIteration, FarEndHungUp):
            self._over = True

    def _fail(self, expected: list[str], actual: list[str]) -> None:
        self.declared_end = True
        width = max([len(line) for line in expected] + [20])
        rows = [f"  {'expected':{width}}   actual"]
        rows += [
            f"{' ' if left == right else '>'} {left:{width}}   {right}"
            for left, right in zip_longest(expected, actual, fillvalue="-")
        ]
        before = "\n".join(f"  {line}" for line in self._timeline)
        problems = "\n".join(f"  {problem}" for problem in self.entries(Problem))
        pytest.fail(
            f"The call went otherwise.\nSo far:\n{before}\nThen:\n" + "\n".join(rows) + f"\nProblems:\n{problems}",
            pytrace=False,
        )


@pytest.fixture
def playbook() -> Iterator[Callable[..., Playbook]]:
    """Start a call. `document` is TwiML (text, bytes or the SDK's builder), or instructions to begin with."""
    begun: list[Playbook] = []

    def begin(
        document: object,
        *,
        content_type: str = "text/xml",
        answered: bool = True,
        fallback_url: str = "",
        quirks: Quirks | None = None,
        url: str = DOCUMENT_URL,
    ) -> Playbook:
        context = CallContext(quirks=quirks or Quirks(), answered=answered)
        instructions = Instructions(url=url, fallback_url=fallback_url)
        if isinstance(document, Instructions):
            instructions = document
        call = Playbook(interpret(instructions, context), context)
        begun.append(call)
        if not isinstance(document, Instructions):
            call.does(Fetch(url, "POST"))
            body = document if isinstance(document, bytes) else str(document).encode()
            call.hears(DocumentArrived(url=url, content_type=content_type, body=body))
        return call

    yield begin
    assert all(call.declared_end for call in begun), "A script must end with is_over() or still_waits()."


@pytest.fixture
def inline() -> Callable[[object], Instructions]:
    """Make instructions of a document given inline."""
    return lambda document: Instructions(twiml=str(document))


@pytest.fixture
def document_url() -> str:
    """Where a playbook's first document comes from."""
    return DOCUMENT_URL


@pytest.fixture
def speech() -> bytes:
    """What every text sounds like: a second of audio."""
    return SPEECH
