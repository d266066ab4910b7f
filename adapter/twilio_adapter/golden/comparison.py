"""Everything that differs between a call and its golden one.

Laws: pure. The application's part is compared to the ear, and for when it speaks. The handset's was replayed: only that
it said something else is worth a word, for then the application was asked something else.
"""

from dataclasses import dataclass, replace
from typing import Final

from twilio_adapter.golden.difference import Difference, DifferenceKind
from twilio_adapter.golden.keys import compare_keys, heard_keys, keys_of
from twilio_adapter.golden.listening import Hearing, listen
from twilio_adapter.golden.rhythm import compare_answers, compare_rhythm, speaking_acts
from twilio_adapter.golden.sound import Sound
from twilio_adapter.golden.timeline import compare_timelines
from twilio_adapter.golden.tolerances import Tolerances
from twilio_adapter.golden.unheard import without_unheard
from twilio_adapter.recording import BYTES_A_MS
from twilio_wire.cassette import CallRecord
from twilio_wire.g711 import IDLE_FRAME
from twilio_wire.key_tones import key_tones

_HANDSET_DB: Final = 3.0
"""The handset's spectra may differ by so much more: it may be another telephone."""
_HANDSET_S: Final = 0.4
"""What the handset says for a shorter time than this more or less does not count."""


@dataclass(frozen=True, eq=False)
class Comparison:
    """What came of comparing two calls.

    Attributes:
        differences: in the order of the golden call; what has no moment comes first.
        application, handset: the two sides, laid side by side.
    """

    differences: tuple[Difference, ...]
    application: Hearing
    handset: Hearing

    @property
    def is_same(self) -> bool:
        """Whether nothing differs."""
        return not self.differences


def compare_calls(
    golden: CallRecord, call: CallRecord, *, tolerances: Tolerances | None = None, audio: bool = True
) -> Comparison:
    """Compare a call with its golden one.

    Args:
        golden: what it should be.
        call: what it is.
        tolerances: what still passes.
        audio: whether what the application says is compared to the ear. An application that speaks with another voice
            each time, or a `<Say>` that Twilio spoke when it was recorded and the emulator speaks now, cannot be; then
            only how soon it answers is listened for.
    """
    allowed = tolerances or Tolerances()
    golden, call = golden.redacted(), call.redacted()
    loosely = replace(
        allowed,
        spectral_db=allowed.spectral_db + _HANDSET_DB,
        level_db=float("inf"),
        sound_s=max(allowed.sound_s, _HANDSET_S),
    )
    application = listen(
        Sound(golden.application_audio), Sound(call.application_audio), where="application", tolerances=allowed
    )
    application = replace(application, differences=without_unheard(application.differences, golden, call))
    handset = listen(Sound(_spoken(golden)), Sound(_spoken(call)), where="handset", tolerances=loosely)
    pressed, acts = compare_keys(keys_of(golden, golden.handset), keys_of(call, call.handset), "handset")
    differences = [*compare_timelines(golden, call), *pressed, *handset.differences]
    if audio:
        sounding, _ = compare_keys(
            heard_keys(golden.application_audio), heard_keys(call.application_audio), "application"
        )
        differences += sounding + list(application.differences)
        differences += compare_rhythm(application, [*speaking_acts(handset), *acts], allowed)
    else:
        differences += compare_answers(application, [*speaking_acts(handset), *acts], allowed)
    return Comparison(tuple(sorted(differences, key=_moment)), application, handset)


def _spoken(record: CallRecord) -> bytes:
    """What the handset says: its keys are compared as keys, and sound only on some telephones."""
    audio = bytearray(record.handset_audio)
    for tone in key_tones(record.handset_audio):
        begin, end = tone.begin_ms * BYTES_A_MS, min(tone.end_ms * BYTES_A_MS, len(audio))
        audio[begin:end] = IDLE_FRAME[:1] * (end - begin)
    return bytes(audio)


def _moment(difference: Difference) -> tuple[float, bool]:
    at_s = difference.golden_s if difference.golden_s is not None else difference.call_s
    return (-1.0 if at_s is None else at_s, difference.kind is not DifferenceKind.KEYS)
