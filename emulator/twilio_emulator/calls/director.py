"""Runs a call's TwiML flow: what every flow may ask for, and what only a call can give.

Sounds, requests and timers are the `Performer`'s business. Here are the commands that concern the call itself, its
keys, its streams and the other parties; and what comes to its flow from outside.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from twilio_emulator.by_type import ByType
from twilio_emulator.calls.hearing import Hearing, Listening
from twilio_emulator.calls.performer import Performer, SoundStage
from twilio_emulator.rooms import Rooms
from twilio_emulator.twiml import flow
from twilio_emulator.twiml.context import CallContext
from twilio_emulator.twiml.flow import Command, Event, Instructions, StreamEnding
from twilio_emulator.twiml.interpreter import interpret
from twilio_emulator.twiml.screening import screen
from twilio_emulator.twiml.transcription_flow import StartTranscription, StopTranscription, TranscriptionSpec


class Stage(SoundStage, Protocol):
    """What the flow acts upon: the call, seen by its TwiML."""

    def answer(self) -> None:
        """Pick up if that has not happened."""

    def reject(self, reason: flow.RejectReason) -> None:
        """Refuse an unanswered call."""

    def accept(self) -> None:
        """The screening of a dialled leg has come to its end."""

    def open_stream(self, spec: flow.StreamSpec, ended: Callable[[StreamEnding], None]) -> None:
        """Open a Media Stream on this call."""

    def close_stream(self, name: str) -> None:
        """Close the fork of this name."""

    def close_bidirectional_stream(self) -> None:
        """Close the stream that `<Connect>` opened, if there is one."""

    def start_transcription(self, spec: TranscriptionSpec) -> None:
        """Transcribe this call."""

    def stop_transcription(self, name: str) -> None:
        """Stop the transcription of this name."""

    def deal(self, command: flow.PartyCommand, tell: Callable[[Event], None]) -> None:
        """Carry out what concerns other parties; `tell` brings what comes of it, for as long as the flow cares."""

    def part(self) -> None:
        """Let go of all other parties."""

    @property
    def hearing(self) -> Hearing:
        """The ears of the answered call."""


class Director(Performer):
    """One call's flow, from its first instructions to its last request."""

    _stage: Stage

    def __init__(self, stage: Stage, rooms: Rooms) -> None:
        super().__init__(stage, rooms)
        self._listening = False
        self._ear: Listening | None = None
        self.has_begun = False
        """Whether a document has been had: before that, nothing has been done that the application asked for."""

    def begin(self, instructions: Instructions, *, answered: bool) -> None:
        """Start the flow."""
        self.has_begun |= bool(instructions.twiml)
        self.perform(interpret(instructions, CallContext(quirks=self._rooms.quirks, answered=answered)))

    def screen(self, instructions: Instructions) -> None:
        """Start the screening of a dialled leg."""
        self.perform(screen(instructions, CallContext(quirks=self._rooms.quirks, answered=True)))

    def tell(self, event: Event) -> None:
        """Bring an event; a flow that is over does not care."""
        self.has_begun |= isinstance(event, flow.DocumentArrived)
        super().tell(event)

    def replace(self, instructions: Instructions) -> None:
        """Put other TwiML in charge: what plays stops, what was asked for is forgotten."""
        self._stage.close_bidirectional_stream()
        self._forget_everything()
        self._stage.part()
        if self._flow is None:
            self.begin(instructions, answered=True)
        else:
            self._inbox.append(flow.Replaced(instructions))
            self._run()

    def far_end_hung_up(self) -> None:
        """Tell the flow that the call is over; it may still owe a request."""
        self._forget_everything()
        if self._flow is not None:
            self._inbox.append(flow.FarEndHungUp())
            self._run()

    def digit(self, key: str) -> None:
        """A key was heard."""
        if self._listening:
            self.tell(flow.DigitPressed(key))

    def _forget_everything(self) -> None:
        super()._forget_everything()
        self._listening = False
        self._stop_listening_for_speech()

    # --- one method a command ---------------------------------------------------------------------------------------

    @ByType
    def _carry_out(self, command: Command) -> None:
        super()._carry_out(command)

    @_carry_out.register
    def _answer(self, _: flow.Answer) -> None:
        self._stage.answer()

    @_carry_out.register
    def _hang_up(self, _: flow.HangUp) -> None:
        self._stage.hang_up("TwiML ended the call")

    @_carry_out.register
    def _accept(self, _: flow.Accept) -> None:
        self._end_flow()
        self._stage.accept()

    @_carry_out.register
    def _reject(self, command: flow.Reject) -> None:
        self._end_flow()
        self._stage.reject(command.reason)

    @_carry_out.register
    def _listen(self, _: flow.ListenForDigits) -> None:
        self._listening = True

    @_carry_out.register
    def _ignore(self, _: flow.IgnoreDigits) -> None:
        self._listening = False

    @_carry_out.register
    def _listen_for_speech(self, command: flow.ListenForSpeech) -> None:
        self._stop_listening_for_speech()
        self._ear = self._stage.hearing.listen(
            flow.Track.INBOUND, self._teller(), language=command.language, hints=command.hints
        )

    @_carry_out.register
    def _ignore_speech(self, _: flow.IgnoreSpeech) -> None:
        self._stop_listening_for_speech()

    def _stop_listening_for_speech(self) -> None:
        if self._ear is not None:
            self._ear.drop()
            self._ear = None

    @_carry_out.register
    def _open_stream(self, command: flow.OpenStream) -> None:
        tell = self._teller()
        self._stage.open_stream(command.spec, lambda ending: tell(flow.StreamEnded(ending)))

    @_carry_out.register
    def _close_stream(self, command: flow.CloseStream) -> None:
        self._stage.close_stream(command.name)

    @_carry_out.register
    def _start_transcription(self, command: StartTranscription) -> None:
        self._stage.start_transcription(command.spec)

    @_carry_out.register
    def _stop_transcription(self, command: StopTranscription) -> None:
        self._stage.stop_transcription(command.name)

    @_carry_out.register
    def _party(self, command: flow.PartyCommand) -> None:
        self._stage.deal(command, self._teller())
