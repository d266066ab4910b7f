"""What a caller hears while the other end rings, in the countries that Twilio's `ringTone` names.

Frequencies and cadences: asterisk/asterisk, configs/samples/indications.conf.sample. Where that has one frequency
modulated by another, the carrier and its two sidebands sound together. Levels are those of North America throughout.
"""

from collections.abc import Mapping
from typing import Final

from twilio_wire.tones import RINGBACK, ProgressTone

_Cadence = tuple[tuple[int, int], ...]

_DOUBLE: Final[_Cadence] = ((400, 200), (400, 2000))


def _every(on_ms: int, off_ms: int) -> _Cadence:
    return ((on_ms, off_ms),)


def _modulated(carrier: float, by: float) -> tuple[float, ...]:
    return (carrier - by, carrier, carrier + by)


_EUROPEAN: Final = ((425.0,), _every(1000, 4000))

_SOUNDS: Final[Mapping[str, tuple[tuple[float, ...], _Cadence]]] = {
    "at": ((420,), _every(1000, 5000)),
    "au": ((413, 438), _DOUBLE),
    "be": ((425,), _every(1000, 3000)),
    "bg": _EUROPEAN,
    "br": _EUROPEAN,
    "ch": _EUROPEAN,
    "cl": ((400,), _every(1000, 3000)),
    "cn": ((450,), _every(1000, 4000)),
    "cz": _EUROPEAN,
    "de": _EUROPEAN,
    "dk": _EUROPEAN,
    "ee": _EUROPEAN,
    "es": ((425,), _every(1500, 3000)),
    "fi": _EUROPEAN,
    "fr": ((440,), _every(1500, 3500)),
    "gr": _EUROPEAN,
    "hu": ((425,), _every(1250, 3750)),
    "il": ((414,), _every(1000, 3000)),
    "in": (_modulated(400, 25), _DOUBLE),
    "it": _EUROPEAN,
    "jp": ((400, 415), _every(1000, 2000)),
    "lt": _EUROPEAN,
    "mx": _EUROPEAN,
    "my": ((425,), _DOUBLE),
    "nl": _EUROPEAN,
    "no": _EUROPEAN,
    "nz": ((400, 450), _DOUBLE),
    "ph": ((425, 480), _every(1000, 4000)),
    "pl": _EUROPEAN,
    "pt": ((425,), _every(1000, 5000)),
    "ru": _EUROPEAN,
    "se": ((425,), _every(1000, 5000)),
    "sg": (_modulated(425, 24), _DOUBLE),
    "th": ((420,), _every(1000, 5000)),
    "tw": ((440, 480), _every(1000, 2000)),
    "uk": ((400, 450), _DOUBLE),
    "us": (RINGBACK.frequencies, RINGBACK.cadence),
    "us-old": (_modulated(420, 40), _every(2000, 4000)),
    "ve": _EUROPEAN,
    "za": (_modulated(400, 33), _DOUBLE),
}

RINGBACKS: Final[Mapping[str, ProgressTone]] = {
    name: ProgressTone(f"ringback ({name})", frequencies, RINGBACK.dbm0, cadence)
    for name, (frequencies, cadence) in _SOUNDS.items()
}
"""The tones, by Twilio's names for them [twilio.com/docs/voice/twiml/dial, "ringTone"]."""
