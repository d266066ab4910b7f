"""Carries a script out: everything is looked at first, then one step follows the other."""

from collections.abc import Sequence

from twilio_adapter.adapter import TwilioAgentAdapter
from twilio_adapter.errors import ConfigurationError, ScriptStepFailed
from twilio_adapter.harnesses import emulators_voice
from twilio_adapter.script.acts import Custom, Function
from twilio_adapter.script.result import ScriptResult, StepRecord, result_of
from twilio_adapter.script.step import Hear, Speak, Stage, Step
from twilio_wire.redaction import redact


async def run(
    adapter: TwilioAgentAdapter,
    script: Sequence[Step | Function],
    *,
    speak: Speak | None = None,
    hear: Hear | None = None,
) -> ScriptResult:
    """Carry out a script in the adapter's current call.

    Args:
        adapter: a telephone in a call.
        script: steps, or async functions that take the adapter. A function may say in an attribute `needs` which of the
            adapter's `capabilities` it cannot do without.
        speak: gives a voice to the texts of `say`, `user`, `agent` and `interrupt`: a function, async or not, from a
            text to an `AudioChunk`. All of them are spoken before the first step. If not given, the emulator's voice,
            with the extra `speech`.
        hear: finds the words in what was heard, for `expect_speech(text=…)`: a function, async or not, from an
            `AudioChunk` to a text.

    Raises:
        UnsupportedCapabilityError: a step needs a capability that the adapter lacks; says what to do instead.
        ConfigurationError: something in the script is no step, or there is nobody to say a text or to hear words.
        NoCall: there is no call.
        ScriptStepFailed: a step failed; the error says which, when and why, and has the result up to there.
    """
    steps = [_as_step(entry) for entry in script]
    texts = [step.text for step in steps if step.text is not None]
    stage = Stage(adapter, speak=speak or (emulators_voice() if texts else None), hear=hear)
    recording = adapter.recording
    for step in steps:
        step.check(stage)
    await stage.rehearse(texts)
    records: list[StepRecord] = []
    for index, step in enumerate(steps):
        start_ms = recording.received_ms
        try:
            chunk = await step.run(stage)
        except Exception as error:
            end_ms = recording.received_ms
            adapter.note_step(step.name, step.detail, start_ms)
            records.append(StepRecord(step.name, step.detail, start_ms, end_ms, failure=str(error)))
            raise _failure(index, step, error, result_of(adapter, records), end_ms) from error
        adapter.note_step(step.name, step.detail, start_ms)
        records.append(StepRecord(step.name, step.detail, start_ms, recording.received_ms, chunk))
    return result_of(adapter, records)


def _failure(index: int, step: Step, cause: Exception, result: ScriptResult, at_ms: int) -> ScriptStepFailed:
    label = f"{step.name} {step.detail}".rstrip()
    failure = ScriptStepFailed(index, label, cause, at_ms=at_ms, result=result)
    failure.add_note(f"The call until then:\n{result.timeline}")
    return failure


def _as_step(entry: Step | Function) -> Step:
    if isinstance(entry, Step):
        return entry
    if callable(entry):
        name = getattr(entry, "__name__", type(entry).__name__)
        return Custom(entry, name, tuple(getattr(entry, "needs", ())))
    raise ConfigurationError(f"{redact(repr(entry))} is no step: use agent(), audio(…), dtmf(…) or an async function.")
