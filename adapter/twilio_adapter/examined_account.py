"""The account's side of an examination: credentials, clock, number, webhook, limits. Nothing is changed at Twilio."""

import asyncio
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Final

from twilio_adapter.addresses import VOICE_PATH
from twilio_adapter.bench import check_credentials
from twilio_adapter.dial import phone_number as checked_number
from twilio_adapter.errors import ConfigurationError, TwilioRefused
from twilio_adapter.findings import Check, Patient, Verdict, Wrong
from twilio_adapter.rest import OwnedNumber, Rest
from twilio_wire.redaction import redact_number

CLOCK_TOLERANCE_S: Final = 60.0
# twilio.com/docs/api/errors, by code: what it means here, and what to do.
_REFUSALS: Final[dict[int, tuple[str, str]]] = {
    20003: (
        "The auth token is not this account's: it was mistyped, rotated, or is a sub-account's.",
        "Copy the Account SID and the Auth Token from the same page of Twilio's Console.",
    ),
    20008: (
        "These are test credentials, with which nothing is ever dialled.",
        "Take the live credentials, or the emulator.",
    ),
    20404: ("Twilio has no such account.", "Copy the Account SID from Twilio's Console."),
}
_REFUSED_OTHERWISE: Final = (
    "Twilio did not accept the credentials.",
    "Look the code up at twilio.com/docs/api/errors.",
)


class ExaminedAccount:
    """One account, and one number of it."""

    def __init__(self, patient: Patient) -> None:
        self._patient = patient
        self._rest: Rest | None = None
        self._type = ""
        self._owned: OwnedNumber | None = None

    async def close(self) -> None:
        """Close the connections."""
        if self._rest is not None:
            await self._rest.aclose()

    async def credentials(self) -> str:
        """Ask Twilio who we are."""
        patient = self._patient
        try:
            check_credentials(patient.account_sid, patient.auth_token)
        except ConfigurationError as error:
            raise Wrong(
                str(error),
                "TWILIO_ACCOUNT_SID or TWILIO_AUTH_TOKEN is not set, or holds something else.",
                "Copy both from the first page of Twilio's Console into the environment.",
            ) from None
        self._rest = Rest(
            patient.account_sid,
            patient.auth_token,
            api_base_url=patient.api_base_url,
            timeout_s=patient.limits.rest_s,
        )
        try:
            account = await self._rest.account()
        except TwilioRefused as refusal:
            raise Wrong(str(refusal), *_REFUSALS.get(refusal.code, _REFUSED_OTHERWISE)) from None
        if account.status != "active":
            raise Wrong(
                f"The account is {account.status}.",
                "Twilio suspends accounts that owe money or break its rules, and owners close them.",
                "Look for a notice in Twilio's Console, or use another account.",
            )
        self._type = account.type
        return f"Twilio knows the account ({account.type.lower()}, {account.status})"

    async def clock(self) -> str:
        """Compare our clock with the date of Twilio's reply."""
        assert self._rest is not None
        try:
            theirs = parsedate_to_datetime(self._rest.last_date)
        except ValueError:
            raise Wrong(
                "Twilio's reply carried no date.",
                "A proxy in between has taken it out.",
                "Compare this machine's clock with another one.",
                Verdict.WARNING,
            ) from None
        skew_s = (self._rest.last_seen - theirs.astimezone(UTC)).total_seconds()
        if abs(skew_s) > CLOCK_TOLERANCE_S:
            raise Wrong(
                f"This machine's clock is {abs(skew_s):.0f} s {'ahead of' if skew_s > 0 else 'behind'} Twilio's.",
                "It is not synchronised; certificates may be refused, and no log fits Twilio's debugger.",
                "Switch time synchronisation on (timedatectl set-ntp true; macOS and Windows: date and time settings).",
            )
        return f"this machine's clock and Twilio's are within {CLOCK_TOLERANCE_S:g} s"

    async def number(self) -> str:
        """Look for the number among the account's."""
        assert self._rest is not None
        if not self._patient.phone_number:
            raise Wrong(
                "There is no phone number.",
                "TWILIO_PHONE_NUMBER is not set.",
                "Set it to a number of the account, like +15551110001.",
            )
        wanted = checked_number(self._patient.phone_number)
        shown = redact_number(wanted)
        owned = await self._rest.find_number(wanted)
        if owned is None:
            raise Wrong(
                f"The account does not own {shown}.",
                "It belongs to another account or sub-account, or was released; a verified caller id is not owned.",
                "Buy a number in Twilio's Console, or take the credentials of the account that owns it.",
            )
        if not owned.voice:
            raise Wrong(
                f"{shown} cannot take calls.",
                "The number has no voice capability.",
                "Buy one with the capability Voice.",
            )
        if owned.trunk_sid:
            raise Wrong(
                f"{shown} belongs to SIP trunk {owned.trunk_sid}.",
                "A trunk takes a number's calls before its webhook does.",
                "Take the number off the trunk, or use another number.",
            )
        self._owned = owned
        return f"the account owns {shown}, and it takes calls"

    async def webhook(self) -> str:
        """See whether the number still points at an adapter that is gone."""
        assert self._owned is not None
        book, settings = self._patient.leases, self._owned.settings
        lease = None if book is None else await asyncio.to_thread(book.recall, self._owned.sid)
        if book is None or lease is None or not lease.in_force(settings):
            if settings.voice_url.endswith(VOICE_PATH):
                raise Wrong(
                    "The number points at an adapter that this machine knows nothing of.",
                    "An adapter is at work elsewhere, or was killed there.",
                    "Run `twilio-adapter restore` there, or set the number's webhook in Twilio's Console.",
                    Verdict.WARNING,
                )
            return "the number's webhook is as its owner has set it"
        if not await asyncio.to_thread(book.try_hold, self._owned.sid):
            raise Wrong(
                f"Process {lease.pid} has the number since {lease.since}.",
                "Another adapter is at work with it.",
                "Wait until it ends, or use another number.",
                Verdict.WARNING,
            )
        await asyncio.to_thread(book.release, self._owned.sid)
        raise Wrong(
            f"The number still points at an adapter that ended without giving it back ({lease.since}).",
            f"Process {lease.pid} was killed.",
            "Run `twilio-adapter restore`; the next adapter that connects does it too.",
            Verdict.WARNING,
        )

    async def trial(self) -> str:
        """Name the limits of a trial account."""
        if self._type == "Trial":
            raise Wrong(
                "This is a trial account.",
                "It may call verified numbers only (21219, 21210), a call ends after 10 minutes (13805), and callees "
                "hear a message and have to press a key first.",
                "Verify the callee's number in the Console, or upgrade the account.",
                Verdict.WARNING,
            )
        return "the account has no trial limits"


ACCOUNT_CHECKS: Final = (
    Check("credentials", "asking Twilio about the account", ExaminedAccount.credentials),
    Check("clock", "comparing clocks", ExaminedAccount.clock, ("credentials",)),
    Check(
        "number",
        "looking for the number",
        ExaminedAccount.number,
        ("credentials",),
        "TWILIO_PHONE_NUMBER is not a number in E.164, or Twilio could not be asked.",
        "Write it like +15551110001.",
    ),
    Check("webhook", "looking at the number's webhook", ExaminedAccount.webhook, ("number",)),
    Check("trial", "looking for limits", ExaminedAccount.trial, ("credentials",)),
)
