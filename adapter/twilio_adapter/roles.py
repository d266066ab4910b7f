"""Who the adapter speaks for, and what it can do: facts that a scenario runner reads before it starts."""

from dataclasses import dataclass
from enum import StrEnum


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
