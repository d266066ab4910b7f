"""The two who talk: `agent()` and `user()`.

Which of them is at the far end is the adapter's `role`, as in langwatch-scenario: a telephone with the role of an agent
leads to the agent under test, and we are its user. The one at the far end is heard; the other's words are ours to say.
"""

from dataclasses import dataclass
from pathlib import Path

from twilio_adapter.chunk import AudioChunk
from twilio_adapter.errors import ConfigurationError
from twilio_adapter.roles import AgentRole
from twilio_adapter.script.acts import Utterance, utter, words_or_sound
from twilio_adapter.script.step import Stage, Step, checked_seconds, checked_tail


@dataclass(frozen=True)
class _Turn(Step):
    name: str
    who: AgentRole
    utterance: Utterance | None
    timeout: float
    tail_silence: float

    @property
    def detail(self) -> str:
        return f"within {self.timeout:g} s" if self.utterance is None else self.utterance.detail

    @property
    def text(self) -> str | None:
        return self.utterance.text if self.utterance is not None else None

    def check(self, stage: Stage) -> None:
        """See `Step.check`: who is heard cannot be told what to say, and who is not heard must be."""
        is_far = stage.far_role is self.who
        if is_far and self.utterance is not None:
            raise ConfigurationError(
                f"The {self.name} is at the far end, so nobody here can say {self.utterance.detail} for it: leave "
                f"{self.name}() empty to hear its turn, or check its words with expect_speech(text=…)."
            )
        if not is_far and self.utterance is None:
            raise ConfigurationError(
                f"The {self.name} is our side of this call (role={stage.far_role}), and {self.name}() has nothing to "
                "say: give it a text, the Path of a file, or an AudioChunk."
            )

    async def run(self, stage: Stage) -> AudioChunk | None:
        if self.utterance is None:
            return await stage.adapter.recv_audio(self.timeout, tail_silence=self.tail_silence)
        await utter(stage, self.utterance.sound(stage))
        return None


def agent(what: str | Path | AudioChunk | None = None, *, timeout: float = 30.0, tail_silence: float = 0.7) -> Step:
    """The agent's turn: heard, if the agent is at the far end (see `TwilioAgentAdapter.recv_audio`), else `what`, said.

    Args:
        what: a text to be spoken, the `Path` of a file, or a chunk; for the side that is ours.
        timeout: how many seconds to wait for the far end's first sound.
        tail_silence: how many seconds of silence end its turn.

    Raises:
        ConfigurationError: the text has no word, or is the name of an audio file; a time is none.
        twilio_wire.audio.AudioFileError: the file is missing or is not audio; the message names it.
    """
    return _turn(AgentRole.AGENT, what, timeout, tail_silence)


def user(what: str | Path | AudioChunk | None = None, *, timeout: float = 30.0, tail_silence: float = 0.7) -> Step:
    """The user's turn: said by us, unless the user is at the far end (`role=AgentRole.USER`). See `agent`."""
    return _turn(AgentRole.USER, what, timeout, tail_silence)


def _turn(who: AgentRole, what: str | Path | AudioChunk | None, timeout: float, tail_silence: float) -> Step:
    utterance = None if what is None else words_or_sound(what)
    return _Turn(who.lower(), who, utterance, checked_seconds(timeout), checked_tail(tail_silence))
