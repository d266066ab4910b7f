"""The real-time transcriptions of one call: every track is listened to, and what is said goes to the status callback.

Sources: twilio.com/docs/voice/twiml/transcription (events and their parameters), twilio.com/docs/voice/media-streams
(limits).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec

from twilio_emulator.agenda import Timer
from twilio_emulator.calls.call import Call
from twilio_emulator.calls.call_sidecars import CallSidecars
from twilio_emulator.calls.courier import Courier
from twilio_emulator.calls.hearing import Hearing
from twilio_emulator.calls.sidecars import MAX_FORKED_TRACKS, Sidecar, SidecarKind, has_room_for, in_progress, named
from twilio_emulator.journal import Problem, SidecarMoved
from twilio_emulator.media.listener import SpeechEvent
from twilio_emulator.rooms import Rooms
from twilio_emulator.twiml.flow import SpeechStarted, SpeechStopped, Track, WordsHeard
from twilio_emulator.twiml.heard_speech import SpeechCollector
from twilio_emulator.twiml.profanity import masked
from twilio_emulator.twiml.transcription_flow import CONFIGURATION_ERROR, TranscriptionSpec
from twilio_wire.sids import SidKind

FINAL_PAUSE_MS: Final = 600
"""The pause after which a result is final. Twilio's engines decide for themselves."""

_STABILITY: Final = "0.9"
"""Of results that are not final."""

_PUNCTUATION: Final = '.,;:!?…"“”'


class CallTranscriptions:
    """Starts, feeds and stops the transcriptions of an answered call."""

    def __init__(self, call: Call, hearing: Hearing, rooms: Rooms, sidecars: CallSidecars) -> None:
        self._call = call
        self._hearing = hearing
        self._rooms = rooms
        self._sidecars = sidecars
        self._running: dict[str, _Transcription] = {}

    def open(self, spec: TranscriptionSpec) -> None:
        """Start what TwiML asks for, if there is room."""
        refusal = self._no_room(spec)
        if refusal:
            reports = _Reports(spec, self._rooms.sids.new(SidKind.REALTIME_TRANSCRIPTION), self._call, self._rooms)
            self._refuse(CONFIGURATION_ERROR, refusal, reports)
        else:
            self.start(spec)

    def start(self, spec: TranscriptionSpec) -> Sidecar:
        """Transcribe from now on. Whoever asks has looked whether there is room.

        A configuration that no engine takes is an error of the transcription, which is over with it.
        """
        sidecar = self._sidecars.begin(SidecarKind.TRANSCRIPTION, name=spec.name, tracks=len(spec.tracks))
        reports = _Reports(spec, sidecar.sid, self._call, self._rooms)
        fault = spec.fault()
        if fault is None:
            self._running[sidecar.sid] = _Transcription(spec, self._hearing, self._rooms, reports)
        else:
            self._refuse(*fault, reports)
            self._sidecars.stop(sidecar)
        return sidecar

    def close(self, name: str) -> None:
        """Stop the transcription of this name, or this sid."""
        sidecar = named(SidecarKind.TRANSCRIPTION, name, in_progress(self._sidecars.all))
        if sidecar is not None:
            self.stop(sidecar)
            return
        message = f"<Stop> names the transcription {name!r}, and no such transcription runs on this call."
        self._rooms.journal.write(Problem(call_sid=self._call.sid, code=0, level="warning", message=message))

    def stop(self, sidecar: Sidecar) -> None:
        """Stop one; what was said so far is still told."""
        self._sidecars.stop(sidecar)
        running = self._running.pop(sidecar.sid, None)
        if running is not None:
            running.stop()

    def close_all(self) -> None:
        """The call is over."""
        for sidecar in in_progress(self._sidecars.all):
            if sidecar.sid in self._running:
                self.stop(sidecar)

    def _no_room(self, spec: TranscriptionSpec) -> str:
        others = in_progress(self._sidecars.all)
        if named(SidecarKind.TRANSCRIPTION, spec.name, others) is not None:
            return f"A transcription named {spec.name!r} runs on this call already."
        if not has_room_for(len(spec.tracks), others):
            return f"A call has at most {MAX_FORKED_TRACKS} forked tracks; this transcription was not started."
        return ""

    def _refuse(self, code: int, message: str, reports: _Reports) -> None:
        hint = "The call goes on without this transcription."
        self._rooms.journal.write(
            Problem(call_sid=self._call.sid, code=code, level="error", message=message, hint=hint)
        )
        reports.tell("transcription-error", TranscriptionErrorCode=str(code), TranscriptionError=message)


class _Transcription:
    """One of them: an ear on each of its tracks."""

    def __init__(self, spec: TranscriptionSpec, hearing: Hearing, rooms: Rooms, reports: _Reports) -> None:
        self._reports = reports
        reports.started()
        self._ears = [_Ear(track, spec, hearing, rooms, reports) for track in spec.tracks]
        self._open = len(self._ears)

    def stop(self) -> None:
        """Listen no more, and tell so when all that was heard has been told."""
        for ear in self._ears:
            ear.close(self._closed)

    def _closed(self) -> None:
        self._open -= 1
        if not self._open:
            self._reports.tell("transcription-stopped")


