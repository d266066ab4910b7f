"""Writes down what is said in one recording of `<Record transcribe="true">`, and tells the app.

Sources: twilio.com/docs/voice/twiml/record (transcribe, transcribeCallback), twilio.com/docs/api/errors/13617.
"""

from __future__ import annotations

from typing import Final

from twilio_emulator.calls.department import Host
from twilio_emulator.calls.progress import post
from twilio_emulator.calls.recording_transcriptions import LONGEST_MS, SHORTEST_MS, RecordingTranscription
from twilio_emulator.calls.recordings import Recording
from twilio_emulator.journal import Problem
from twilio_emulator.rooms import Rooms
from twilio_emulator.twiml.record_flow import Transcribe
from twilio_emulator.webhooks.parameters import voice_parameters
from twilio_wire.sids import SidKind

OUT_OF_RANGE: Final = 13617


class Transcribing:
    """Takes notes from its making on, until it is told that the recording is ready."""

    def __init__(self, order: Transcribe, host: Host, rooms: Rooms) -> None:
        self._order = order
        self._host = host
        self._rooms = rooms
        self._notes = host.hearing.take_notes()

    def finish(self, recording: Recording) -> None:
        """The recording is ready. The app is told beside the call, once all that was heard is recognised."""
        self._notes.close()
        if recording.length_ms is None:
            return
        hold = self._rooms.clock.hold(f"transcription of {recording.sid}")

        async def transcribe(length_ms: int) -> None:
            with hold:
                self._write(recording, await self._notes.text() if self._is_in_range(recording.sid, length_ms) else "")

        self._rooms.tasks.spawn(transcribe(recording.length_ms))

    def _is_in_range(self, recording_sid: str, length_ms: int) -> bool:
        if SHORTEST_MS <= length_ms <= LONGEST_MS:
            return True
        message = f"The recording {recording_sid} lasts {length_ms / 1000:.1f} s, and is not transcribed."
        hint = f"What is transcribed lasts from {SHORTEST_MS // 1000} to {LONGEST_MS // 1000} s."
        call_sid = self._host.call.sid
        self._rooms.journal.write(
            Problem(call_sid=call_sid, code=OUT_OF_RANGE, level="warning", message=message, hint=hint)
        )
        return False

    def _write(self, recording: Recording, text: str) -> None:
        call, callback = self._host.call, self._order.callback
        transcription = RecordingTranscription(
            sid=self._rooms.sids.new(SidKind.TRANSCRIPTION),
            account_sid=recording.account_sid,
            call_sid=recording.call_sid,
            recording_sid=recording.sid,
            created_ms=self._rooms.clock.now_ms,
            duration_s=recording.duration_s or 0,
            text=text,
        )
        self._rooms.store.records.recording_transcriptions.add(transcription)
        if callback is None:
            return
        extras = {
            "TranscriptionSid": transcription.sid,
            "TranscriptionText": transcription.text,
            "TranscriptionStatus": transcription.status,
            "TranscriptionUrl": self._rooms.address.url(transcription.path),
            # In no document; captured callbacks have it.
            "TranscriptionType": "fast",
            "RecordingSid": recording.sid,
            "RecordingUrl": self._rooms.address.url(recording.path),
        }
        post(
            self._rooms,
            call.sid,
            url=callback.url,
            method=callback.method,
            parameters=voice_parameters(call, quirks=self._rooms.quirks, extras=extras),
            purpose="transcribe callback",
        )
