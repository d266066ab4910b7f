"""`<Gather>`: keys and speech from the far end, while nested verbs play. Source: twilio.com/docs/voice/twiml/gather.

The far end is listened to from the first nested verb on; a key, or the start of speech, stops them, unless `bargeIn` is
false. `timeout` counts from their end and anew from every key, and stands still while somebody speaks. With something
collected, `action` is asked; without, the verb below runs. How words are heard is told in docs/speech.md.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Final

from twilio_emulator.journal import GatherEnded
from twilio_emulator.media.sources import UnplayableMedia
from twilio_emulator.twiml.collector import GatherTimer, InputCollector
from twilio_emulator.twiml.context import CallContext
from twilio_emulator.twiml.digits import GatherEnding
from twilio_emulator.twiml.errors import TwimlError
from twilio_emulator.twiml.flow import (
    FarEndHungUp,
    IgnoreDigits,
    IgnoreSpeech,
    ListenForDigits,
    ListenForSpeech,
    Notify,
    Replaced,
    Report,
    Steps,
)
from twilio_emulator.twiml.gathering import Gathering, Terms
from twilio_emulator.twiml.heard_speech import written
from twilio_emulator.twiml.outcomes import GoTo, Next, Outcome
from twilio_emulator.twiml.performing import perform
from twilio_emulator.twiml.profanity import masked
from twilio_emulator.twiml.schema import Attribute, Use, Verb
from twilio_emulator.twiml.values import BOOLEAN, METHOD, TEXT, Kind, matching, one_of, whole_number
from twilio_emulator.twiml.verbs.pause import PAUSE
from twilio_emulator.twiml.verbs.play import DIGITS, PLAY
from twilio_emulator.twiml.verbs.say import SAY_IN_GATHER

SOURCE: Final = "twilio.com/docs/voice/twiml/gather"

_AUTO: Final = 0
_SECONDS: Final = whole_number(1)
MAX_SPEECH_S: Final = 60
MAX_HINTS: Final = 500
MAX_HINT_CHARS: Final = 100


def _read_seconds_or_auto(text: str) -> int:
    return _AUTO if text.strip() == "auto" else _SECONDS.read(text)


def _hints(text: str) -> tuple[str, ...]:
    return tuple(filter(None, (hint.strip() for hint in text.split(","))))


def _read_hints(text: str) -> str:
    hints = _hints(text)
    if len(hints) > MAX_HINTS or any(len(hint) > MAX_HINT_CHARS for hint in hints):
        raise ValueError(text)
    return text


def _read_speech_seconds(text: str) -> int:
    if (seconds := _SECONDS.read(text)) > MAX_SPEECH_S:
        raise ValueError(text)
    return seconds


_SECONDS_OR_AUTO: Final = Kind(f'{_SECONDS.allowed} or "auto"', _read_seconds_or_auto)
_HINTS: Final = Kind(f"at most {MAX_HINTS} phrases of {MAX_HINT_CHARS} characters, with commas between", _read_hints)

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

SPEECH_TIMEOUT: Final = Attribute("speechTimeout", default=_AUTO, kind=_SECONDS_OR_AUTO, code=13327, source=SOURCE)
MAX_SPEECH_TIME: Final = Attribute(
    "maxSpeechTime",
    default=MAX_SPEECH_S,
    kind=Kind(f"a whole number from 1 to {MAX_SPEECH_S}", _read_speech_seconds),
    code=13328,
    source=SOURCE,
)
# A language without a region, such as "en", is the error dictionary's own example of a wrong one (13512).
SPEECH_LANGUAGE: Final = Attribute(
    "language",
    "en-US",
    matching(r"[a-z]{2,3}(-[A-Za-z]{4})?-([A-Z]{2}|[0-9]{3})|zh|multi", 'a language with its region, such as "en-US"'),
    code=13331,
    source=SOURCE,
)
HINTS: Final = Attribute("hints", default="", kind=_HINTS, code=13330, source=SOURCE)
PROFANITY_FILTER: Final = Attribute("profanityFilter", default=True, kind=BOOLEAN, code=13333, source=SOURCE)
SPEECH_MODEL: Final = Attribute(
    "speechModel",
    "default",
    matching(
        r"default|numbers_and_commands|phone_call|experimental_(conversations|utterances)"
        r"|googlev2_[a-z_]+|deepgram_nova-[0-9][a-z0-9-]*",
        '"default", "numbers_and_commands", "phone_call", "experimental_conversations", "experimental_utterances", '
        '"googlev2_…" or "deepgram_nova-…"',
    ),
    code=13334,
    source=SOURCE,
)
ENHANCED: Final = Attribute("enhanced", default=False, kind=BOOLEAN, source=SOURCE)
PARTIAL_RESULT_CALLBACK: Final = Attribute("partialResultCallback", "", TEXT, source=SOURCE)
PARTIAL_RESULT_CALLBACK_METHOD: Final = Attribute(
    "partialResultCallbackMethod", "POST", METHOD, code=13329, source=SOURCE
)
DEBUG: Final = Attribute("debug", default=False, kind=BOOLEAN, source=SOURCE)

INVALID_CHILD: Final = 13320
_CODES_IN_GATHER: Final = {UnplayableMedia.code: UnplayableMedia.code_in_gather}
"""What the mistakes of nested verbs are called here."""

_STABILITY: Final = ("0.9", "1.0")
"""Of words that may still be changed, and of those that are settled. Twilio's engines give figures of their own."""


