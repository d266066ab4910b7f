"""`TwilioEmulator`: what a test starts, and holds while it runs.

The emulator lives on an event loop of its own in a thread of its own. This object is its remote control: properties and
quick verbs may be used from any thread; what waits for call time is awaited.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any, Final, TypeVar

from twilio.rest import Client

from twilio_emulator.calls.store import IncomingPhoneNumber
from twilio_emulator.clock import Speed
from twilio_emulator.core import Core, Settings
from twilio_emulator.errors import NotStarted
from twilio_emulator.faults.fault import Fault
from twilio_emulator.faults.rules import rule
from twilio_emulator.journal import Journal
from twilio_emulator.media.measures import Measures
from twilio_emulator.media.recognition import Recognizer
from twilio_emulator.phones.handset import DEFAULT_TIMEOUT_S, Handset, HandsetFacts, LineFacts
from twilio_emulator.phones.line_verbs import milliseconds
from twilio_emulator.phones.phone import Phone
from twilio_emulator.phones.replay import recorded_phone
from twilio_emulator.phones.script import parse_script
from twilio_emulator.quirks import Quirks
from twilio_emulator.remote import Remote, RemoteAttendee, Verb
from twilio_emulator.sdk_client import sdk_client
from twilio_emulator.timeline import render_timeline
from twilio_emulator.watch import wait_for_call, wait_until_idle

_STOP_LIMIT_S: Final = 10.0

AnyHandset = TypeVar("AnyHandset", bound=HandsetFacts)


class EmulatorThread:
    """Runs a `Core` on a loop in a thread, and is what both faces of the emulator share.

    Args:
        host: the address to listen on.
        port: the port, 0 for any free one.
        account_sid: the account; an invented one by default.
        auth_token: its secret; an invented one by default.
        speed: 1.0 is real time, 10.0 ten times that, "max" as fast as both ends keep up.
        speech: who speaks `<Say>`: `auto`, `piper` (extra `speech`) or `murmur`.
        recognition: who hears words: `text` hears those that are known (see docs/speech.md); a Whisper model, by name
            or by path, recognises all other sound as well (extra `recognition`), and so does a recogniser of your own.
        known_audio: folders with a `manifest.toml`, whose recordings are known also where their text does not come with
            them: over a Media Stream, from `<Play>`.
        quirks: switches for what no source of Twilio's behaviour settles.

    Raises:
        ValueError: for a speed that is no speed.
        SpeechUnavailableError, RecognitionUnavailableError: for what is not installed.
        AudioFileError: naming the manifest or the recording of `known_audio` that cannot be read.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        account_sid: str | None = None,
        auth_token: str | None = None,
        speed: Speed = 1.0,
        speech: str = "auto",
        recognition: str | Recognizer = "text",
        known_audio: Sequence[str | Path] = (),
        quirks: Quirks | None = None,
    ) -> None:
        self._settings = Settings(
            host=host,
            port=port,
            account_sid=account_sid or "",
            auth_token=auth_token or "",
            speed=speed,
            speech=speech,
            recognition=recognition,
            known_audio=tuple(known_audio),
            quirks=quirks or Quirks(),
        )
        self._core = Core(self._settings)
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop_asked: asyncio.Event | None = None
        self._running_remote: Remote | None = None

    # --- life -------------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start, and block this thread until requests are accepted: what entering does, for who cannot enter.

        Raises:
            PortInUse: when somebody else has the port.
            CannotListen: when the address or the port is not ours to use.
        """
        if self._loop is not None:  # it has run before: begin with an empty world
            self._core = Core(self._settings)
        started: Future[None] = Future()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._live(started)), name="twilio-emulator")
        self._thread.daemon = True
        self._thread.start()
        try:
            started.result()
        except BaseException:
            self._thread.join(_STOP_LIMIT_S)
            raise

    async def _live(self, started: Future[None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop_asked = asyncio.Event()
        try:
            await self._core.start()
        except Exception as error:
            started.set_exception(error)
            return
        clock = self._core.rooms.clock
        self._running_remote = Remote(self._loop, clock, clock.attend("test"))
        started.set_result(None)
        await self._stop_asked.wait()
        await self._core.stop()

    def stop(self) -> None:
        """End every call and close the port; blocks this thread until that is done. Stopping twice is harmless."""
        if self._thread is None or self._loop is None or self._stop_asked is None:
            return
        self._running_remote = None
        self._loop.call_soon_threadsafe(self._stop_asked.set)
        self._thread.join(_STOP_LIMIT_S)
        self._thread = None

    @property
    def _remote(self) -> Remote:
        if self._running_remote is None:
            raise NotStarted
        return self._running_remote

    # --- facts ------------------------------------------------------------------------------------------------------

    @property
    def base_url(self) -> str:
        """Where the REST API is, without a trailing slash."""
        if self._running_remote is None:
            raise NotStarted
        return self._core.base_url

    @property
    def account_sid(self) -> str:
        """The account's AC sid."""
        return self._core.rooms.account_sid

    @property
    def auth_token(self) -> str:
        """The account's secret: REST password and key of every signature."""
        return self._core.rooms.auth_token

    @property
    def journal(self) -> Journal:
        """Everything that happened so far."""
        return self._core.rooms.journal

    def client(self) -> Client:
        """The official SDK's client, pointed here."""
        return sdk_client(self.account_sid, self.auth_token, self.base_url)

    def timeline(self, call_sid: str | None = None) -> str:
        """A call (or everything) as text that people read."""
        if self._running_remote is None:
            return render_timeline(self.journal, call_sid=call_sid)
        return self._running_remote.do(lambda: render_timeline(self.journal, call_sid=call_sid))

    def measures(self, call_sid: str) -> Measures | None:
        """How a call's application talks over its Media Stream, so far or until the end (see docs/measures.md).

        None if the call has had no bidirectional stream, and for a call that nobody knows.
        """
        if self._running_remote is None:
            return self._core.exchange.measures(call_sid)
        return self._running_remote.do(lambda: self._core.exchange.measures(call_sid))

    def heartbeat(self) -> dict[str, float]:
        """How late the 20 ms heartbeat was: `p50`, `p99` and `max` in wall milliseconds."""
        return self._remote.do(self._core.rooms.pump.lateness)

    # --- verbs that take no call time -------------------------------------------------------------------------------

    def add_number(
        self,
        phone_number: str,
        *,
        voice_url: str | None = None,
        voice_method: str = "POST",
        voice_fallback_url: str | None = None,
        voice_fallback_method: str = "POST",
        status_callback: str = "",
        status_callback_method: str = "POST",
        friendly_name: str = "",
    ) -> IncomingPhoneNumber:
        """Give the account a number.

        Raises:
            InvalidNumber: when it is not E.164.
            ValueError: naming the URL or the method that nobody can be asked by.
            NumberTaken: when the account owns it already.
        """
        return self._remote.do(
            lambda: self._core.add_number(
                phone_number,
                voice_url=voice_url,
                voice_method=voice_method,
                voice_fallback_url=voice_fallback_url,
                voice_fallback_method=voice_fallback_method,
                status_callback=status_callback,
                status_callback_method=status_callback_method,
                friendly_name=friendly_name,
            )
        )

    def add_faults(self, *faults: Fault, number: str = "", call_sid: str = "", seed: int = 0) -> None:
        """Let things go wrong: `twilio.add_faults(Fault("loss", percent=5), seed=7)`. See docs/faults.md.

        Args:
            faults: what shall happen.
            number: only in calls from this number (or other address) or to it.
            call_sid: only in this call, from now on.
            seed: another seed is another luck; the same one repeats it.

        Raises:
            BadFault: for a fault that cannot be aimed so.
            InvalidNumber: when the number is not E.164.
        """
        rules = [rule(fault, number=number, call_sid=call_sid, seed=seed) for fault in faults]
        self._remote.do(lambda: self._core.add_faults(rules))

    def clear_faults(self) -> None:
        """Let nothing go wrong any more; a line that is up stays as bad as it is."""
        self._remote.do(self._core.clear_faults)

    def watch_lines(self, watcher: Callable[[LineFacts], None]) -> None:
        """Have `watcher` told of every call on a phone as it begins, from now on, whoever holds the phone.

        It is called on the emulator's thread, and may keep what it is given, but not wait for anything.
        """
        remote = self._remote
        remote.do(lambda: self._core.watch_phone_calls(lambda call: watcher(LineFacts(call, remote))))

    def record_calls(self, folder: str | Path, *, overwrite: bool = False) -> None:
        """Write every call from now on as a cassette, as it happens, whoever is in it: `folder/CA…` (docs/golden.md).

        Args:
            folder: where the cassettes go; it is made.
            overwrite: whether there may be cassettes already; those of the same sids are replaced.

        Raises:
            CassetteExists: there is something in the folder already.
            CassetteError: it cannot be made.
        """
        self._remote.do(lambda: self._core.record_calls(folder, overwrite=overwrite))

    def attend(self, name: str) -> RemoteAttendee:
        """Another party that waits for call time by itself: at speed="max" time moves while it waits."""
        return self._remote.attend(name)

    def _reset(self) -> Future[None]:
        if self._running_remote is None or self._loop is None:
            raise NotStarted
        return asyncio.run_coroutine_threadsafe(self._core.reset(), self._loop)

    def _call_verb(self, call_sid: str, status: str, timeout: float) -> Verb[None]:
        limit_ms = milliseconds(timeout)
        return lambda: wait_for_call(self._core.rooms, call_sid, status, timeout_ms=limit_ms)

    def _idle_verb(self, timeout: float) -> Verb[None]:
        limit_ms = milliseconds(timeout)
        return lambda: wait_until_idle(self._core.rooms, self._core.exchange, timeout_ms=limit_ms)

    def _install(
        self,
        phone_number: str,
        answer_after: float,
        behavior: str,
        script: list[dict[str, Any]] | None,
        answered_by: str,
        on_refer: str,
        application: str,
    ) -> Phone:
        steps = parse_script(script or [])
        after_ms = milliseconds(answer_after)
        return self._remote.do(
            lambda: self._core.install_phone(
                phone_number,
                behavior=behavior,
                answer_after_ms=after_ms,
                script=steps,
                answered_by=answered_by,
                on_refer=on_refer,
                application_sid=application,
            )
        )

    def _install_recorded(
        self,
        cassette: str | Path,
        phone_number: str | None,
        side: str | None,
        mode: str,
        answer_after: float,
        timeout: float,
    ) -> Phone:
        recorded = recorded_phone(cassette, side=side, mode=mode, timeout_ms=milliseconds(timeout))
        after_ms = milliseconds(answer_after)
        return self._remote.do(
            lambda: self._core.install_phone(
                phone_number or self._core.free_number(),
                behavior=recorded.behavior,
                answer_after_ms=after_ms,
                script=recorded.script,
                dial_script=recorded.script,
            )
        )


