"""Where the sources do not say what Twilio does, the emulator takes a default, and here it is, by name.

Whoever has an account and sees it otherwise turns the switch: `TwilioEmulator(quirks=Quirks(port_in_signature=False))`.
Every field says what is unsure.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Quirks:
    """Settings for behaviour that no primary source settles. The defaults are our best reading."""

    form_charset: bool = False
    """Send `; charset=UTF-8` with form bodies. Captures of 2022 have it, those of 2023 on do not."""

    port_in_https_signature: bool = False
    """Keep an https URL's port in the signed string. The security page says that voice drops it."""

    stream_signature_trailing_slash: bool = False
    """Add `/` to the URL that signs a stream's upgrade request. Default: the `url` attribute as written."""

    first_media_timestamp_ms: int = 0
    """Added to every stream timestamp; real calls start at some 100-170 ms, the set-up time of the stream."""

    clean_close_is_stream_error: bool = False
    """Report `stream-error` (31921) also when the app closes its socket with 1000. Default: `stream-stopped`."""

    allow_ws: bool = True
    """Accept `ws://` stream URLs, with a warning. Twilio refuses them (31922), but a local app rarely has TLS."""

    stream_connect_timeout_s: float = 5.0
    """How long the app may take to accept a stream's socket (wall seconds). No figure is documented."""

    rtp_timeout_s: int = 10
    """How long nothing of the caller may arrive before a stream is warned of (31953). No figure is documented."""

    max_queued_audio_s: int = 600
    """Audio queued beyond this is discarded with 31931 (documented as 10 minutes)."""

    max_stream_message_bytes: int = 2**20
    """A longer message of a stream's application is a violation of the protocol (31924). No limit is documented."""

    extra_fields_warn: bool = True
    """Report 31951 once when a stream message has fields that Twilio does not name; the message still counts."""

    unanswered_error_answers: bool = True
    """An inbound call whose first document cannot be had is answered, to speak the error, and ends `completed`."""

    late_cancel_is_error: bool = False
    """Answer 21220 to `Status=canceled` for a call in progress. Default: 200, and nothing happens."""

    finished_update_is_error: bool = False
    """Answer 21220 to `Status=completed` for a call that has ended. Default: 200 with the finished call."""

    duration_in_minutes: bool = True
    """Status callbacks carry `Duration` in minutes, rounded up, beside `CallDuration` in seconds."""

    first_request_call_token: bool = True
    """An inbound call's first request carries `CallToken`."""

    abandoned_ringing_status: str = "no-answer"
    """Final status of an inbound call whose caller hangs up before it is answered: `no-answer` or `canceled`."""

    dial_timeout_buffer_s: int = 5
    """Seconds that `<Dial>` rings beyond its `timeout`. Twilio's page says that it adds some, about 5."""

    abandoned_dial_status: str = "no-answer"
    """`DialCallStatus` when the caller hangs up before anybody answers: `no-answer` or `canceled`."""

    max_concurrent_requests: int = 0
    """REST requests at once, before one more is refused with 429 (20429). 0: no limit. Twilio's figure is an account's
    own; `Twilio-Concurrent-Requests` tells how many there are."""

    media_needs_credentials: bool = False
    """Ask for credentials before handing out the audio of a recording. Which accounts insist is a setting of theirs."""

    calls_per_second: int = 0
    """Dial no more calls a second than this, and let the others queue. Twilio's default is 1; 0 dials at once."""

    auto_speech_pause_ms: int = 800
    """How long a pause ends speech with `<Gather speechTimeout="auto">`. Documented only as "a pause"."""

    redirect_limit: int = 100
    """Documents in a row without any verb that takes time, before the call is taken for a loop and ended."""
