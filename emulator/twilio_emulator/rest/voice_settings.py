"""The settings that numbers and TwiML applications share: read from a form, checked, and shown.

Sources: twilio.com/docs/phone-numbers/api/incomingphonenumber-resource and twilio.com/docs/usage/api/applications.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from twilio_emulator.accounts.voice import Voice
from twilio_emulator.rest.errors import RestError
from twilio_emulator.rest.parameters import Form

_URLS: Final = {
    "VoiceUrl": "voice_url",
    "VoiceFallbackUrl": "voice_fallback_url",
    "StatusCallback": "status_callback",
    "SmsUrl": "sms_url",
    "SmsFallbackUrl": "sms_fallback_url",
}
_METHODS: Final = {
    "VoiceMethod": "voice_method",
    "VoiceFallbackMethod": "voice_fallback_method",
    "StatusCallbackMethod": "status_callback_method",
    "SmsMethod": "sms_method",
    "SmsFallbackMethod": "sms_fallback_method",
}
# Cleared, these are null, the other URLs an empty text [twilio-oai, examples].
_NULL_WHEN_CLEARED: Final = frozenset({"voice_url", "voice_fallback_url"})


def read_voice_settings(form: Form, voice: Voice) -> dict[str, object]:
    """The fields that a request sets, checked; nothing is changed yet.

    Raises:
        RestError: 20002, 21402, 21403 or 21405, for the first mistake.
    """
    changes: dict[str, object] = {}
    if name := form.friendly_name():
        changes["friendly_name"] = name
    for parameter, field in _URLS.items():
        if form.has(parameter):
            changes[field] = form.url(parameter, code=21402) or (None if field in _NULL_WHEN_CLEARED else "")
    for parameter, field in _METHODS.items():
        if form.text(parameter):
            changes[field] = form.method(parameter, code=21403)
    if form.text("VoiceCallerIdLookup"):
        changes["voice_caller_id_lookup"] = form.flag("VoiceCallerIdLookup", default=False)
    form.text("ApiVersion")
    if changes.get("voice_fallback_url", voice.voice_fallback_url) and not changes.get("voice_url", voice.voice_url):
        raise RestError(21405)
    return changes


def apply_settings(voice: Voice, changes: Mapping[str, object]) -> None:
    """Change what was asked for."""
    for field, value in changes.items():
        setattr(voice, field, value)


def voice_settings(voice: Voice) -> dict[str, object]:
    """The JSON keys that numbers and applications have in common."""
    fields = (*_URLS.values(), *_METHODS.values(), "voice_caller_id_lookup", "friendly_name", "account_sid", "sid")
    return {field: getattr(voice, field) for field in fields}
