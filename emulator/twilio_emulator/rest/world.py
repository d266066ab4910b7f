"""What REST knows of the rest of the emulator: the accounts, what they own, and the verbs that move calls.

Everything here is synchronous and called on the emulator's loop. REST has checked a request before it calls
a verb; a verb never refuses.
"""

from __future__ import annotations

from typing import Protocol

from twilio_emulator.accounts.account import Accounts
from twilio_emulator.calls.call import Call
from twilio_emulator.calls.caller_id_check import CheckRequest
from twilio_emulator.calls.recordings import Recording, RecordingSpec
from twilio_emulator.calls.requests import CallRequest
from twilio_emulator.calls.sidecars import Sidecar, SidecarKind
from twilio_emulator.calls.store import Store
from twilio_emulator.clock import Clock
from twilio_emulator.conferences.office import ConferenceOffice
from twilio_emulator.journal import Journal
from twilio_emulator.media.recorder import PauseBehavior
from twilio_emulator.quirks import Quirks
from twilio_emulator.twiml.flow import Instructions, StreamSpec
from twilio_emulator.twiml.transcription_flow import TranscriptionSpec
from twilio_wire.sids import SidFactory


class World(Protocol):
    """The emulator as REST sees it."""

    @property
    def account_sid(self) -> str:
        """The main account's AC sid."""

    @property
    def accounts(self) -> Accounts:
        """The main account, its sub-accounts, and their keys."""

    @property
    def store(self) -> Store:
        """Their numbers and calls."""

    @property
    def journal(self) -> Journal:
        """Where requests and mistakes are written down."""

    @property
    def clock(self) -> Clock:
        """Call time, and the dates that go with it."""

    @property
    def quirks(self) -> Quirks:
        """Settings for what no source settles."""

    @property
    def sids(self) -> SidFactory:
        """Where identifiers come from."""

    @property
    def conferences(self) -> ConferenceOffice:
        """What can be done to conferences and their participants."""

    def place_call(self, request: CallRequest) -> Call:
        """Begin an outbound call; it is in the store, `queued`, when this returns."""

    def check_caller_id(self, request: CheckRequest) -> Call:
        """Ring a number whose owner is to key a code."""

    def redirect_call(self, call: Call, instructions: Instructions) -> None:
        """Put other TwiML in charge of a call that is in progress."""

    def end_call(self, call: Call) -> None:
        """End a call that has not ended: completed once answered, canceled before."""

    def cancel_call(self, call: Call) -> None:
        """End a call that is queued or ringing."""

    def limit_call(self, call: Call, seconds: int) -> None:
        """Let a call that has not ended last at most this long, counted from its answer."""

    def start_recording(self, call: Call, spec: RecordingSpec) -> Recording:
        """Record a call that is in progress."""

    def pause_recording(self, recording: Recording, behavior: PauseBehavior) -> None:
        """Interrupt a recording that is live."""

    def resume_recording(self, recording: Recording) -> None:
        """Go on with one that is paused."""

    def stop_recording(self, recording: Recording) -> None:
        """End one that is live; its audio is ready soon after."""

    def fork_stream(self, call: Call, spec: StreamSpec) -> Sidecar:
        """Begin to connect a fork of a call that is in progress."""

    def start_transcription(self, call: Call, spec: TranscriptionSpec) -> Sidecar:
        """Transcribe a call that is in progress."""

    def begin_sidecar(self, call: Call, kind: SidecarKind, *, name: str, tracks: int) -> Sidecar:
        """Note that something has begun beside a call that is in progress."""

    def stop_sidecar(self, sidecar: Sidecar) -> None:
        """Stop something that is in progress beside a call."""

    def url_of(self, path: str) -> str:
        """The absolute URL of a path of the API."""

    def delete_call(self, call: Call) -> None:
        """Forget a call that has ended."""
