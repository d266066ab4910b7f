"""Who the adapter speaks for, and what it can do: facts that a scenario runner reads before it starts."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from twilio_adapter.errors import UnsupportedCapabilityError


class AgentRole(StrEnum):
    """The part a participant plays; the values are langwatch-scenario's."""

    USER = "User"
    AGENT = "Agent"
    JUDGE = "Judge"


@dataclass(frozen=True, kw_only=True)
class Capabilities:
    """What the transport offers, so that a runner can refuse a script it cannot carry.

    Formats are named encoding/rate in Hz; a Twilio stream knows one only
    (twilio.com/docs/voice/media-streams/websocket-messages).
    """

    streaming_transcripts: bool = False
    native_vad: bool = False
    dtmf: bool = True
    interruption: bool = True
    input_formats: tuple[str, ...] = ("mulaw/8000",)
    output_formats: tuple[str, ...] = ("mulaw/8000",)

    def require(self, capability: str) -> None:
        """Make sure that the transport offers something: `dtmf`, `interruption`, `native_vad`, ….

        Raises:
            UnsupportedCapabilityError: it does not; says what to do instead.
        """
        if not getattr(self, capability, False):
            raise UnsupportedCapabilityError(capability, ALTERNATIVES.get(capability, "leave that step out"))


ALTERNATIVES: Final = {
    "streaming_transcripts": "the telephone carries sound only: transcribe what recv_audio() returns, or the recording",
    "native_vad": "Twilio does not say who speaks: events() tells what webrtcvad hears; recv_audio() ends on silence",
    "dtmf": "use TwilioAgentAdapter, which presses keys",
    "interruption": "use TwilioAgentAdapter, which stops speaking at once",
}
"""What to do without a capability."""
