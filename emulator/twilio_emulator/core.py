"""The composition root: builds the rooms on the running event loop, opens the port, and closes everything again."""

from __future__ import annotations

import errno
import hashlib
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Final

from aiohttp import web

from twilio_emulator.accounts.account import Accounts
from twilio_emulator.calls.addresses import parse_address
from twilio_emulator.calls.answerer import answerer_named
from twilio_emulator.calls.exchange import Exchange
from twilio_emulator.calls.store import IncomingPhoneNumber, Store
from twilio_emulator.cassettes.every_call import EveryCall
from twilio_emulator.clock import FreeClock, Speed, make_clock
from twilio_emulator.control.api import PREFIX as CONTROL_PREFIX
from twilio_emulator.control.api import ControlEndpoint
from twilio_emulator.errors import CannotListen, PortInUse
from twilio_emulator.faults.desk import FaultDesk
from twilio_emulator.faults.rules import Rule
from twilio_emulator.front_door import http_server
from twilio_emulator.in_order import InOrder
from twilio_emulator.journal import Journal, Problem
from twilio_emulator.media.known_audio import known_audio_in
from twilio_emulator.media.pump import Pump
from twilio_emulator.media.punctuality import HINT_LATE, Spell, told
from twilio_emulator.media.recognition import Recognizer, recognizer_for
from twilio_emulator.media.speech import speech_by_name
from twilio_emulator.media.tape import TapeStore
from twilio_emulator.phones.behavior import behavior_named, on_refer_named
from twilio_emulator.phones.phone import Phone
from twilio_emulator.phones.phone_call import PhoneCall
from twilio_emulator.phones.script import Step
from twilio_emulator.quirks import Quirks
from twilio_emulator.rest.app import RestEndpoint
from twilio_emulator.rooms import Address, Rooms
from twilio_emulator.tasks import Tasks
from twilio_emulator.twiml.speech_script import Stretch
from twilio_emulator.webhooks.client import WebhookClient
from twilio_emulator.webhooks.target import is_target
from twilio_wire.e164 import national_format, normalize
from twilio_wire.sids import SidFactory, SidKind

_LAST_CALLBACKS_S: Final = 1.0
"""Wall seconds that the last status callbacks get when the emulator stops or is reset."""

_VOICE_OF_PHONES: Final = "woman"
"""Not the voice that `<Say>` has by default, so that people can tell the two apart."""

