"""From nothing to an adapter that takes calls: offline at the emulator, or at real Twilio if the environment says so.

Laws: from entering to leaving a harness, calls to its number come to its adapter; then the number is as it was. This is
the only place that knows both the adapter and the emulator, and it imports the emulator only when it needs it.
"""

import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping
from contextlib import AsyncExitStack, suppress
from functools import cache
from types import TracebackType
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from twilio_adapter.adapter import DEFAULT_PORT, TwilioAgentAdapter
from twilio_adapter.addresses import checked_public_url
from twilio_adapter.chunk import AudioChunk
from twilio_adapter.digits import DigitCallback
from twilio_adapter.errors import ConfigurationError
from twilio_adapter.limits import Limits
from twilio_adapter.tunnel import CloudflaredTunnel, PublicUrl, Tunnel
from twilio_adapter.voice_activity import Vad

if TYPE_CHECKING:
    from twilio_emulator import TwilioEmulator

Speed: TypeAlias = float | Literal["max"]
_HIGHEST_PORT: Final = 65535
DEFAULT_NUMBER: Final = "+15550001111"
ACCOUNT_VARIABLES: Final = ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_PHONE_NUMBER")
PUBLIC_URL_VARIABLE: Final = "TWILIO_PUBLIC_URL"
API_VARIABLE: Final = "TWILIO_API_BASE_URL"
PORT_VARIABLE: Final = "TWILIO_HTTP_PORT"


class _Harness(ABC):
    """What both have in common: enter to get an adapter that takes calls, leave to undo everything."""

    def __init__(self) -> None:
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> TwilioAgentAdapter:
        async with AsyncExitStack() as stack:
            adapter = await self._open(stack)
            await adapter.lease_number()
            self._stack = stack.pop_all()
        return adapter

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.__aexit__(kind, error, trace)

    @property
    @abstractmethod
    def adapter(self) -> TwilioAgentAdapter:
        """The adapter, which is connected from entering to leaving; its call can be read afterwards too."""

    @abstractmethod
    async def _open(self, stack: AsyncExitStack) -> TwilioAgentAdapter:
        """Connect an adapter; what has to be undone goes on the stack."""


class EmulatorHarness(_Harness):
    """An adapter at an offline Twilio. Needs no account, no tunnel and no network.

    Args:
        phone_number: the adapter's number, E.164; the emulator's account is given it, unless it owns it already.
        speed: "max" runs calls as fast as both ends keep up, 1.0 in real time. Ignored if `twilio` is given.
        twilio: a running emulator to join; without one, an emulator is started and stopped with the harness.
        http_port, allowed_callers, allowed_callees, on_dtmf, validate_signature, limits, vad: see
            `TwilioAgentAdapter`.

    Attributes:
        twilio: the emulator, once the harness has been entered.
    """

    def __init__(
        self,
        *,
        phone_number: str = DEFAULT_NUMBER,
        speed: Speed = "max",
        twilio: "TwilioEmulator | None" = None,
        http_port: int = 0,
        allowed_callers: Collection[str] | None = None,
        allowed_callees: Collection[str] | None = "*",
        on_dtmf: DigitCallback | None = None,
        validate_signature: bool = True,
        limits: Limits | None = None,
        vad: Vad | None = None,
    ) -> None:
        super().__init__()
        self._phone_number = phone_number
        self._speed = speed
        self._given = twilio
        self._http_port = http_port
        self._allowed_callers = allowed_callers
        self._allowed_callees = allowed_callees
        self._on_dtmf = on_dtmf
        self._validate_signature = validate_signature
        self._limits = limits
        self._vad = vad
        self._twilio = twilio
        self._adapter: TwilioAgentAdapter | None = None
        self._has_been_open = False

    @property
    def twilio(self) -> "TwilioEmulator":
        """The emulator.

        Raises:
            ConfigurationError: the harness has not been entered yet.
        """
        if self._twilio is None:
            raise ConfigurationError("The harness has no emulator yet: enter it first, with `async with`.")
        return self._twilio

    @property
    def adapter(self) -> TwilioAgentAdapter:
        """The adapter, which is connected from entering to leaving; its call can be read afterwards too.

        Raises:
            ConfigurationError: the harness has no emulator yet.
        """
        if self._adapter is None:
            self._adapter = self._new_adapter()
        return self._adapter

    async def _open(self, stack: AsyncExitStack) -> TwilioAgentAdapter:
        from twilio_emulator import TwilioEmulator

        if self._given is None:
            self._twilio = await stack.enter_async_context(TwilioEmulator(speed=self._speed))
        if self._has_been_open:  # an adapter that has left an emulator's clock does not come back
            self._adapter = None
        self._has_been_open = True
        return await stack.enter_async_context(self.adapter)

    def _new_adapter(self) -> TwilioAgentAdapter:
        from twilio_emulator.calls.store import NumberTaken

        with suppress(NumberTaken):  # whoever lent us the emulator may have set the number up
            self.twilio.add_number(self._phone_number)
        return TwilioAgentAdapter(
            account_sid=self.twilio.account_sid,
            auth_token=self.twilio.auth_token,
            phone_number=self._phone_number,
            http_port=self._http_port,
            allowed_callers=self._allowed_callers,
            allowed_callees=self._allowed_callees,
            on_dtmf=self._on_dtmf,
            validate_signature=self._validate_signature,
            api_base_url=self.twilio.base_url,
            pace=self.twilio.attend(f"adapter {self._phone_number}"),
            limits=self._limits,
            vad=self._vad,
        )


