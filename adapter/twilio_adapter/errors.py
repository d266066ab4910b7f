"""Every error the adapter raises, sorted by who has to act.

Laws: one sentence each, what happened and what to do; phone numbers are redacted in it; the facts are fields, so that
nobody has to match text. A wait that ran out names its limit and is a `TimeoutError` too.
"""

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from twilio_adapter.chunk import AudioChunk
    from twilio_adapter.script.result import ScriptResult


class AdapterError(Exception):
    """Anything the adapter raises on purpose."""


# --- the set-up of the test bench ---------------------------------------------------------------------------------


class ConfigurationError(AdapterError, ValueError):
    """An argument or setting that cannot work."""


class PublicUrlMissing(ConfigurationError):
    """Twilio has to reach us, and nobody said at which URL."""


class InvalidPhoneNumber(ConfigurationError):
    """Text that is not a phone number in E.164."""


class PortInUseError(AdapterError):
    """Somebody else listens on the port we were told to use."""

    def __init__(self, port: int) -> None:
        super().__init__(
            f"Port {port} is in use: pass another http_port (0 takes any free one), or end what listens there."
        )
        self.port = port


class NumberNotOwnedError(AdapterError):
    """The account has no such phone number."""


class NumberOnTrunkError(AdapterError):
    """The number belongs to a SIP trunk, which takes its calls before any voice URL does."""


class NumberInUseError(AdapterError):
    """Another adapter has the number: two cannot take its calls.

    Attributes:
        pid: the process that has it, None while it is only just taking it.
        since: since when, in UTC, None likewise.
    """

    def __init__(self, message: str, *, pid: int | None = None, since: str | None = None) -> None:
        super().__init__(message)
        self.pid = pid
        self.since = since


class TunnelError(AdapterError):
    """Twilio cannot reach us through the tunnel."""


class TunnelMissing(TunnelError):
    """The tunnel's program is not installed."""


class TunnelFailed(TunnelError):
    """The tunnel's program ended, or said nothing, before it named a public URL."""


class TunnelNotReached(TunnelError, TimeoutError):
    """The public URL does not lead to our port.

    Attributes:
        limit_s: how long we tried, in seconds.
    """

    def __init__(self, message: str, *, limit_s: float) -> None:
        super().__init__(message)
        self.limit_s = limit_s


class TunnelLost(TunnelError):
    """The tunnel was up, and its program has ended."""


class NotConnected(AdapterError):
    """A verb was called before `connect()` or after `disconnect()`."""


class UnsupportedCapabilityError(AdapterError):
    """A step needs what the transport does not offer.

    Attributes:
        capability: what is missing, as `Capabilities` names it.
        alternative: what to do instead.
    """

    def __init__(self, capability: str, alternative: str) -> None:
        super().__init__(f"This transport has no {capability}: {alternative}.")
        self.capability = capability
        self.alternative = alternative


# --- the Twilio REST API ------------------------------------------------------------------------------------------


class TwilioRefused(AdapterError):
    """Twilio answered a REST request with an error.

    Attributes:
        status: HTTP status.
        code: Twilio's error code (twilio.com/docs/api/errors), the HTTP status when there was none.
    """

    def __init__(self, message: str, *, status: int, code: int) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


class TwilioUnreachable(AdapterError):
    """A REST request got no answer."""


# --- placing and taking calls -------------------------------------------------------------------------------------


class CallInProgress(AdapterError):
    """The adapter is one telephone, and it is in a call already."""


class NoCall(AdapterError):
    """A verb needs a call, and none has been placed or taken yet."""


class CalleeNotAllowedError(AdapterError):
    """The test may not dial that number."""


class CallNotConnected(AdapterError):
    """A call that was placed and never became a conversation.

    Attributes:
        call_sid: Twilio's identifier, None when the call was never created.
        status: Twilio's last word on the call.
    """

    def __init__(self, message: str, *, call_sid: str | None, status: str) -> None:
        super().__init__(message)
        self.call_sid = call_sid
        self.status = status


class CallBusy(CallNotConnected):
    """The far end is busy."""


class CallNotAnswered(CallNotConnected):
    """The far end rang out, or rejected the call."""


class CallFailed(CallNotConnected):
    """The call could not be placed, or its media stream never reached us."""


class CallCanceled(CallNotConnected):
    """The call was hung up before it was answered."""


class CallEnded(AdapterError):
    """The call was over before the verb was done.

    Attributes:
        hung_up: whether the far end, or Twilio, ended it; otherwise we did, or something failed.
    """

    def __init__(self, message: str, *, hung_up: bool) -> None:
        super().__init__(message)
        self.hung_up = hung_up


# --- waits that ran out -------------------------------------------------------------------------------------------


class WaitTimeout(AdapterError, TimeoutError):
    """What was waited for did not come within its limit.

    Attributes:
        limit_s: the limit, in seconds.
    """

    def __init__(self, message: str, *, limit_s: float) -> None:
        super().__init__(message)
        self.limit_s = limit_s


class NobodyCalled(WaitTimeout):
    """No call came in."""


class NothingHeard(WaitTimeout):
    """The far end stayed silent."""


class TurnTooLong(WaitTimeout):
    """The far end did not stop talking."""


class NotSilent(WaitTimeout):
    """The far end did not fall silent."""


class CallStillUp(WaitTimeout):
    """The call did not end."""


class KeysMissing(WaitTimeout):
    """The far end did not press so many keys.

    Attributes:
        digits: those that it pressed.
    """

    def __init__(self, message: str, *, limit_s: float, digits: str) -> None:
        super().__init__(message, limit_s=limit_s)
        self.digits = digits


class PlaybackStalled(WaitTimeout):
    """Twilio plays on, yet no longer acknowledges the audio it was sent."""


class NoMedia(WaitTimeout):
    """Nothing at all arrives on the media stream."""


class StreamNotBack(WaitTimeout):
    """The media stream did not come back after digits were played."""


# --- scripts ------------------------------------------------------------------------------------------------------


class ExpectationFailed(AdapterError):
    """The far end did not do what a step of a script expects of it.

    Attributes:
        at_ms: when that showed, in ms of received audio.
        heard: the turn that was heard instead, if one was.
    """

    def __init__(self, message: str, *, at_ms: int, heard: "AudioChunk | None" = None) -> None:
        super().__init__(message)
        self.at_ms = at_ms
        self.heard = heard


class ScriptStepFailed(AdapterError):
    """A step of a script raised; the cause is chained.

    Attributes:
        index: place of the step in the script, from 0.
        name: the step's name, and what it was given.
        at_ms: when it failed, in ms of received audio.
        result: what the script had done and heard by then.
    """

    def __init__(self, index: int, name: str, cause: Exception, *, at_ms: int, result: "ScriptResult") -> None:
        super().__init__(f"Step {index} of the script, {name}, failed at {at_ms / 1000:.2f} s of the call: {cause}")
        self.index = index
        self.name = name
        self.at_ms = at_ms
        self.result = result


NOT_CONNECTED: Final = "The adapter is not connected: use it in `async with`, or call connect() first."
