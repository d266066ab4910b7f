"""What REST refuses, and how it says so: one table, one exception, one rendering.

Titles are those of Twilio's error dictionary (twilio.com/docs/api/errors/<code>); messages follow published
replies where there are any, and say the same in our words where there are none. The hint is ours: what to
change, for the journal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class ErrorFact:
    """A code's HTTP status, its title, the message with `{details}`, and what to change (empty: nothing)."""

    status: int
    title: str
    message: str
    hint: str = ""


_HTTP_URL = "Give an absolute URL that begins with http:// or https://."
_E164 = "Write numbers as +15551110001; in a form or a URL the plus sign is %2B."

ERRORS: Final[Mapping[int, ErrorFact]] = {
    # --- any resource; statuses of 20009 and 20004 are unsure
    20001: ErrorFact(400, "Unknown parameters", "Invalid parameter {parameter}: {problem}.", "Correct the parameter."),
    20002: ErrorFact(400, "Invalid FriendlyName", "FriendlyName is longer than 64 characters.", "Shorten it."),
    20003: ErrorFact(401, "Permission Denied", "Authenticate", "Use the emulator's account SID and auth token."),
    20004: ErrorFact(405, "Method not allowed", "Method not allowed: {method}", "Use {allowed}."),
    # Statuses of the next two: what clients that may not do a thing are told (403); the dictionary names none.
    20005: ErrorFact(403, "Account not active", "Account {account} is not active.", "Set its Status to active."),
    20006: ErrorFact(
        403,
        "Access Denied",
        "{problem}.",
        "Use the account's SID and auth token: standard keys reach neither accounts nor keys.",
    ),
    20007: ErrorFact(400, "Page size too large", "Page size must be between 1 and 1000.", "Choose a PageSize ≤ 1000."),
    20009: ErrorFact(
        409,
        "Unable to delete record",
        "Cannot delete this {resource} because it is still {status}.",
        "End the call first (Status=completed).",
    ),
    20404: ErrorFact(404, "Not Found", "The requested resource {path} was not found"),
    20413: ErrorFact(413, "Request entity too large", "Request entity too large", "Send less; TwiML belongs at a Url."),
    20429: ErrorFact(
        429,
        "Too Many Requests",
        "Too Many Requests",
        "The request was not executed: send it again later, or raise Quirks.max_concurrent_requests.",
    ),
    20500: ErrorFact(
        500, "Internal Server Error", "Internal Server Error", "This is a bug of the emulator: report it."
    ),
    # Only ever seen during an incident: a fault asks for it [twilio.com/docs/api/errors/20503].
    20503: ErrorFact(503, "Service unavailable", "Service Unavailable", "Send the request again later."),
    21472: ErrorFact(400, "Account is not active", "Account {value} is not active", "Transfer to an active account."),
    # --- what belongs to calls; statuses are unsure
    16108: ErrorFact(
        400,
        "Concurrent recordings",
        "Several recordings of this call are in progress; Twilio.CURRENT does not say which.",
        "Name the recording by its sid.",
    ),
    16113: ErrorFact(
        400,
        "Dual-channel recording not available",
        "The recording has one channel only.",
        "Record with RecordingChannels=dual, or leave RequestedChannels out.",
    ),
    31211: ErrorFact(
        400,
        "Call is not in the expected state",
        "The call is {status}; messages can be sent to a call in progress.",
        "Wait until the call is in-progress.",
    ),
    31212: ErrorFact(
        400, "Call message payload too big", "The message has {size} characters, which is too many.", "Send less."
    ),
    32702: ErrorFact(400, "Invalid message content", "Content is not valid JSON.", "Give Content as JSON text."),
    # --- Conferences and their participants; statuses are unsure
    16001: ErrorFact(
        400,
        "Conference is not bridged",
        "Conference is not bridged: it has not started, or the participant is not in it yet.",
        "Wait for conference-start, or for participant-join.",
    ),
    16003: ErrorFact(
        400,
        "Could not recognize conference sid or friendly name",
        "Could not recognize conference sid or friendly name: {name}",
        "Give the sid of one of the account's conferences, or any friendly name.",
    ),
    16020: ErrorFact(
        400,
        "Conference is full",
        "Conference {name} is full: it takes {most} participants.",
        "Raise MaxParticipants of the first participant.",
    ),
    16022: ErrorFact(
        404,
        "Conference does not exist or is completed",
        "Conference {name} does not exist or is completed.",
        "Use its friendly name: the next conference of that name has another sid.",
    ),
    16024: ErrorFact(
        400,
        "Invalid participant label",
        "Invalid participant label {label}: it must not exceed 128 characters, be a CallSid, or contain /.",
        "Choose another label.",
    ),
    16026: ErrorFact(
        400,
        "Participant label is in use by another participant",
        "Participant label {label} is in use by another participant.",
        "Give every participant a label of its own.",
    ),
    16027: ErrorFact(
        400,
        "Participant to be whispered is on hold",
        "Participant to be whispered is on hold: {call_sid}",
        "Take that participant off hold first.",
    ),
    16028: ErrorFact(
        400,
        "Participant to be whispered is not present in the conference",
        "Participant to be whispered is not present in the conference: {call_sid}",
        "Wait until that participant has joined.",
    ),
    21481: ErrorFact(400, "Invalid PageToken", "Invalid PageToken", "Follow next_page_uri as it was given."),
    # --- Calls
    21200: ErrorFact(400, "Calls Resource", "Invalid {parameter}: {problem}.", "Correct the parameter."),
    21201: ErrorFact(400, "No Called number specified", "No to number is specified", "Give To."),
    21205: ErrorFact(400, "Invalid URL", "{parameter} is not a valid URL: {value}", _HTTP_URL),
    21206: ErrorFact(
        400,
        "Invalid SendDigits",
        "SendDigits is not valid: {value}",
        "Use up to 32 of 0-9 A-D # * w (0.5 s) and W (1 s).",
    ),
    21208: ErrorFact(400, "Invalid Timeout", "Timeout is not valid: {problem}.", "Give whole seconds from 1 to 600."),
    21209: ErrorFact(400, "Invalid Method", "{parameter} is not valid: {value}", "Use GET or POST."),
    21210: ErrorFact(
        400,
        "'From' phone number not verified",
        "The source phone number provided, {number}, is not yet verified for your account. You may only make calls "
        "from phone numbers that you've verified or purchased from Twilio.",
        "Call from one of the account's numbers, or add this one to the emulator.",
    ),
    21211: ErrorFact(
        400,
        "Invalid 'To' Phone Number",
        "The phone number you are attempting to call, {number}, is not valid.",
        _E164,
    ),
    21212: ErrorFact(
        400, "Invalid From Number (caller ID)", "The 'From' number {number} is not a valid phone number.", _E164
    ),
    21213: ErrorFact(400, "'From' phone number is required", "No 'From' number is specified", "Give From."),
    21218: ErrorFact(
        400,
        "Invalid ApplicationSid",
        "The application {value} was not found",
        "Create the application in the same account first.",
    ),
    21220: ErrorFact(
        400,
        "Invalid call state",
        "Call is not in-progress. Cannot {action}.",
        "Wait until the call is in-progress before you change it.",
    ),
    21234: ErrorFact(
        400,
        "Invalid Machine Detection configuration",
        "Invalid {parameter}: {problem}.",
        "See twilio.com/docs/voice/answering-machine-detection for the ranges.",
    ),
    21300: ErrorFact(
        400,
        "Invalid BYOC trunk SID",
        "The BYOC trunk {value} was not found",
        "Leave Byoc out: there are no trunks here.",
    ),
    32018: ErrorFact(
        400,
        "Twiml size exceeded",
        "Twiml has {size} characters; the limit is 4000.",
        "Serve the document from a Url, or shorten it.",
    ),
    # --- IncomingPhoneNumbers, Applications, OutgoingCallerIds
    21401: ErrorFact(400, "Invalid Phone Number", "{number} is not a valid phone number", _E164),
    21402: ErrorFact(400, "Invalid Url", "{parameter} is not a valid URL: {value}", _HTTP_URL),
    21403: ErrorFact(400, "Invalid Method", "{parameter} is not valid: {value}", "Use GET or POST."),
    21405: ErrorFact(
        400,
        "Fallback URL without a URL",
        "VoiceFallbackUrl needs a VoiceUrl",
        "Set VoiceUrl as well, or clear VoiceFallbackUrl.",
    ),
    21420: ErrorFact(
        400,
        "Application Sid is not accessible",
        "The application {value} was not found",
        "Create the application in the same account first.",
    ),
    21421: ErrorFact(400, "PhoneNumber is invalid", "{number} is not a valid number", _E164),
    21422: ErrorFact(
        400, "PhoneNumber is not available", "{number} is not available", "The account owns it already; update it."
    ),
    21450: ErrorFact(
        400,
        "Phone number already validated for your account",
        "{number} can be used as a caller id already.",
        "Delete the caller id first, if it is to be verified anew.",
    ),
    21454: ErrorFact(
        400, "Invalid CallDelay", "CallDelay is not valid: {problem}.", "Give whole seconds from 0 to 60."
    ),
    21451: ErrorFact(400, "Invalid area code", "{value} is not a valid area code", "Give three digits, like 415."),
    21452: ErrorFact(
        400, "No phone numbers found in area code", "No phone numbers found in area code {value}", "Choose another."
    ),
}


class RestError(Exception):
    """A request that REST refuses. `details` fill the message of its code; `hint` replaces the table's."""

    def __init__(self, code: int, *, hint: str | None = None, **details: object) -> None:
        fact = ERRORS[code]
        super().__init__(fact.message.format_map(details))
        self.code = code
        self.status = fact.status
        self.message = str(self)
        self.hint = fact.hint.format_map(details) if hint is None else hint

    def body(self) -> dict[str, object]:
        """The reply's JSON [twilio.com/docs/usage/twilios-response, captured replies]."""
        return {
            "code": self.code,
            "message": self.message,
            "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
            "status": self.status,
        }
