"""What may stand at the other end of a leg, and the words in which a leg and its far end talk.

Twilio's side of a call knows nothing of phones. It knows a `FarEnd`, which speaks and hears 20 ms frames (160 bytes,
µ-law, 8 kHz) and is told when Twilio answers or ends the call; and it offers a `LegSide` to be told the same things in
the other direction. A phone is a far end. So is another leg across the network: `crossing` joins two legs by giving
each a far end that hands everything over to the other.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Final, Protocol

from twilio_emulator.calls.answerer import AnsweredBy
from twilio_wire.g711 import IDLE_FRAME
from twilio_wire.words import Word


class LegEnding(Word):
    """How one side ended a leg, as the other side learns it."""

    HUNG_UP = "hung up"
    BUSY = "busy"
    NOT_ANSWERED = "not answered"
    REJECTED = "rejected"
    UNREACHABLE = "unreachable"
    CANCELED = "canceled"


ReferAnswers = Callable[[int, int | None], None]
"""Told the SIP code that answers a REFER, and the one in the last NOTIFY about the new call (None: there is none)."""


class FarEnd(Protocol):
    """The network's side of a leg, as Twilio sees it."""

    @property
    def answered_by(self) -> AnsweredBy:
        """Who picks up there, for answering machine detection."""

    def speak(self) -> bytes:
        """The next 20 ms that the far end says."""

    def hear(self, frame: bytes) -> None:
        """The next 20 ms that Twilio plays to the far end."""

    def answered(self) -> None:
        """Twilio has answered (an inbound call)."""

    def ended(self, ending: LegEnding) -> None:
        """Twilio has ended the leg."""

    def refer(self, target: str, told: ReferAnswers) -> bool:
        """Twilio wants a SIP far end to call somebody else instead (REFER); False when it is no SIP user."""


class LegSide(Protocol):
    """Twilio's side of a leg, as the network sees it."""

    @property
    def call_sid(self) -> str:
        """The CA sid of this leg."""

    def far_rang(self) -> None:
        """The far end rings (an outbound call)."""

    def far_answered(self) -> None:
        """The far end has answered (an outbound call)."""

    def far_ended(self, ending: LegEnding) -> None:
        """The far end has ended the leg."""

    def far_referred(self, target: str) -> None:
        """A SIP far end wants the other party to be connected to this address instead (REFER)."""


_LEAD_LIMIT_FRAMES: Final = 10
"""A crossing never keeps more than this: two legs tick at the same rate, a phase apart."""


class Crossing:
    """One direction's end of two legs joined by the telephone network: what one leg plays, the other receives."""

    answered_by = AnsweredBy.HUMAN

    def __init__(self) -> None:
        self.arriving: deque[bytes] = deque(maxlen=_LEAD_LIMIT_FRAMES)
        self.other: Crossing
        self.leg: LegSide | None = None

    @classmethod
    def pair(cls) -> tuple[Crossing, Crossing]:
        """The two far ends: the first for the calling leg, the second for the called one."""
        near, far = cls(), cls()
        near.other, far.other = far, near
        return near, far

    def speak(self) -> bytes:
        """What the other leg played a moment ago."""
        return self.arriving.popleft() if self.arriving else IDLE_FRAME

    def hear(self, frame: bytes) -> None:
        """Carry a frame across."""
        self.other.arriving.append(frame)

    def answered(self) -> None:
        """The called leg was answered: tell the calling one."""
        if self.other.leg is not None:
            self.other.leg.far_answered()

    def ended(self, ending: LegEnding) -> None:
        """One leg ended: tell the other."""
        leg, self.other.leg = self.other.leg, None
        if leg is not None:
            leg.far_ended(ending)

    def refer(self, target: str, told: ReferAnswers) -> bool:
        """A telephone line cannot be referred."""
        return False