class _Ear:
    """One track: words come in, results go out."""

    def __init__(
        self, track: Track, spec: TranscriptionSpec, hearing: Hearing, rooms: Rooms, reports: _Reports
    ) -> None:
        self._track = track
        self._wants_partials = spec.partial_results
        self._clock = rooms.clock
        self._reports = reports
        self._said = SpeechCollector()
        self._pause: Timer | None = None
        self._listening = hearing.listen(track, self._hear, language=spec.language, hints=spec.hints)

    def close(self, closed: Callable[[], None]) -> None:
        """Listen no more; `closed` when the last result has been told."""

        def finish() -> None:
            self._finish()
            closed()

        self._listening.close()
        self._listening.when_told(finish)

    def _hear(self, fact: SpeechEvent) -> None:
        match fact:
            case SpeechStarted():
                self._wait_no_more()
            case WordsHeard(words=words, confidence=confidence):
                self._said.hear(words, confidence)
                if self._wants_partials:
                    self._reports.partial(self._track, self._said.text)
            case SpeechStopped(silent_ms=silent_ms) if self._said.text:
                due_ms = self._clock.now_ms + max(FINAL_PAUSE_MS - silent_ms, 0)
                self._pause = self._clock.call_at(due_ms, self._finish)

    def _finish(self) -> None:
        self._wait_no_more()
        said, self._said = self._said, SpeechCollector()
        if said.text:
            self._reports.final(self._track, said.text, said.confidence)

    def _wait_no_more(self) -> None:
        if self._pause is not None:
            self._pause.cancel()
            self._pause = None


class _Reports:
    """What the app and the journal are told of one transcription."""

    def __init__(self, spec: TranscriptionSpec, sid: str, call: Call, rooms: Rooms) -> None:
        self._spec = spec
        self._sid = sid
        self._call = call
        self._rooms = rooms
        self._courier = Courier(rooms, call.sid)
        self._sequence = 0

    def started(self) -> None:
        """It has begun."""
        spec = self._spec
        configuration = {
            "profanityFilter": _json(spec.profanity_filter),
            "speechModel": spec.speech_model,
            "enableAutomaticPunctuation": _json(spec.punctuation),
        }
        if spec.hints:
            configuration["hints"] = ", ".join(spec.hints)
        labels = {"InboundTrackLabel": spec.inbound_label, "OutboundTrackLabel": spec.outbound_label}
        self.tell(
            "transcription-started",
            LanguageCode=spec.language,
            TranscriptionEngine=spec.engine,
            ProviderConfiguration=_json(configuration),
            Name=spec.name or self._sid,
            Track=spec.track.value,
            PartialResults=_json(spec.partial_results),
            **{name: label for name, label in labels.items() if label},
        )

    def partial(self, track: Track, text: str) -> None:
        """What has been said so far."""
        self._content(track, {"transcript": self._written(text)}, Final="false", Stability=_STABILITY)

    def final(self, track: Track, text: str, confidence: float) -> None:
        """What was said up to a pause."""
        written = self._written(text)
        self._rooms.journal.write(
            SidecarMoved(
                call_sid=self._call.sid,
                what=SidecarKind.TRANSCRIPTION.value,
                sid=self._sid,
                event=f"heard on {track.value}",
                detail=f"“{written}”",
            )
        )
        self._content(track, {"transcript": written, "confidence": round(confidence, 8)}, Final="true")

    def tell(self, event: str, **more: str) -> None:
        """Have the status callback sent, if there is one."""
        self._sequence += 1
        if not self._spec.status_callback:
            return
        parameters = {
            "AccountSid": self._call.account_sid,
            "CallSid": self._call.sid,
            "TranscriptionSid": self._sid,
            "Timestamp": self._rooms.clock.utc().isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "SequenceId": str(self._sequence),
            "TranscriptionEvent": event,
            **more,
        }
        self._courier.send(
            url=self._spec.status_callback,
            method=self._spec.status_callback_method,
            parameters=parameters,
            purpose="transcription callback",
        )

    def _content(self, track: Track, data: dict[str, object], **more: str) -> None:
        content = _json(data)
        if self._spec.provider_data:
            more["TranscriptionProviderData"] = content
        self.tell(
            "transcription-content",
            LanguageCode=self._spec.language,
            Track=track.value,
            TranscriptionData=content,
            **more,
        )

    def _written(self, text: str) -> str:
        if self._spec.profanity_filter:
            text = masked(text)
        if not self._spec.punctuation:
            text = " ".join(filter(None, (word.strip(_PUNCTUATION) for word in text.split()))).lower()
        return text


def _json(data: object) -> str:
    return msgspec.json.encode(data).decode()