class TwilioEmulator(EmulatorThread):
    """An offline Twilio: `async with TwilioEmulator() as twilio: ...`. See `EmulatorThread` for its arguments."""

    async def __aenter__(self) -> TwilioEmulator:
        await asyncio.to_thread(self.start)
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.to_thread(self.stop)

    def handset(
        self,
        phone_number: str,
        *,
        answer_after: float = 1.0,
        behavior: str = "answer",
        script: list[dict[str, Any]] | None = None,
        answered_by: str = "human",
        on_refer: str = "accept",
        application: str = "",
    ) -> Handset:
        """Put a phone on the network.

        Args:
            phone_number: where it rings: E.164, `client:alice`, or `sip:bob@example.com`.
            answer_after: seconds of ringing before it answers (or rejects).
            behavior: `answer`, `ring` (the test decides), `busy`, `no-answer`, `reject` or `unreachable`.
            script: steps that it runs on every call it answers, such as `[{"press": "1"}]`.
            answered_by: what answering machine detection finds there: `human`, `machine_start`, `machine_end_beep`,
                `machine_end_silence`, `machine_end_other`, `fax` or `unknown`.
            on_refer: what comes of a `<Refer>` of a SIP user: `accept` (it calls the target, who answers), `busy` (the
                target is) or `reject` (the phone refuses).
            application: the sid of the application that answers whatever a client or a SIP user dials: what an access
                token grants a client, and what a SIP domain is set to.

        Raises:
            ValueError: when it cannot ring there, or there is no such behaviour, answerer or `on_refer`.
            BadScript: naming the step that cannot be run.
        """
        phone = self._install(phone_number, answer_after, behavior, script, answered_by, on_refer, application)
        return Handset(phone, self._remote)

    def handset_from(
        self,
        cassette: str | Path,
        phone_number: str | None = None,
        *,
        side: str | None = None,
        mode: str = "clock",
        answer_after: float = 1.0,
        timeout: float = DEFAULT_TIMEOUT_S,
    ) -> Handset:
        """Put a phone on the network that is a recorded caller: in every call, dialled or answered, it says and presses
        what was said and pressed then, and hangs up if it hung up then (see docs/golden.md).

        Args:
            cassette: the folder of a recorded call.
            phone_number: where it rings; by default a number that is free, for a cassette hides its own.
            side: whose part it plays, `far` or `near`; the cassette's handset's by default.
            mode: `clock` for everything at the moment it had in the recording, `reactive` for everything after what it
                was an answer to, so that a slower application is waited for.
            answer_after: seconds of ringing before it answers, unless it did not answer in the recording either.
            timeout: for how long, in seconds of call time, it waits for what it answers to, and for the application to
                end a call that it did not end itself. Then it hangs up, and the timeline says why.

        Raises:
            CassetteError: naming the file and the line that is wrong.
            ValueError: for a number, a side or a mode that is none.
        """
        phone = self._install_recorded(cassette, phone_number, side, mode, answer_after, timeout)
        return Handset(phone, self._remote)

    async def wait_for_call(
        self, call_sid: str, status: str = "completed", *, timeout: float = DEFAULT_TIMEOUT_S
    ) -> None:
        """Wait until a call has this status.

        Raises:
            NeverHappened: after `timeout` seconds of call time.
            CallOver: when the call ends with another status.
        """
        await self._remote.wait(self._call_verb(call_sid, status, timeout))

    async def reset(self) -> None:
        """Back to an empty world: calls ended, phones and numbers gone, journal empty."""
        await asyncio.wrap_future(self._reset())

    async def wait_until_idle(self, *, timeout: float = DEFAULT_TIMEOUT_S) -> None:
        """Wait until every call is over and every callback has been answered.

        Raises:
            StillBusy: after `timeout` seconds of call time.
        """
        await self._remote.wait(self._idle_verb(timeout))
