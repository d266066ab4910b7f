"""Runs a flow of TwiML steps: carries its commands out, brings it the events.

The flow itself (`twiml`) is pure; this is where its commands meet the clock, a playback, the webhook client and the
speech engine. A call's own flow is run by the `Director`, which knows the commands that concern the call as well; what
sounds beside it (wait music, an announcement) needs no more than these. Whatever takes other people's time (a request,
a synthesis) runs in a task under a clock hold, and its result is dropped if the flow has been replaced meanwhile.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final, Protocol

import msgspec

from twilio_emulator.agenda import Timer
from twilio_emulator.by_type import ByType
from twilio_emulator.calls.courier import Courier
from twilio_emulator.calls.progress import after
from twilio_emulator.media.captions import Utterance
from twilio_emulator.media.playback import Playback
from twilio_emulator.media.sources import UnplayableMedia, decode_media
from twilio_emulator.rooms import Rooms
from twilio_emulator.twiml import flow
from twilio_emulator.twiml.flow import Command, Event, Steps
from twilio_emulator.twiml.speech_script import Stretch
from twilio_emulator.webhooks.client import Failure, Reply

logger = logging.getLogger(__name__)

END_OF_PLAYBACK: Final = "\0end of playback"
"""The mark behind a TwiML playback; a stream's own marks are the app's text and never begin with NUL."""


class SoundStage(Protocol):
    """What every flow acts upon: somebody who listens."""

    @property
    def call_sid(self) -> str:
        """Whose flow this is."""

    @property
    def playback(self) -> Playback:
        """What is about to be heard."""

    def hang_up(self, cause: str) -> None:
        """End what the flow is there for."""

    def voice_request(self, fetch: flow.Fetch) -> dict[str, str]:
        """The parameters of a TwiML request: the standard ones and the verb's own."""


