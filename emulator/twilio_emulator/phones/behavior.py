"""What a phone does when it is called: a table of behaviours, each a short plan in call time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

from twilio_emulator.calls.far_end import LegEnding
from twilio_wire.words import Word

POST_DIAL_DELAY_MS: Final = 200
"""How long the network takes from dialling to the first ring (or to the busy signal)."""


class Behavior(Word):
    """How a handset treats an incoming call."""

    ANSWER = "answer"
    RING = "ring"
    BUSY = "busy"
    NO_ANSWER = "no-answer"
    REJECT = "reject"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class Plan:
    """Whether the phone rings, and what happens `answer_after` later."""

    rings: bool
    answers: bool = False
    ending: LegEnding | None = None


PLANS: Final[dict[Behavior, Plan]] = {
    Behavior.ANSWER: Plan(rings=True, answers=True),
    Behavior.RING: Plan(rings=True),
    Behavior.BUSY: Plan(rings=False, ending=LegEnding.BUSY),
    Behavior.NO_ANSWER: Plan(rings=True),
    Behavior.REJECT: Plan(rings=True, ending=LegEnding.REJECTED),
    Behavior.UNREACHABLE: Plan(rings=False, ending=LegEnding.UNREACHABLE),
}
"""`ring` and `no-answer` look alike to the network: with the first the test decides, with the second nobody does."""


class OnRefer(Word):
    """What becomes of a REFER to a SIP user's phone."""

    ACCEPT = "accept"
    REJECT = "reject"
    BUSY = "busy"


class Referral(NamedTuple):
    """The SIP code that answers a REFER and, if that accepts, the one that the new call meets with."""

    answer_code: int
    outcome_code: int | None = None


REFERRALS: Final[dict[OnRefer, Referral]] = {
    OnRefer.ACCEPT: Referral(202, 200),
    OnRefer.BUSY: Referral(202, 486),
    OnRefer.REJECT: Referral(405),
}
"""The codes of the examples in twilio.com/docs/voice/twiml/refer."""

REFERRED_CALL_RINGS_MS: Final = 1000
"""How long a call that a phone was referred to rings before it is answered or refused."""


def on_refer_named(name: str) -> OnRefer:
    """What becomes of a REFER, by name.

    Raises:
        ValueError: naming what there is.
    """
    try:
        return OnRefer(name)
    except ValueError:
        known = ", ".join(OnRefer)
        raise ValueError(f"on_refer is {name!r}; give one of: {known}.") from None


def behavior_named(name: str) -> Behavior:
    """The behaviour of this name.

    Raises:
        ValueError: naming the ones there are.
    """
    try:
        return Behavior(name)
    except ValueError:
        known = ", ".join(behavior.value for behavior in Behavior)
        raise ValueError(f"behavior is {name!r}; give one of: {known}.") from None
