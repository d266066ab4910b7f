"""What is left of a script when it has run, or has failed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from twilio_adapter.adapter import TwilioAgentAdapter
from twilio_adapter.chunk import AudioChunk
from twilio_adapter.events import DigitSent
from twilio_adapter.recording import Recording
from twilio_adapter.script.latency import BargeIn, Turn, barge_ins, stretches, turns
from twilio_adapter.script.timeline import Timeline, TimelineEntry, timeline
from twilio_wire.cassette import CallRecord

_MISSING: Final = "unknown"


@dataclass(frozen=True)
class StepRecord:
    """What became of a step. Times are ms of received audio since the call began.

    Attributes:
        name, detail: the step's.
        start_ms, end_ms: from when to when it ran.
        chunk: what was heard in it, with its transcript if the step asked for one.
        failure: why it failed, if it did.
    """

    name: str
    detail: str
    start_ms: int
    end_ms: int
    chunk: AudioChunk | None = field(default=None, repr=False)
    failure: str = ""


@dataclass(frozen=True)
class ScriptResult:
    """What a script did, and what came of it, when it had ended; `recording` goes on as long as the call does.

    Attributes:
        status: Twilio's status of the call.
        steps: one record a step, in order; if it failed, the last one is the step that did.
        timeline: states, speech, keys, steps and interruptions in the order of call time; printed, a table.
        turns: what we said or pressed in the call, each with how long the far end took to begin its answer.
        barge_ins: where we spoke over the far end, each with how long it spoke on.
        recording: both sides of the call, µ-law, 8 kHz.
        call_record: what the call was until then, as a cassette has it.
    """

    status: str
    steps: tuple[StepRecord, ...]
    timeline: Timeline
    turns: tuple[Turn, ...]
    barge_ins: tuple[BargeIn, ...]
    recording: Recording = field(repr=False)
    call_record: CallRecord = field(repr=False)

    @property
    def response_p50_ms(self) -> int | None:
        """The middle one of the latencies (of two, the greater); None if nothing was answered."""
        latencies = self._latencies
        return latencies[len(latencies) // 2] if latencies else None

    @property
    def response_max_ms(self) -> int | None:
        """The longest of the latencies; None if nothing was answered."""
        return max(self._latencies, default=None)

    @property
    def _latencies(self) -> list[int]:
        return sorted(turn.latency_ms for turn in self.turns if turn.latency_ms is not None)

    def save(self, path: str | Path) -> None:
        """Write the call as a stereo WAV file, 8 kHz, time-true: left is the far end, right is ours."""
        self.recording.save(path)

    def __str__(self) -> str:
        return f"{self.timeline}\nThe call is {self.status}."


def result_of(adapter: TwilioAgentAdapter, steps: Sequence[StepRecord]) -> ScriptResult:
    """Look back on the adapter's call, up to now."""
    recording, events = adapter.recording, adapter.timeline
    near, far = stretches(recording.near), stretches(recording.far)
    keys_ms = [event.at_ms for event in events if isinstance(event, DigitSent)]
    answered = turns(near, far, keys_ms)
    interrupted = barge_ins(near, far, duration_ms=recording.received_ms)
    return ScriptResult(
        status=adapter.call_status or _MISSING,
        steps=tuple(steps),
        timeline=timeline(events, map(_entry, steps), near=near, far=far, turns=answered, barge_ins=interrupted),
        turns=answered,
        barge_ins=interrupted,
        recording=recording,
        call_record=adapter.call_record,
    )


def _entry(step: StepRecord) -> TimelineEntry:
    heard = f": “{step.chunk.transcript}”" if step.chunk is not None and step.chunk.transcript else ""
    failed = f" FAILED: {step.failure}" if step.failure else ""
    return TimelineEntry(step.start_ms, "script", step.name, f"{step.detail}{heard}{failed}".strip(), step.end_ms)
