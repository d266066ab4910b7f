"""The TwiML documents the adapter hands to Twilio, built by the official SDK.

Law: a stream is always the last verb and always `<Connect>`: a `<Start>` stream carries no audio back
(twilio.com/docs/voice/media-streams), and a verb behind it would keep the call up after we close the socket.
"""

from typing import Final, Literal

from twilio.twiml.voice_response import VoiceResponse

TOKEN_PARAMETER: Final = "token"  # noqa: S105 - the name of a parameter, not a secret


def connect_stream(stream_url: str, token: str, *, digits: str = "") -> str:
    """Connect the call to our stream, after playing digits if there are any."""
    response = VoiceResponse()
    if digits:
        response.play(digits=digits)
    stream = response.connect().stream(url=stream_url)
    stream.parameter(name=TOKEN_PARAMETER, value=token)
    return str(response)


def reject(reason: Literal["busy", "rejected"]) -> str:
    """Refuse the call without answering it."""
    response = VoiceResponse()
    response.reject(reason=reason)
    return str(response)
