"""The transcription of a recording that `<Record transcribe="true">` asks for: the resource, and its limits.

Not to be confused with the real-time transcription of a call (`calls.transcriptions`). Sources:
twilio.com/docs/voice/twiml/record (transcribe), twilio.com/docs/api/errors/13617, twilio-oai.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

SHORTEST_MS: Final = 2_000
LONGEST_MS: Final = 120_000
"""What is transcribed is neither shorter nor longer."""


@dataclass(frozen=True, slots=True)
class RecordingTranscription:
    """What somebody said in a recording. Without words it has failed."""

    sid: str
    account_sid: str
    call_sid: str
    recording_sid: str
    created_ms: int
    duration_s: int
    text: str

    @property
    def status(self) -> str:
        """The word that REST and the callback use."""
        return "completed" if self.text else "failed"

    @property
    def path(self) -> str:
        """The resource's path without a suffix."""
        recording = f"/2010-04-01/Accounts/{self.account_sid}/Recordings/{self.recording_sid}"
        return f"{recording}/Transcriptions/{self.sid}"
