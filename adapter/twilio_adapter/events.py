"""What happens in a call, as values: who speaks, which keys are pressed, who is cut short, how far the call has come.

Law: a moment is ms of received audio since the call's stream began; 0 before that. It is the call's own clock, the
recording's too, and comes out the same however fast the call is played.
"""

from dataclasses import dataclass
from typing import ClassVar, Final, Literal, TypeAlias

CallState: TypeAlias = Literal[
    "initiated", "ringing", "answered", "completed", "busy", "no-answer", "failed", "canceled"
]
"""Twilio's words (twilio.com/docs/voice/api/call-resource, `StatusCallbackEvent` and `status`)."""

STATES: Final[dict[str, CallState]] = {
    "initiated": "initiated",
    "ringing": "ringing",
    "in-progress": "answered",
    "completed": "completed",
    "busy": "busy",
    "no-answer": "no-answer",
    "failed": "failed",
    "canceled": "canceled",
}
"""The state of a call by the status that Twilio reports; a call that is only `queued` has none."""


@dataclass(frozen=True)
class CallStateChanged:
    """The call has come so far. The last one, of a call that ended, is told when its last audio has been heard."""

    at_ms: int
    state: CallState
    name: ClassVar[str] = "call_state"


@dataclass(frozen=True)
class UserStartedSpeaking:
    """The far end speaks since `at_ms`; told `Vad.start_ms` later."""

    at_ms: int
    name: ClassVar[str] = "user_started_speaking"


@dataclass(frozen=True)
class UserStoppedSpeaking:
    """The far end spoke until `at_ms`; told `Vad.stop_ms` later, or when the call ended."""

    at_ms: int
    name: ClassVar[str] = "user_stopped_speaking"


@dataclass(frozen=True)
class DigitPressed:
    """The far end pressed a key: 0-9, A-D, * or #."""

    at_ms: int
    digit: str
    name: ClassVar[str] = "digit_pressed"


@dataclass(frozen=True)
class DigitSent:
    """We pressed a key, by any method; told when the far end has heard all that were pressed with it."""

    at_ms: int
    digit: str
    name: ClassVar[str] = "digit_sent"


@dataclass(frozen=True)
class Interrupted:
    """We stopped speaking, and `dropped_ms` of what we had to say will not be heard."""

    at_ms: int
    dropped_ms: int
    name: ClassVar[str] = "interrupted"


CallEvent: TypeAlias = (
    CallStateChanged | UserStartedSpeaking | UserStoppedSpeaking | DigitPressed | DigitSent | Interrupted
)
