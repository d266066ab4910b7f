"""A call whose TwiML comes from an application [twilio.com/docs/voice/api/call-resource, ApplicationSid]."""

from __future__ import annotations

from twilio_emulator.accounts.voice import Application
from twilio_emulator.calls.call import StatusCallback
from twilio_emulator.calls.store import Store
from twilio_emulator.rest.errors import RestError
from twilio_emulator.rest.parameters import Form
from twilio_emulator.twiml.flow import Instructions

_OVERRULED = ("Url", "Twiml", "Method", "FallbackUrl", "FallbackMethod")
_OVERRULED_CALLBACK = ("StatusCallback", "StatusCallbackMethod", "StatusCallbackEvent")


def find_application(form: Form, store: Store, account_sid: str) -> Application | None:
    """The application that a request names, None when it names none. What it overrules is not looked at.

    Raises:
        RestError: 21218 when the account has no such application, 21205 when nothing can answer its calls.
    """
    sid = form.text("ApplicationSid")
    if not sid:
        return None
    application = store.applications.find(account_sid, sid)
    if application is None:
        raise RestError(21218, value=sid)
    if not application.voice_url:
        raise RestError(21205, parameter="VoiceUrl", value="", hint=f"Set VoiceUrl of the application {sid}.")
    for name in (*_OVERRULED, *_OVERRULED_CALLBACK):
        form.text(name)
    return application


def instructions_of(application: Application) -> Instructions:
    """Where an application's TwiML comes from."""
    return Instructions(
        url=application.voice_url or "",
        method=application.voice_method,
        fallback_url=application.voice_fallback_url or "",
        fallback_method=application.voice_fallback_method,
    )


def callback_of(application: Application) -> StatusCallback | None:
    """Whom an application tells that a call is over."""
    if not application.status_callback:
        return None
    return StatusCallback(url=application.status_callback, method=application.status_callback_method)
