"""A conversation written down as a list of steps, and what became of it.

`step` is what a step is and what it finds on the stage; `acts`, `turns` and `expectations` are the steps; `runner`
carries them out; `result`, `timeline` and `latency` are what is left of a call afterwards.

Laws: a step checks what it was given when it is made, so that a missing file or a wrong digit shows before any call is
placed; what it needs of the telephone, of `speak` and of `hear` is looked at before the first step. A step is a small
value; any async function of the adapter is a step too. Seconds are call time.
"""

from twilio_adapter.script.acts import Function, audio, dtmf, hang_up, interrupt, say, silence, sleep
from twilio_adapter.script.expectations import expect_dtmf, expect_ended, expect_silence, expect_speech
from twilio_adapter.script.latency import BargeIn, Turn
from twilio_adapter.script.result import ScriptResult, StepRecord
from twilio_adapter.script.runner import run
from twilio_adapter.script.step import Hear, Speak, Step
from twilio_adapter.script.timeline import Timeline, TimelineEntry
from twilio_adapter.script.turns import agent, user

__all__ = [
    "BargeIn",
    "Function",
    "Hear",
    "ScriptResult",
    "Speak",
    "Step",
    "StepRecord",
    "Timeline",
    "TimelineEntry",
    "Turn",
    "agent",
    "audio",
    "dtmf",
    "expect_dtmf",
    "expect_ended",
    "expect_silence",
    "expect_speech",
    "hang_up",
    "interrupt",
    "run",
    "say",
    "silence",
    "sleep",
    "user",
]
