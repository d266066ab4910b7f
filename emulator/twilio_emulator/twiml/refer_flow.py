"""What `<Refer>` asks for, and what it may be told."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from twilio_emulator.twiml.flow import Event, PartyCommand


@dataclass(frozen=True, slots=True)
class ReferCommand(PartyCommand):
    """The family of `<Refer>`'s commands."""


@dataclass(frozen=True, slots=True)
class ReferFarEnd(ReferCommand):
    """Have a SIP far end call this URI: `ReferProgressed` follows as its answers come, `NotReferable` if it is none."""

    uri: str


@dataclass(frozen=True, slots=True)
class NotReferable(Event):
    """The far end is no SIP user."""


@dataclass(frozen=True, slots=True)
class ReferProgressed(Event):
    """A SIP code has come: the answer to the REFER, or with it what the last NOTIFY said of the new call."""

    answer_code: int
    notify_code: int | None = None

    @property
    def is_final(self) -> bool:
        """Whether nothing more will come."""
        return self.answer_code >= HTTPStatus.MULTIPLE_CHOICES or (self.notify_code or 0) >= HTTPStatus.OK
