"""How much a call may differ from its golden one and still be the same: every threshold, in one table."""

from dataclasses import dataclass

from twilio_adapter.errors import ConfigurationError


@dataclass(frozen=True, kw_only=True)
class Tolerances:
    """What still passes. The defaults come from the study in docs/golden.md.

    Attributes:
        latency_s: so much later than in the golden call an answer may come. Earlier is never wrong: a call over a real
            number waits for the network, its replay does not.
        pause_s: by so much a pause between two things that one side says may differ, shorter or longer.
        stall_s: the same for a gap within a phrase, where a pause is a stutter.
        spectral_db: mean difference of the spectra, in 0.3 s.
        level_db: by so much a phrase may be louder or quieter.
        sound_s: what is missing or is heard in addition for a shorter time does not count: the soft edge of a word.

    Raises:
        ConfigurationError: one of them is negative, or no number.
    """

    latency_s: float = 0.5
    pause_s: float = 0.5
    stall_s: float = 0.15
    spectral_db: float = 4.0
    level_db: float = 6.0
    sound_s: float = 0.12

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if not value >= 0:
                raise ConfigurationError(f"{name}={value} is no tolerance: give Tolerances a number, 0 or more.")