def run(use: Use, context: CallContext) -> Steps[Outcome]:
    """Collect keys or speech; then ask `action` if there is something to tell, or else go on.

    Raises:
        TwimlError: a nested file cannot be had or played, or `action` is no URL.
    """
    collector = InputCollector(finish_on_key=use[FINISH_ON_KEY], num_digits=use[NUM_DIGITS])
    partial = yield from _partial_results(use, context)
    prompts = yield from _prompts(use, context)
    if "dtmf" in use[INPUT]:
        yield ListenForDigits()
    if "speech" in use[INPUT]:
        yield ListenForSpeech(use[SPEECH_LANGUAGE], _hints(use[HINTS]))
    gathering = Gathering(collector, Terms(barge_in=use[BARGE_IN], timer_ms=_timers_ms(use, context), partial=partial))
    try:
        yield from gathering.collect(prompts, lambda prompt: perform(prompt, context))
    except (FarEndHungUp, Replaced) as fact:
        collector.end(GatherEnding.HANG_UP if isinstance(fact, FarEndHungUp) else GatherEnding.REPLACED)
        yield _report(use, collector)
        raise
    except TwimlError as error:
        yield from _ignore(use)
        error.code = _CODES_IN_GATHER.get(error.code, error.code)
        raise
    yield from _ignore(use)
    yield _report(use, collector)
    if not collector.keys.digits and not collector.speech.text and not use[ACTION_ON_EMPTY_RESULT]:
        return Next()
    return GoTo(
        context.resolve_action(use[ACTION]), use[GATHER_METHOD], _result(use, collector), purpose="gather action"
    )


def _ignore(use: Use) -> Steps[None]:
    if "dtmf" in use[INPUT]:
        yield IgnoreDigits()
    if "speech" in use[INPUT]:
        yield IgnoreSpeech()


def _timers_ms(use: Use, context: CallContext) -> dict[GatherTimer, int]:
    timeout_ms = (use[TIMEOUT] or TIMEOUT.default) * 1000
    pause_ms = use[SPEECH_TIMEOUT] * 1000 or context.quirks.auto_speech_pause_ms
    return {
        GatherTimer.TIMEOUT: timeout_ms,
        GatherTimer.SPEECH_TIMEOUT: pause_ms if use.has(SPEECH_TIMEOUT) else timeout_ms,
        GatherTimer.MAX_SPEECH_TIME: use[MAX_SPEECH_TIME] * 1000,
    }


def _prompts(use: Use, context: CallContext) -> Steps[tuple[Use, ...]]:
    """The nested verbs that are played; digits are not."""
    for prompt in use.children:
        if prompt.tag is PLAY and prompt.has(DIGITS):
            yield context.warning(
                INVALID_CHILD,
                f"{prompt.place} plays digits, which <Gather> does not do; it is skipped.",
                "Play a file, or move it out of <Gather>.",
            )
    return tuple(prompt for prompt in use.children if not (prompt.tag is PLAY and prompt.has(DIGITS)))


def _result(use: Use, collector: InputCollector) -> dict[str, str]:
    """What the action is told."""
    speech = {
        "SpeechResult": _heard(use, collector.speech.text),
        "Confidence": written(collector.speech.confidence),
        "Language": use[SPEECH_LANGUAGE],
    }
    # `msg` and `FinishedOnKey` are in no document; real requests carry them.
    keys = {"Digits": collector.keys.digits, "msg": "Gather End", "FinishedOnKey": collector.keys.finished_on_key}
    if collector.speech.text or use[INPUT] == "speech":
        return speech
    return keys if collector.keys.digits or use[INPUT] == "dtmf" else {**keys, "SpeechResult": ""}


def _partial_results(use: Use, context: CallContext) -> Steps[Callable[[InputCollector], Notify] | None]:
    """What makes the next request to `partialResultCallback`, if there is one; an URL that is none is told."""
    if not use[PARTIAL_RESULT_CALLBACK] or "speech" not in use[INPUT]:
        return None
    try:
        url = context.resolve(use[PARTIAL_RESULT_CALLBACK])
    except TwimlError as error:
        yield context.warning(error.code, f"{use.place}: partialResultCallback: {error.message}", error.hint)
        return None
    numbers = count()

    def partial(collector: InputCollector) -> Notify:
        parameters = {
            "SequenceNumber": str(next(numbers)),
            "StableSpeechResult": _heard(use, collector.speech.settled),
            "UnstableSpeechResult": _heard(use, collector.speech.running),
            "Stability": _STABILITY[not collector.speech.running],
            "Language": use[SPEECH_LANGUAGE],
        }
        return Notify(url, use[PARTIAL_RESULT_CALLBACK_METHOD], parameters, "partial result callback")

    return partial


def _heard(use: Use, text: str) -> str:
    return masked(text) if use[PROFANITY_FILTER] else text


def _report(use: Use, collector: InputCollector) -> Report:
    """Tell the journal how it ended."""
    assert collector.ending is not None  # nobody tells of a gather that goes on
    speech = _heard(use, collector.speech.text)
    return Report(GatherEnded(digits=collector.keys.digits, speech=speech, reason=collector.ending.value))


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
        SPEECH_TIMEOUT,
        MAX_SPEECH_TIME,
        SPEECH_LANGUAGE,
        HINTS,
        PROFANITY_FILTER,
        SPEECH_MODEL,
        ENHANCED,
        PARTIAL_RESULT_CALLBACK,
        PARTIAL_RESULT_CALLBACK_METHOD,
        DEBUG,
    ),
    children={"Say": SAY_IN_GATHER, "Play": PLAY, "Pause": PAUSE},
    child_code=INVALID_CHILD,
    run=run,
    source=SOURCE,
)