class Performer:
    """Runs one flow, and when asked another after it."""

    def __init__(self, stage: SoundStage, rooms: Rooms) -> None:
        self._stage = stage
        self._rooms = rooms
        self._courier = Courier(rooms, stage.call_sid)
        self._flow: Steps[None] | None = None
        self._generation = 0
        self._forgotten = 0
        """How often the flow has said that it does not want what it asked for."""
        self._inbox: deque[Event | Exception] = deque()
        self._running = False
        self._timers: dict[str, Timer] = {}
        self._pending: Command | None = None

    @property
    def is_running(self) -> bool:
        """Whether the flow still has something to do."""
        return self._flow is not None

    def perform(self, steps: Steps[None]) -> None:
        """Start a flow; there is none yet, or it is over."""
        self._flow = steps
        self._run()

    def tell(self, event: Event) -> None:
        """Bring an event; a flow that is over does not care."""
        if self._flow is not None:
            self._inbox.append(event)
            self._run()

    def stop(self) -> None:
        """End the flow here and now."""
        self._forget_everything()
        self._end_flow()

    def playback_reached_end(self) -> None:
        """The mark behind a TwiML playback has been reached."""
        self.tell(flow.PlaybackEnded())

    def _end_flow(self) -> None:
        ended, self._flow, self._pending = self._flow, None, None
        if ended is not None:
            ended.close()

    # --- the loop ---------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        """Drain commands until the flow waits and nothing is in the inbox. Not re-entrant: see `_running`."""
        if self._running:
            return
        self._running = True
        try:
            while self._flow is not None:
                command = self._advance(self._flow)
                if command is None:
                    return
                self._carry_out(command)
        except (StopIteration, flow.FarEndHungUp):
            self._end_flow()
        except Exception as error:
            # Our own mistake must not take the heartbeat of every other call with it.
            self._give_up(error)
        finally:
            self._running = False

    def _give_up(self, error: Exception) -> None:
        """A call whose flow failed by our own mistake is ended, not left hanging."""
        logger.error("The flow of %s failed; this is a bug of the emulator.", self._stage.call_sid, exc_info=error)
        self._end_flow()
        self._stage.hang_up("the emulator failed")

    def _advance(self, steps: Steps[None]) -> Command | None:
        """The flow's next command, or None when it waits and there is nothing to tell it."""
        command = self._pending if self._pending is not None else next(steps)
        self._pending = None
        while isinstance(command, flow.Wait):
            if not self._inbox:
                self._pending = command
                return None
            fact = self._inbox.popleft()
            command = steps.throw(fact) if isinstance(fact, Exception) else steps.send(fact)
        return command

    def _teller(self) -> Callable[[Event], None]:
        """Brings events to the flow for as long as the present instructions are in charge."""
        generation = self._generation

        def tell(event: Event) -> None:
            if generation == self._generation:
                self.tell(event)

        return tell

    @ByType
    def _carry_out(self, command: Command) -> None:
        """Do what the flow asks; one method a command below."""
        raise AssertionError(f"The flow asked for {type(command).__name__}, which nobody carries out.")

    def _forget_everything(self) -> None:
        self._generation += 1
        self._inbox.clear()
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        self._stage.playback.clear()

    # --- one method a command ---------------------------------------------------------------------------------------

    @_carry_out.register
    def _fetch(self, command: flow.Fetch) -> None:
        parameters = self._stage.voice_request(command)
        mishap = self._rooms.faults.webhook(self._stage.call_sid, command.purpose)

        async def request() -> Event:
            reply = await self._rooms.webhooks.send(
                purpose=command.purpose,
                method=command.method,
                url=command.url,
                parameters=parameters,
                call_sid=self._stage.call_sid,
                fail=mishap.fail,
            )
            if isinstance(reply, Failure):
                return flow.FetchFailed(url=reply.url, code=reply.code, message=reply.message)
            # A reply that says it has no content may still name a type for it (Flask does).
            content_type = "" if reply.status == HTTPStatus.NO_CONTENT else reply.content_type
            return flow.DocumentArrived(url=reply.url, content_type=content_type, body=reply.body)

        self._later(f"{command.purpose} request", request, delay_ms=mishap.delay_ms)

    @_carry_out.register
    def _synthesize(self, command: flow.Synthesize) -> None:
        async def speak() -> Event:
            pieces = command.pieces or (Stretch(command.text),)
            return flow.AudioReady(await self._rooms.speak(pieces, voice=command.voice, language=command.language))

        self._later("speech", speak)

    @_carry_out.register
    def _load_media(self, command: flow.LoadMedia) -> None:
        mishap = self._rooms.faults.webhook(self._stage.call_sid, "media")

        async def load() -> Event:
            reply = await self._rooms.webhooks.fetch_media(command.url, call_sid=self._stage.call_sid, fail=mishap.fail)
            if not isinstance(reply, Reply):
                return flow.MediaFailed(code=reply.code, message=reply.message)
            try:
                return flow.AudioReady(decode_media(reply.body, reply.content_type))
            except UnplayableMedia as error:
                return flow.MediaFailed(code=error.code, message=f"{command.url}: {error}")

        self._later("media", load, delay_ms=mishap.delay_ms)

    @_carry_out.register
    def _notify(self, command: flow.Notify) -> None:
        request = flow.Fetch(command.url, command.method, command.parameters, command.purpose)
        self._courier.send(
            url=command.url,
            method=command.method,
            parameters=self._stage.voice_request(request),
            purpose=command.purpose,
        )

    @_carry_out.register
    def _forget(self, _: flow.Forget) -> None:
        self._forgotten += 1

    def _later(self, what: str, work: Callable[[], Any], *, delay_ms: int = 0) -> None:
        """Do asynchronous work under a clock hold, and tell the flow what came of it if it still wants to know.

        It begins now, or after a delay of call time.
        """
        tell, forgotten = self._teller(), self._forgotten

        def begin() -> None:
            hold = self._rooms.clock.hold(f"{what} for {self._stage.call_sid}")

            async def run() -> None:
                with hold:
                    try:
                        event = await work()
                    except Exception as error:
                        self._give_up(error)
                        return
                    if forgotten == self._forgotten:
                        tell(event)

            self._rooms.tasks.spawn(run())

        after(delay_ms, self._rooms, begin)

    @_carry_out.register
    def _start_playback(self, command: flow.StartPlayback) -> None:
        if command.audio:
            says = None if command.says is None else Utterance(command.says, command.audio)
            self._stage.playback.play(command.audio, says, is_bounded=False)
        if self._stage.playback.mark(END_OF_PLAYBACK):
            self.playback_reached_end()

    @_carry_out.register
    def _stop_playback(self, _: flow.StopPlayback) -> None:
        self._stage.playback.clear()

    @_carry_out.register
    def _start_timer(self, command: flow.StartTimer) -> None:
        self._drop_timer(command.name)

        def fire() -> None:
            del self._timers[command.name]
            self.tell(flow.TimerFired(command.name))

        self._timers[command.name] = self._rooms.clock.call_at(self._rooms.clock.now_ms + command.ms, fire)

    @_carry_out.register
    def _stop_timer(self, command: flow.StopTimer) -> None:
        self._drop_timer(command.name)

    def _drop_timer(self, name: str) -> None:
        timer = self._timers.pop(name, None)
        if timer is not None:
            timer.cancel()

    @_carry_out.register
    def _report(self, command: flow.Report) -> None:
        self._rooms.journal.write(msgspec.structs.replace(command.entry, call_sid=self._stage.call_sid))