class TwilioHarness(_Harness):
    """An adapter at real Twilio. Calls cost money; they end after `time_limit` whatever happens.

    Entering opens a tunnel, waits until it leads to the adapter's own server, and points the number at it.

    Args:
        account_sid, auth_token, phone_number: the account and a number it owns, E.164.
        public_base_url: an https address that leads to `http_port` already, as of a tunnel that is always up.
        tunnel: what opens a way to that port; a quick tunnel of cloudflared, if neither is given.
        http_port, allowed_callers, allowed_callees, on_dtmf, validate_signature, api_base_url, limits, vad:
            see `TwilioAgentAdapter`.

    Raises:
        ConfigurationError: a number or URL that cannot work, or two ways in. Entering raises what `connect()` and
            `lease_number()` of `TwilioAgentAdapter` do, and leaves nothing changed then.
    """

    def __init__(
        self,
        *,
        account_sid: str,
        auth_token: str,
        phone_number: str,
        public_base_url: str | None = None,
        tunnel: Tunnel | None = None,
        http_port: int = DEFAULT_PORT,
        allowed_callers: Collection[str] | None = None,
        allowed_callees: Collection[str] | None = None,
        on_dtmf: DigitCallback | None = None,
        validate_signature: bool = True,
        api_base_url: str | None = None,
        limits: Limits | None = None,
        vad: Vad | None = None,
    ) -> None:
        super().__init__()
        if public_base_url and tunnel is not None:
            raise ConfigurationError("There are two ways in: pass public_base_url or tunnel, not both.")
        given = PublicUrl(checked_public_url(public_base_url, api_base_url)) if public_base_url else None
        self._adapter = TwilioAgentAdapter(
            account_sid=account_sid,
            auth_token=auth_token,
            phone_number=phone_number,
            http_port=http_port,
            tunnel=given or tunnel or CloudflaredTunnel(),
            allowed_callers=allowed_callers,
            allowed_callees=allowed_callees,
            on_dtmf=on_dtmf,
            validate_signature=validate_signature,
            api_base_url=api_base_url,
            limits=limits,
            vad=vad,
        )

    @property
    def adapter(self) -> TwilioAgentAdapter:
        """The adapter, which is connected from entering to leaving; its call can be read afterwards too."""
        return self._adapter

    async def _open(self, stack: AsyncExitStack) -> TwilioAgentAdapter:
        return await stack.enter_async_context(self._adapter)


def harness(
    *,
    public_base_url: str | None = None,
    tunnel: Tunnel | None = None,
    http_port: int | None = None,
    allowed_callers: Collection[str] | None = None,
    allowed_callees: Collection[str] | None = None,
    on_dtmf: DigitCallback | None = None,
    vad: Vad | None = None,
    speed: Speed = "max",
    environment: Mapping[str, str] | None = None,
) -> EmulatorHarness | TwilioHarness:
    """Return the harness the environment asks for: real Twilio if it names an account, else the emulator.

    An account is TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and TWILIO_PHONE_NUMBER; TWILIO_API_BASE_URL is another API than
    Twilio's own, as that of an emulator in another process.

    Args:
        public_base_url: an https address that leads to `http_port`; the environment's TWILIO_PUBLIC_URL if not given.
        tunnel: what opens a way to that port otherwise; a quick tunnel of cloudflared if not given.
        http_port: see `TwilioAgentAdapter`; if not given, any free port with the emulator, and with Twilio the
            environment's TWILIO_HTTP_PORT or 8765.
        allowed_callers, on_dtmf, vad: see `TwilioAgentAdapter`.
        allowed_callees: see `TwilioAgentAdapter`; with the emulator, where calls cost nothing, None is anybody.
        speed: the emulator's.
        environment: the process's own, if not given.

    Raises:
        ConfigurationError: a number or URL that cannot work.
    """
    variables = os.environ if environment is None else environment
    account_sid, auth_token, phone_number = (variables.get(name, "") for name in ACCOUNT_VARIABLES)
    if not (account_sid and auth_token and phone_number):
        return EmulatorHarness(
            speed=speed,
            http_port=http_port or 0,
            allowed_callers=allowed_callers,
            allowed_callees="*" if allowed_callees is None else allowed_callees,
            on_dtmf=on_dtmf,
            vad=vad,
        )
    return TwilioHarness(
        account_sid=account_sid,
        auth_token=auth_token,
        phone_number=phone_number,
        public_base_url=public_base_url or (None if tunnel else variables.get(PUBLIC_URL_VARIABLE)),
        tunnel=tunnel,
        api_base_url=variables.get(API_VARIABLE) or None,
        http_port=_port(variables) if http_port is None else http_port,
        allowed_callers=allowed_callers,
        allowed_callees=allowed_callees,
        on_dtmf=on_dtmf,
        vad=vad,
    )


@cache
def emulators_voice() -> Callable[[str], AudioChunk] | None:
    """Return the emulator's natural voice, which speaks for us over real Twilio as well; None without the extra
    `speech`.
    """
    from twilio_emulator.media.speech import PiperSpeech, SpeechUnavailableError

    try:
        voice = PiperSpeech()
    except SpeechUnavailableError:
        return None
    return lambda text: AudioChunk.from_ulaw(voice.synthesize(text, voice="man", language="en-US"))


def _port(variables: Mapping[str, str]) -> int:
    given = variables.get(PORT_VARIABLE) or str(DEFAULT_PORT)
    if not given.isdecimal() or int(given) > _HIGHEST_PORT:
        raise ConfigurationError(f"{PORT_VARIABLE} is {given!r}: give the number of a port, 0 for any free one.")
    return int(given)
