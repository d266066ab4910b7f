"""What `<Refer>` asks for, and what it may be told."""

from __future__ import annotations

from http import HTTPStatus

from twilio_emulator.twiml.flow import Event, PartyCommand


class ReferCommand(PartyCommand, frozen=True):
    """The family of `<Refer>`'s commands."""


class ReferFarEnd(ReferCommand, frozen=True):
    """Have a SIP far end call this URI: `ReferProgressed` follows as its answers come, `NotReferable` if it is none."""

    uri: str


class NotReferable(Event, frozen=True):
    """The far end is no SIP user."""


class ReferProgressed(Event, frozen=True):
    """A SIP code has come: the answer to the REFER, or with it what the last NOTIFY said of the new call."""

    answer_code: int
    notify_code: int | None = None

    @property
    def is_final(self) -> bool:
        """Whether nothing more will come."""
        return self.answer_code >= HTTPStatus.MULTIPLE_CHOICES or (self.notify_code or 0) >= HTTPStatus.OK
