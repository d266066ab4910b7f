"""`<Gather>`: keys from the far end, while nested verbs play. Source: twilio.com/docs/voice/twiml/gather.

The far end is listened to from the first nested verb on; a key stops them, unless `bargeIn` is false.
`timeout` counts from their end and anew from every key. With something collected, `action` is asked; without,
the verb below runs. Speech is not recognised by this version: what asks for it is told so, and the timeout
ends it.
"""

from __future__ import annotations

from contextlib import closing
from typing import Final

from twilio_emulator.journal import GatherEnded
from twilio_emulator.media.sources import UnplayableMedia
from twilio_emulator.twiml.context import CallContext
from twilio_emulator.twiml.digits import DigitCollector, GatherEnding
from twilio_emulator.twiml.errors import TwimlError
from twilio_emulator.twiml.flow import (
    WAIT,
    DigitPressed,
    Event,
    FarEndHungUp,
    IgnoreDigits,
    ListenForDigits,
    Replaced,
    Report,
    StartTimer,
    Steps,
    StopTimer,
    TimerFired,
)
from twilio_emulator.twiml.outcomes import GoTo, Next, Outcome
from twilio_emulator.twiml.performing import perform
from twilio_emulator.twiml.schema import Attribute, Use, Verb
from twilio_emulator.twiml.underway import Underway
from twilio_emulator.twiml.values import BOOLEAN, LANGUAGE, METHOD, TEXT, Kind, matching, one_of, whole_number
from twilio_emulator.twiml.verbs.pause import PAUSE
from twilio_emulator.twiml.verbs.play import DIGITS, PLAY
from twilio_emulator.twiml.verbs.say import SAY

SOURCE: Final = "twilio.com/docs/voice/twiml/gather"

_AUTO: Final = 0
_SECONDS: Final = whole_number(1)


def _read_seconds_or_auto(text: str) -> int:
    return _AUTO if text.strip() == "auto" else _SECONDS.read(text)


_SECONDS_OR_AUTO: Final = Kind(f'{_SECONDS.allowed} or "auto"', _read_seconds_or_auto)

INPUT: Final = Attribute(
    "input", "dtmf", one_of("dtmf", "speech", "dtmf speech", "speech dtmf"), code=13326, source=SOURCE
)
ACTION: Final = Attribute("action", "", TEXT, source=SOURCE)
GATHER_METHOD: Final = Attribute("method", "POST", METHOD, code=13312, source=SOURCE)
TIMEOUT: Final = Attribute("timeout", 5, _SECONDS_OR_AUTO, code=13313, source=SOURCE)
NUM_DIGITS: Final = Attribute("numDigits", 0, whole_number(1), code=13314, source=SOURCE)
FINISH_ON_KEY: Final = Attribute(
    "finishOnKey", "#", matching(r"[0-9#*]?", 'one of 0-9 # * or "" for none'), code=13310, source=SOURCE
)
ACTION_ON_EMPTY_RESULT: Final = Attribute(
    "actionOnEmptyResult", default=False, kind=BOOLEAN, code=13338, level="error", source=SOURCE
)
BARGE_IN: Final = Attribute("bargeIn", default=True, kind=BOOLEAN, code=13332, source=SOURCE)

SPEECH_ATTRIBUTES: Final = (
    Attribute("speechTimeout", _AUTO, _SECONDS_OR_AUTO, code=13327, source=SOURCE),
    Attribute("maxSpeechTime", 60, whole_number(1), code=13328, source=SOURCE),
    Attribute("language", "en-US", LANGUAGE, code=13331, source=SOURCE),
    Attribute("hints", "", TEXT, code=13330, source=SOURCE),
    Attribute("profanityFilter", default=True, kind=BOOLEAN, code=13333, source=SOURCE),
    Attribute("speechModel", "default", TEXT, code=13334, source=SOURCE),
    Attribute("enhanced", default=False, kind=BOOLEAN, source=SOURCE),
    Attribute("partialResultCallback", "", TEXT, source=SOURCE),
    Attribute("partialResultCallbackMethod", "POST", METHOD, code=13329, source=SOURCE),
    Attribute("debug", default=False, kind=BOOLEAN, source=SOURCE),
)
"""Checked, and without effect until speech is recognised."""

INVALID_CHILD: Final = 13320
_CODES_IN_GATHER: Final = {UnplayableMedia.code: UnplayableMedia.code_in_gather}
"""What the mistakes of nested verbs are called here."""

TIMER: Final = "gather timeout"
"""Name of the timer."""


