"""The way in, examined from outside: port, tunnel, nonce, a signed webhook and a media stream."""

import socket
from typing import Final
from urllib.parse import urlsplit

import aiohttp
from twilio.request_validator import RequestValidator

from twilio_adapter.addresses import Addresses, checked_public_url
from twilio_adapter.findings import Check, Patient, Wrong
from twilio_adapter.gate import Gate
from twilio_adapter.pace import NoPace
from twilio_adapter.probe import until_reached
from twilio_adapter.reception import Reception
from twilio_adapter.server import Server, bind, local_url
from twilio_adapter.signature import HEADER, Signatures
from twilio_adapter.stream_socket import REFUSED
from twilio_adapter.voice_activity import Vad
from twilio_adapter.waits import Waits
from twilio_wire.messages import Start, StartBody, encode

_FORM: Final = {"CallSid": "CA" + "0" * 32, "CallStatus": "completed", "From": "+15005550006"}
_START: Final = Start(
    sequence_number="1",
    stream_sid="MZ" + "0" * 32,
    start=StartBody(account_sid="AC" + "0" * 32, stream_sid="MZ" + "0" * 32, call_sid="CA" + "0" * 32),
)
_REQUEST_S: Final = 10.0
_REFUSED: Final = 403
_ACCEPTED: Final = 204
_POLICY_VIOLATION: Final = 1008


class ExaminedWayIn:
    """One port, served as an adapter would serve it, and the tunnel that leads there. It lets nobody in."""

    def __init__(self, patient: Patient) -> None:
        self._patient = patient
        self._listener: socket.socket | None = None
        self._server: Server | None = None
        self._reception = Reception(
            addresses=Addresses("http://127.0.0.1"),
            allowed_callers=frozenset(),
            vad=Vad(),
            waits=Waits(NoPace()),
            on_digit=_ignore,
            on_begin=_ignore,
            hang_up_later=_ignore,
        )

    async def close(self) -> None:
        """Close the tunnel, then the port."""
        await self._patient.tunnel.close()
        if self._server is not None:
            await self._server.stop()
        if self._listener is not None:
            self._listener.close()

    async def port(self) -> str:
        """Take the port, and serve on it as an adapter would."""
        self._listener = bind(self._patient.http_port)
        self._server = Server(
            self._reception, Signatures(self._patient.auth_token, validate=True), self._patient.limits, Gate()
        )
        await self._server.start(self._listener)
        return f"port {urlsplit(local_url(self._listener)).port} is free"

    async def tunnel(self) -> str:
        """Open the tunnel."""
        assert self._listener is not None
        url = await self._patient.tunnel.open(local_url(self._listener))
        self._reception.addresses = Addresses(checked_public_url(url, self._patient.api_base_url))
        return f"the tunnel is open: {url}"

    async def reach(self) -> str:
        """Ask our own server for its nonce, through the public URL."""
        assert self._server is not None
        url = self._reception.addresses.base_url
        await until_reached(
            url,
            self._server.probe,
            limit_s=self._patient.limits.tunnel_s,
            name_servers=self._patient.tunnel.name_servers,
        )
        return f"{url} leads to this machine"

    async def signature(self) -> str:
        """Send a signed webhook the whole way, and a forged one."""
        url = self._reception.addresses.status_url
        signed = RequestValidator(self._patient.auth_token).compute_signature(url, _FORM)
        async with _session() as session:
            for header, expected in ((signed, _ACCEPTED), ("Zm9yZ2Vk", _REFUSED)):
                async with session.post(url, data=_FORM, headers={HEADER: header}) as reply:
                    if reply.status != expected:
                        raise Wrong(
                            f"A webhook that was {'signed' if expected == _ACCEPTED else 'forged'} came back as HTTP "
                            f"{reply.status} instead of {expected}.",
                            "Something on the way changes requests: their headers, their body or their path.",
                            "Let the tunnel or proxy pass requests on unchanged.",
                        )
        return "a signed webhook is accepted through the tunnel, and a forged one is refused"

    async def stream(self) -> str:
        """Open a media stream the whole way; without a token it must be closed."""
        url = self._reception.addresses.stream_url
        signed = RequestValidator(self._patient.auth_token).compute_signature(url, {})
        try:
            async with _session() as session, session.ws_connect(url, headers={HEADER: signed}) as socket_:
                await socket_.send_str(encode(_START))
                last_words = (await socket_.receive()).extra
                code = socket_.close_code
        except aiohttp.WSServerHandshakeError as error:
            raise Wrong(
                f"The tunnel did not open a WebSocket: HTTP {error.status}.",
                "It does not pass WebSockets, or takes out their headers; Twilio logs this as 31920.",
                "Switch WebSockets on in the proxy, or use another tunnel.",
            ) from None
        if code != _POLICY_VIOLATION or last_words != REFUSED:
            raise Wrong(
                f"A media stream without a token was closed with code {code} instead of {_POLICY_VIOLATION}.",
                "Something on the way closes or answers WebSockets itself.",
                "Let the tunnel or proxy pass WebSockets on unchanged.",
            )
        return "a media stream reaches the adapter, and is closed if it has no token"


WAY_IN_CHECKS: Final = (
    Check(
        "port",
        "taking the port",
        ExaminedWayIn.port,
        (),
        "Another program, perhaps another adapter, listens there.",
        "End it, or choose another port with --port; a tunnel of your own must lead there.",
    ),
    Check(
        "tunnel",
        "opening the tunnel",
        ExaminedWayIn.tunnel,
        ("port",),
        "The tunnel's program is missing, has no account, or may not open connections.",
        "Install it, or start it by hand to see what it says; or lead a tunnel of your own here, with --public-url.",
    ),
    Check(
        "reach",
        "waiting until the public URL leads here",
        ExaminedWayIn.reach,
        ("tunnel",),
        "The URL leads to another port or machine, or something on the way is closed.",
        "Lead the tunnel to the port that is examined; try another network, or --tunnel ngrok.",
    ),
    Check(
        "signature",
        "sending a signed webhook through the tunnel",
        ExaminedWayIn.signature,
        ("reach",),
        "Requests get lost on the way.",
        "Try again; try another tunnel.",
    ),
    Check(
        "stream",
        "opening a media stream through the tunnel",
        ExaminedWayIn.stream,
        ("reach",),
        "WebSockets get lost on the way.",
        "Try another tunnel.",
    ),
)


def _ignore(_: object) -> None:
    """An examination has no calls."""


def _session() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_REQUEST_S), trust_env=True)
