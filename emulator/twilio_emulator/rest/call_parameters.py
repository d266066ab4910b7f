"""What an application may say about a call it places or changes, checked: parameters in, a plan or a refusal out.

Values, defaults and ranges: twilio.com/docs/voice/api/call-resource. Twilio refuses some mistakes and lets others pass
with a notification; the latter come back as problems for the journal.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final, NamedTuple
from urllib.parse import urlsplit

import msgspec

from twilio_emulator.calls.addresses import parse_address
from twilio_emulator.calls.call import StatusCallback
from twilio_emulator.calls.requests import DEFAULT_TIME_LIMIT_S, DEFAULT_TIMEOUT_S, CallRequest
from twilio_emulator.calls.store import Store
from twilio_emulator.journal import Problem
from twilio_emulator.rest.call_application import callback_of, find_application, instructions_of
from twilio_emulator.rest.errors import RestError
from twilio_emulator.rest.machine_detection_parameters import MACHINE_DETECTION, check_machine_detection
from twilio_emulator.rest.parameters import Form
from twilio_emulator.rest.recording_parameters import RECORDING, check_record
from twilio_emulator.rest.sip_parameters import SIP_LOGIN, check_sip_login
from twilio_emulator.twiml.flow import Instructions
from twilio_emulator.webhooks.target import is_target
from twilio_wire.dtmf import InvalidDigits, parse_digits
from twilio_wire.e164 import normalize

MAX_TWIML_CHARACTERS: Final = 4000
MAX_TIMEOUT_S: Final = 600
MAX_TIME_LIMIT_S: Final = 86_400
MAX_SEND_DIGITS: Final = 32

_MANNERS: Final = frozenset({"Method", "FallbackUrl", "FallbackMethod"})
"""How TwiML is asked for, and what if there is none."""

_STATUS_CALLBACK: Final = frozenset({"StatusCallback", "StatusCallbackMethod", "StatusCallbackEvent"})
_WISHES: Final = frozenset(
    {
        *_STATUS_CALLBACK,
        *RECORDING,
        *MACHINE_DETECTION,
        *SIP_LOGIN,
        "Timeout",
        "TimeLimit",
        "SendDigits",
        "CallerId",
        "Byoc",
    }
)
"""What is said of a new call beyond who calls whom and what then; of most calls it is nothing."""

# Applications call from the same few numbers, and often call the same ones.
_normalized = lru_cache(maxsize=4096)(normalize)

ADDRESSES: Final = ("client:", "sip:")
"""What the address of somebody who is no number begins with."""

PROGRESS_EVENTS: Final = ("initiated", "ringing", "answered", "completed")

WITHOUT_EFFECT: Final[Mapping[str, str]] = {
    "RecordingConfigurationId": "recording configurations",
    "IfMachine": "obsolete machine detection",
    "IfMachineUrl": "obsolete machine detection",
    "CallToken": "forwarding of caller ids",
    "Passports": "forwarding of caller ids",
    "CallReason": "branded calls",
    "ClientNotificationUrl": "mobile clients",
}
"""What Twilio takes and this version of the emulator does nothing with, by the feature that is missing."""


class PlacedCall(NamedTuple):
    """A call to place, and what to warn about."""

    request: CallRequest
    problems: list[Problem]


def check_new_call(form: Form, store: Store, account_sid: str) -> PlacedCall:
    """Check the parameters of a new call, in the order in which their mistakes are reported.

    Raises:
        RestError: for the first mistake that Twilio refuses.
    """
    problems: list[Problem] = []
    to, from_ = check_parties(form, store, account_sid)
    application = find_application(form, store, account_sid)
    instructions = instructions_of(application) if application else check_instructions(form, problems)
    if instructions is None:
        raise RestError(21205, parameter="Url", value="", hint="Give Url or Twiml.")
    request = CallRequest(
        account_sid=account_sid,
        to=without_extras(to),
        parameters=extras_of(to),
        from_=from_,
        instructions=instructions,
        status_callback=callback_of(application) if application else None,
    )
    if form.has_any(_WISHES):
        request = _with_wishes(request, form, store, problems, has_application=application is not None)
    problems += form.leftovers(WITHOUT_EFFECT)
    return PlacedCall(request, problems)


def _with_wishes(
    request: CallRequest, form: Form, store: Store, problems: list[Problem], *, has_application: bool
) -> CallRequest:
    """The call, with what is said of it beyond who calls whom and what then."""
    request = msgspec.structs.replace(
        request,
        timeout_s=form.whole_number("Timeout", default=DEFAULT_TIMEOUT_S, lowest=1, highest=MAX_TIMEOUT_S, code=21208),
        time_limit_s=check_time_limit(form, default=DEFAULT_TIME_LIMIT_S),
        send_digits=_send_digits(form),
        status_callback=request.status_callback if has_application else check_status_callback(form, problems),
        caller_id=check_caller_id(form, store, request.account_sid),
        recording=check_record(form, problems),
        machine_detection=check_machine_detection(form, problems),
    )
    check_sip_login(form, problems)
    if trunk := form.text("Byoc"):
        raise RestError(21300, value=trunk)
    return request


def check_instructions(form: Form, problems: list[Problem]) -> Instructions | None:
    """Where the TwiML is to come from; None when the request does not say.

    Raises:
        RestError: 21205, 21209 or 32018.
    """
    url = form.url("Url", code=21205)
    twiml = form.text("Twiml")
    method, fallback_url, fallback_method = "POST", "", "POST"
    if form.has_any(_MANNERS):
        method = form.method("Method", code=21209)
        fallback_url = form.url("FallbackUrl", code=21205)
        fallback_method = form.method("FallbackMethod", code=21209)
    if len(twiml) > MAX_TWIML_CHARACTERS:
        raise RestError(32018, size=len(twiml))
    if not url and not twiml:
        return None
    if url and twiml:
        problems.append(_both_given())
    return Instructions(url, method, "" if url else twiml, fallback_url, fallback_method)


def check_time_limit(form: Form, *, default: int) -> int:
    """How many seconds the call may last.

    Raises:
        RestError: 21200 (no code of its own is documented).
    """
    return form.whole_number("TimeLimit", default=default, lowest=1, highest=MAX_TIME_LIMIT_S, code=21200)


def check_status_callback(form: Form, problems: list[Problem]) -> StatusCallback | None:
    """Whom to tell about the call, None for nobody. Only a bad method is refused; the call is made anyway.

    Raises:
        RestError: 21209.
    """
    if not form.has_any(_STATUS_CALLBACK):
        return None
    url = form.text("StatusCallback")
    method = form.method("StatusCallbackMethod", code=21209)
    events = _events(form, problems)
    if not url:
        return None
    if not is_target(url) or "_" in (urlsplit(url).hostname or ""):
        problems.append(_invalid_callback(url))
        return None
    return StatusCallback(url=url, method=method, events=events)


def check_parties(
    form: Form, store: Store, account_sid: str, *, addresses: tuple[str, ...] = ADDRESSES
) -> tuple[str, str]:
    """Who is called and who calls, each in the one form in which the emulator writes it.

    `addresses` are what the address of somebody called may begin with, if it is no number.

    Raises:
        RestError: 21201, 21210, 21211, 21212 or 21213.
    """
    to, from_ = form.text("To"), form.text("From")
    if not to:
        raise RestError(21201)
    if not from_:
        raise RestError(21213)
    called = _party(to, code=21211, addresses=addresses)
    dials_number = _is_number(called)
    caller = _party(from_, code=21212) if dials_number or _is_number(from_) else from_
    is_number = _is_number(caller)
    if dials_number and not is_number:
        raise RestError(21212, number=from_)
    if is_number and store.caller_id_sid(account_sid, caller) is None:
        raise RestError(21210, number=caller)
    if called == caller:
        raise RestError(21211, number=called, hint="A number cannot call itself.")
    return called, caller


def _party(text: str, *, code: int, addresses: tuple[str, ...] = ADDRESSES) -> str:
    try:
        if text.startswith(addresses):
            parse_address(text)
            return text
        return _normalized(text)
    except ValueError:
        raise RestError(code, number=text) from None


def without_extras(to: str) -> str:
    """Who is called, as To is shown: without the parameters of a client and the headers of a SIP user."""
    return to.partition("?")[0]


def extras_of(to: str) -> Mapping[str, str]:
    """What goes along to a client or to a SIP user, written into its address."""
    return {} if _is_number(to) else parse_address(to).extras


def _is_number(party: str) -> bool:
    """Whether this is a number, neither a client nor a SIP address."""
    return party.startswith("+")


def check_caller_id(form: Form, store: Store, account_sid: str) -> str:
    """What the called party is shown instead of From: a number of the account's, a client or a SIP address.

    Raises:
        RestError: 21210 or 21212.
    """
    text = form.text("CallerId")
    shown = _party(text, code=21212) if _is_number(text) else text
    if _is_number(shown) and store.caller_id_sid(account_sid, shown) is None:
        raise RestError(21210, number=shown)
    return shown


def _send_digits(form: Form) -> str:
    digits = form.text("SendDigits")
    if not digits:
        return ""
    try:
        if len(parse_digits(digits)) > MAX_SEND_DIGITS:
            raise RestError(21206, value=digits)
    except InvalidDigits:
        raise RestError(21206, value=digits) from None
    return digits


def _events(form: Form, problems: list[Problem]) -> frozenset[str]:
    """The events subscribed to. Unknown words are dropped with a notification; so are events joined into one word."""
    given = form.texts("StatusCallbackEvent")
    if not given:
        return frozenset({"completed"})
    wrong = [word for word in given if word not in PROGRESS_EVENTS]
    if wrong:
        problems.append(_unknown_events(wrong))
    return frozenset(given) - frozenset(wrong)


def _both_given() -> Problem:
    return Problem(
        code=32019,
        level="warning",
        message="Both Url and Twiml are given; Url is used.",
        hint="Give one of the two.",
    )


def _invalid_callback(url: str) -> Problem:
    return Problem(
        code=21609,
        level="warning",
        message=f"StatusCallback is not a valid URL: {url}; the call goes on without callbacks.",
        hint="Give an absolute http or https URL whose host has no underscore.",
        url=url,
    )


def _unknown_events(words: list[str]) -> Problem:
    hint = f"The events are {', '.join(PROGRESS_EVENTS)}; completed covers every way in which a call ends."
    if any(set(word.replace(",", " ").split()) <= set(PROGRESS_EVENTS) for word in words):
        hint = "Send the parameter once for each event; with the SDK, give a list."
    return Problem(
        code=21626,
        level="warning",
        message=f"StatusCallbackEvent has invalid events, which are ignored: {' '.join(words)}",
        hint=hint,
    )
