"""What an adapter could not hear: the application, while Twilio pressed a key for it.

Such a key (`send_dtmf` by the method `play`) takes the call from its stream for as long. What was said meanwhile is not
on the adapter's record, and is on a phone's: that is no difference between the calls.

Laws: pure. Nothing longer than such an absence is forgiven, and nothing anywhere else.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from twilio_adapter.golden.difference import SOUND_KINDS, Difference
from twilio_adapter.golden.keys import heard_keys
from twilio_wire.cassette import CallRecord, DigitEntry

_KEY_S: Final = 0.4
"""How long Twilio presses a key, the silence after it included."""
_EDGE_S: Final = 0.3
"""How exactly the place where something lacks is found."""
_BESIDE_S: Final = 0.3
"""A difference takes so much along of what it is next to: sound is judged by windows of that length."""
_AWAY_S: Final = 1.5
"""How long a real call takes to come back to a stream, at most as a rule; one of the emulator is back at once."""
_SAME_KEY_MS: Final = 1500


def without_unheard(differences: Iterable[Difference], golden: CallRecord, call: CallRecord) -> tuple[Difference, ...]:
    """The application's differences but those that only say that an adapter was away."""
    away, away_here = _absences(golden), _absences(call)
    return tuple(
        difference
        for difference in differences
        if difference.kind not in SOUND_KINDS
        or not (_falls_in(difference, difference.golden_s, away) or _falls_in(difference, difference.call_s, away_here))
    )


def _absences(record: CallRecord) -> list[tuple[float, float]]:
    """At which seconds of its audio a recorder was away, and for how long at most."""
    if record.seen_by != "adapter":
        return []
    sounding = heard_keys(record.near)
    moments = [
        entry.at_ms
        for entry in record.entries
        if isinstance(entry, DigitEntry)
        and entry.by == "near"
        and not any(tone.key == entry.digit and abs(tone.at_ms - entry.at_ms) < _SAME_KEY_MS for tone in sounding)
    ]
    back_s = _AWAY_S if record.is_real else 0.0
    return [(at_ms / 1000, moments.count(at_ms) * _KEY_S + back_s + _EDGE_S) for at_ms in dict.fromkeys(moments)]


def _falls_in(difference: Difference, at_s: float | None, absences: Sequence[tuple[float, float]]) -> bool:
    """Whether all of a difference that begins there, in both calls, is over with an absence."""
    lasts_s = max(
        end_s - begin_s
        for begin_s, end_s in (
            (difference.golden_s, difference.golden_end_s),
            (difference.call_s, difference.call_end_s),
            (0.0, 0.0),
        )
        if begin_s is not None and end_s is not None
    )
    return at_s is not None and any(
        abs(at_s - begin_s) <= _EDGE_S and lasts_s <= longest_s + _BESIDE_S for begin_s, longest_s in absences
    )