_SEED: Final = "twilio-testbench"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What an emulator is made from.

    Attributes:
        host: the address to listen on.
        port: the port, 0 for any free one.
        account_sid: the account; an invented one if empty.
        auth_token: its secret; an invented one if empty.
        speed: 1.0 is real time, "max" is as fast as both ends keep up.
        speech: `auto`, `piper` (extra `speech`) or `murmur`.
        recognition: `text`, a Whisper model by name or path (extra `recognition`), or a recogniser.
        known_audio: folders with a manifest, whose recordings are known also where they come without their text.
        quirks: the switches for what no source settles.
    """

    host: str = "127.0.0.1"
    port: int = 0
    account_sid: str = ""
    auth_token: str = ""
    speed: Speed = 1.0
    speech: str = "auto"
    recognition: str | Recognizer = "text"
    known_audio: tuple[str | Path, ...] = ()
    quirks: Quirks = field(default_factory=Quirks)


class Core:
    """One running emulator. Everything here belongs to the event loop on which `start` was awaited."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        sids = SidFactory(_SEED)
        clock = make_clock(settings.speed)
        journal = Journal(clock)
        auth_token = settings.auth_token or hashlib.sha256(_SEED.encode()).hexdigest()[:32]
        account_sid = settings.account_sid or sids.new(SidKind.ACCOUNT)
        accounts, store = Accounts(account_sid, auth_token, sids), Store()
        in_order = InOrder(strict=clock.lockstep)

        def signing_token(call_sid: str) -> str:
            call = store.call(call_sid)
            return accounts.auth_token("" if call is None else call.account_sid)

        self.rooms = Rooms(
            account_sid=account_sid,
            auth_token=auth_token,
            accounts=accounts,
            clock=clock,
            journal=journal,
            quirks=settings.quirks,
            sids=sids,
            store=store,
            tasks=Tasks(),
            pump=Pump(clock),
            webhooks=WebhookClient(
                auth_token=signing_token,
                journal=journal,
                quirks=settings.quirks,
                seed=_SEED,
                in_order=in_order,
                now_ms=lambda: clock.now_ms,
            ),
            speech=speech_by_name(settings.speech),
            recognizer=recognizer_for(settings.recognition),
            known_audio=known_audio_in(settings.known_audio) if settings.known_audio else None,
            address=Address(),
            in_order=in_order,
            faults=FaultDesk(journal, store.call),
        )
        self.exchange = Exchange(self.rooms)
        self._tapes = TapeStore()
        self._watchers: list[Callable[[PhoneCall], None]] = []
        self.base_url = ""
        self._runner: web.ServerRunner | None = None
        self.rooms.pump.on_late = self._explain_lateness
        if isinstance(clock, FreeClock):
            clock.on_impatience = self._explain_walking

    async def start(self) -> None:
        """Open the port and let time begin.

        Raises:
            PortInUse: when somebody else has the port.
            CannotListen: when the address or the port is not ours to use.
        """
        rest, control = RestEndpoint(self.exchange, refusal=self.rooms.faults.rest), ControlEndpoint(self)
        controls = f"{CONTROL_PREFIX}/"

        def answer(request: web.BaseRequest) -> Awaitable[web.StreamResponse]:
            return (control if request.path.startswith(controls) else rest).handle(request)

        runner = web.ServerRunner(http_server(answer), handle_signals=False)
        await runner.setup()
        try:
            await web.TCPSite(runner, self.settings.host, self.settings.port).start()
        except OSError as error:
            await runner.cleanup()
            if error.errno == errno.EADDRINUSE:
                raise PortInUse(self.settings.host, self.settings.port) from None
            raise CannotListen(self.settings.host, self.settings.port, error.strerror or str(error)) from None
        self._runner = runner
        host, port = runner.addresses[0][:2]
        self.base_url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
        self.rooms.address.base_url = self.base_url
        self.rooms.clock.start()

    async def stop(self) -> None:
        """End every call, give the last callbacks a moment, and close the port."""
        self.exchange.clear()
        await self.rooms.tasks.settle(_LAST_CALLBACKS_S)
        self.rooms.clock.stop()
        await self.rooms.tasks.aclose()
        await self.rooms.webhooks.aclose()
        if self._runner is not None:
            await self._runner.cleanup()

    async def reset(self) -> None:
        """Back to an empty world: calls ended, phones and numbers gone, journal empty."""
        self.exchange.clear()
        await self.rooms.tasks.settle(_LAST_CALLBACKS_S)
        await self.rooms.tasks.aclose()
        self.rooms.webhooks.forget_cookies()
        self.rooms.faults.reset()
        self.rooms.store.clear()
        self.rooms.accounts.clear()
        self.rooms.journal.clear()

    # --- what an account owner and a phone company can do -----------------------------------------------------------

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
        """Buy a number.

        Raises:
            InvalidNumber: when it is not E.164.
            ValueError: naming the URL or the method that nobody can be asked by.
            NumberTaken: when the account owns it already.
        """
        number = normalize(phone_number)
        _check_url("voice_url", voice_url)
        _check_url("voice_fallback_url", voice_fallback_url)
        _check_url("status_callback", status_callback)
        now = self.rooms.clock.now_ms
        owned = IncomingPhoneNumber(
            sid=self.rooms.sids.new(SidKind.PHONE_NUMBER),
            account_sid=self.rooms.account_sid,
            phone_number=number,
            friendly_name=friendly_name or national_format(number),
            created_ms=now,
            updated_ms=now,
            voice_url=voice_url,
            voice_method=_method("voice_method", voice_method),
            voice_fallback_url=voice_fallback_url,
            voice_fallback_method=_method("voice_fallback_method", voice_fallback_method),
            status_callback=status_callback,
            status_callback_method=_method("status_callback_method", status_callback_method),
        )
        self.rooms.store.add_number(owned)
        return owned

    def install_phone(
        self,
        phone_number: str,
        *,
        behavior: str,
        answer_after_ms: int,
        script: tuple[Step, ...] = (),
        answered_by: str = "human",
        on_refer: str = "accept",
        application_sid: str = "",
        dial_script: tuple[Step, ...] = (),
    ) -> Phone:
        """Put a phone on the network.

        Raises:
            ValueError: when that is no address to ring, or there is no such behaviour, answerer or `on_refer`.
        """
        phone = Phone(
            parse_address(phone_number).station,
            behavior=behavior_named(behavior),
            answer_after_ms=answer_after_ms,
            script=script,
            clock=self.rooms.clock,
            journal=self.rooms.journal,
            tapes=self._tapes,
            network=self.exchange,
            speak=self._speak_for_a_phone,
            answered_by=answerer_named(answered_by),
            on_refer=on_refer_named(on_refer),
            application_sid=application_sid,
            on_call=self._tell_watchers,
            dial_script=dial_script,
        )
        self.exchange.install(phone)
        return phone

    def watch_phone_calls(self, watcher: Callable[[PhoneCall], None]) -> None:
        """Tell `watcher` of every call on a phone as it begins."""
        self._watchers.append(watcher)

    def _tell_watchers(self, call: PhoneCall) -> None:
        for watcher in self._watchers:
            watcher(call)

    def free_number(self) -> str:
        """A number at which there is nobody yet."""
        store = self.rooms.store
        numbers = (f"+1555779{last:04d}" for last in count(1))
        return next(number for number in numbers if not self.phone_at(number) and not store.owned(number))

    def phone_at(self, phone_number: str) -> Phone | None:
        """The phone at a number, if there is one."""
        return self.exchange.phone_at(phone_number)

    def record_calls(self, folder: str | Path, *, overwrite: bool = False) -> None:
        """Write every call from now on as a cassette.

        Raises:
            CassetteExists: there is something in the folder already.
            CassetteError: it cannot be made.
        """
        EveryCall(
            folder,
            journal=self.rooms.journal,
            clock=self.rooms.clock,
            leg_of=self.exchange.leg_of,
            overwrite=overwrite,
        )

    def add_faults(self, rules: Iterable[Rule]) -> None:
        """Let things go wrong."""
        self.exchange.add_faults(rules)

    def clear_faults(self) -> None:
        """Let nothing go wrong any more."""
        self.rooms.faults.clear()

    def _speak_for_a_phone(self, text: str) -> Future[bytes]:
        """Speech for somebody who holds a phone; call time stands still until there is some."""
        rooms = self.rooms
        hold, spoken = rooms.clock.hold("speech for a phone"), Future[bytes]()

        async def speak() -> None:
            with hold:
                try:
                    spoken.set_result(await rooms.speak((Stretch(text),), voice=_VOICE_OF_PHONES, language="en-US"))
                except Exception as error:
                    spoken.set_exception(error)
                finally:
                    spoken.cancel()  # unless it has an outcome

        rooms.tasks.spawn(speak())
        return spoken

    def _explain_lateness(self, spell: Spell) -> None:
        message = f"With {len(self.rooms.pump)} calls on the line, {told(spell)}"
        self.rooms.journal.write(Problem(code=0, level="warning", message=message, hint=HINT_LATE))

    def _explain_walking(self) -> None:
        if self.exchange.live_calls:
            self.rooms.journal.write(
                Problem(
                    code=0,
                    level="warning",
                    message='At speed="max" call time moves while the test waits on a line, a handset, an adapter or '
                    "twilio.wait_for_call; nobody has for a second, so the call goes on in real time.",
                    hint="Wait with one of those instead of sleeping or polling.",
                )
            )


def _check_url(name: str, url: str | None) -> None:
    if url and not is_target(url):
        raise ValueError(f"{name} is {url!r}; give an absolute URL that begins with http:// or https://.")


def _method(name: str, method: str) -> str:
    if method.upper() not in ("GET", "POST"):
        raise ValueError(f"{name} is {method!r}; give GET or POST.")
    return method.upper()