def run(use: Use, context: CallContext) -> Steps[Outcome]:
    """Collect keys; then ask `action` if there is something to tell, or else go on.

    Raises:
        TwimlError: a nested file cannot be had or played, or `action` is no URL.
    """
    if "speech" in use[INPUT]:
        yield context.warning(
            0,
            f'{use.place}: input="{use[INPUT]}" waits for speech, which this version does not recognise.',
            "Test this step with keys; spoken words are not heard.",
        )
    listens = "dtmf" in use[INPUT]
    if listens:
        yield ListenForDigits()
    gathering = _Gathering(use, context)
    keys = gathering.keys
    try:
        yield from gathering.collect()
    except FarEndHungUp:
        keys.end(GatherEnding.HANG_UP)
        yield gathering.report()
        raise
    except Replaced:
        keys.end(GatherEnding.REPLACED)
        yield gathering.report()
        raise
    except TwimlError as error:
        yield IgnoreDigits()
        error.code = _CODES_IN_GATHER.get(error.code, error.code)
        raise
    if listens:
        yield IgnoreDigits()
    yield gathering.report()
    if not keys.digits and not use[ACTION_ON_EMPTY_RESULT]:
        return Next()
    # `msg` and `FinishedOnKey` are in no document; real requests carry them.
    parameters = {"Digits": keys.digits, "msg": "Gather End", "FinishedOnKey": keys.finished_on_key}
    return GoTo(context.resolve_action(use[ACTION]), use[GATHER_METHOD], parameters, purpose="gather action")


class _Gathering:
    """One `<Gather>` under way: the keys so far, and what its nested verbs have started."""

    def __init__(self, use: Use, context: CallContext) -> None:
        self._use = use
        self._context = context
        self._prompts = Underway()
        self._pressed = False
        self.keys = DigitCollector(finish_on_key=use[FINISH_ON_KEY], num_digits=use[NUM_DIGITS])

    def collect(self) -> Steps[None]:
        """Play the nested verbs and wait for keys until something ends it."""
        for prompt in self._use.children:
            if not self._barged_in:
                yield from self._prompt(prompt)
        if self.keys.ending is None:
            yield from self._await_keys()

    def report(self) -> Report:
        """Tell the journal how it ended."""
        assert self.keys.ending is not None  # nobody tells of a gather that goes on
        return Report(GatherEnded(digits=self.keys.digits, reason=self.keys.ending.value))

    @property
    def _barged_in(self) -> bool:
        return self._pressed and self._use[BARGE_IN]

    def _prompt(self, prompt: Use) -> Steps[None]:
        """Run a nested verb and hear its events first; a key that may barge in ends it."""
        if prompt.tag is PLAY and prompt.has(DIGITS):
            yield self._context.warning(
                INVALID_CHILD,
                f"{prompt.place} plays digits, which <Gather> does not do; it is skipped.",
                "Play a file, or move it out of <Gather>.",
            )
            return
        steps = perform(prompt, self._context)
        with closing(steps):
            try:
                command = next(steps)
                while not self._barged_in:
                    self._prompts.note(command)
                    event = yield command
                    self._hear(event)
                    command = steps.send(event)
            except StopIteration:
                return
        yield from self._prompts.stopping()

    def _await_keys(self) -> Steps[None]:
        """Wait until there are enough keys, or none for `timeout` seconds."""
        timeout_ms = (self._use[TIMEOUT] or TIMEOUT.default) * 1000
        yield StartTimer(TIMER, timeout_ms)
        while self.keys.ending is None:
            event = yield WAIT
            self._hear(event)
            if isinstance(event, TimerFired) and event.name == TIMER:
                self.keys.end(GatherEnding.TIMEOUT)
            elif isinstance(event, DigitPressed) and self.keys.ending is None:
                yield StartTimer(TIMER, timeout_ms)
        if self.keys.ending is not GatherEnding.TIMEOUT:
            yield StopTimer(TIMER)

    def _hear(self, event: Event | None) -> None:
        """Take note of what has happened (None: the last command was not a wait)."""
        self._prompts.hear(event)
        if isinstance(event, DigitPressed):
            self._pressed = True
            self.keys.press(event.digit)


GATHER: Final = Verb(
    name="Gather",
    attributes=(
        INPUT,
        ACTION,
        GATHER_METHOD,
        TIMEOUT,
        NUM_DIGITS,
        FINISH_ON_KEY,
        ACTION_ON_EMPTY_RESULT,
        BARGE_IN,
        *SPEECH_ATTRIBUTES,
    ),
    children={"Say": SAY, "Play": PLAY, "Pause": PAUSE},
    child_code=INVALID_CHILD,
    run=run,
    source=SOURCE,
)
