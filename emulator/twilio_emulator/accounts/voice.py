"""What answers a call: the settings that numbers and TwiML applications have in common.

Sources: twilio.com/docs/phone-numbers/api/incomingphonenumber-resource and twilio.com/docs/usage/api/applications.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True, eq=False, kw_only=True)
class Voice:
    """Where the TwiML of a call comes from, and who is told how it gets on; and the same for messages, only kept."""

    sid: str
    account_sid: str
    friendly_name: str
    created_ms: int
    updated_ms: int
    voice_url: str | None = None
    voice_method: str = "POST"
    voice_fallback_url: str | None = None
    voice_fallback_method: str = "POST"
    status_callback: str = ""
    status_callback_method: str = "POST"
    voice_caller_id_lookup: bool = False
    sms_url: str = ""
    sms_method: str = "POST"
    sms_fallback_url: str = ""
    sms_fallback_method: str = "POST"


@dataclass(slots=True, eq=False, kw_only=True)
class IncomingPhoneNumber(Voice):
    """A number that an account owns. With an application, that one's settings count instead of its own."""

    phone_number: str
    voice_application_sid: str = ""
    sms_application_sid: str = ""


@dataclass(slots=True, eq=False, kw_only=True)
class Application(Voice):
    """A TwiML application: voice settings that numbers and calls can share."""

    sms_status_callback: str = ""
    message_status_callback: str = ""
    public_application_connect_enabled: bool = False


@dataclass(slots=True, eq=False, kw_only=True)
class OutgoingCallerId:
    """A number that belongs to somebody else who has proved it: calls may say that they come from there."""

    sid: str
    account_sid: str
    phone_number: str
    friendly_name: str
    created_ms: int
    updated_ms: int
