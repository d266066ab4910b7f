"""What the webhook client makes of applications that do not reply, or not in HTTP."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from webhook_bench import MakeClient, failure_of, fetch

from twilio_emulator.webhooks.client import Policy, Reply, WebhookClient

CERTIFICATES = Path(__file__).parent / "certificates"
IMPATIENT = Policy(connect_ms=100, read_ms=100, total_ms=200)


@asynccontextmanager
async def raw_server(
    talk: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
    tls: ssl.SSLContext | None = None,
) -> AsyncIterator[int]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await talk(reader, writer)
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    async with server:
        yield server.sockets[0].getsockname()[1]


def saying(text: bytes) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(text)
        await writer.drain()

    return talk


async def say_nothing(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    await reader.read(-1)


@pytest.mark.parametrize(
    "url",
    ["", "voice.xml", "/voice", "file:///etc/passwd", "ftp://app.example/", "http://", "http://a:port/"],
)
async def test_what_is_no_http_url_is_11100(client: WebhookClient, url: str) -> None:
    assert failure_of(await fetch(client, url)).code == 11100
    assert failure_of(await client.fetch_media(url)).code == 11100


async def test_an_impossible_override_is_11243(app, client: WebhookClient) -> None:
    failure = failure_of(await fetch(client, app.url + "/voice#rc=99"))
    assert failure.code == 11243
    assert app.received == []


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def test_a_port_where_nobody_listens_is_11202(client: WebhookClient) -> None:
    failure = failure_of(await fetch(client, f"http://127.0.0.1:{closed_port()}/voice"))
    assert failure.code == 11202
    assert "no server listens" in failure.message


async def test_a_host_that_does_not_exist_is_11210(client: WebhookClient) -> None:
    failure = failure_of(await fetch(client, "http://no-such-host.invalid/voice"))
    assert failure.code == 11210


async def test_an_app_that_never_accepts_is_11201(make_client: MakeClient) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        port = listener.getsockname()[1]
        fillers = [socket.socket() for _ in range(3)]
        for filler in fillers:  # the backlog is full after these: the next SYN is not answered
            filler.setblocking(False)
            filler.connect_ex(("127.0.0.1", port))
        failure = failure_of(await fetch(make_client(policy=Policy(connect_ms=50)), f"http://127.0.0.1:{port}/"))
        for filler in fillers:
            filler.close()
    assert failure.code == 11201


async def test_an_app_that_accepts_and_says_nothing_is_11205(make_client: MakeClient) -> None:
    async with raw_server(say_nothing) as port:
        failure = failure_of(await fetch(make_client(policy=IMPATIENT), f"http://127.0.0.1:{port}/"))
    assert failure.code == 11205


async def test_an_app_that_drips_for_ever_runs_into_the_total_time(make_client: MakeClient) -> None:
    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")
        await reader.read(-1)

    async with raw_server(drip) as port:
        patient = make_client(policy=Policy(read_ms=10_000, total_ms=100))
        assert failure_of(await fetch(patient, f"http://127.0.0.1:{port}/")).code == 11205
        override = await fetch(patient, f"http://127.0.0.1:{port}/#tt=100")
        assert failure_of(override).code == 11203, "the app chose the limit itself"


async def test_an_app_that_hangs_up_is_11205(client: WebhookClient) -> None:
    async with raw_server(saying(b"")) as port:
        assert failure_of(await fetch(client, f"http://127.0.0.1:{port}/")).code == 11205


@pytest.mark.parametrize(
    "text",
    [b"SSH-2.0-OpenSSH_9.6\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", b"\0\0\0\0\r\n\r\n"],
)
async def test_a_reply_that_is_not_http_is_11206(client: WebhookClient, text: bytes) -> None:
    async with raw_server(saying(text)) as port:
        assert failure_of(await fetch(client, f"http://127.0.0.1:{port}/")).code == 11206


def server_tls(name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATES / name)
    return context


def trusting(name: str) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(CERTIFICATES / name))


OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


async def test_https_is_spoken_with_an_authority_of_ones_own(make_client: MakeClient) -> None:
    async with raw_server(saying(OK), server_tls("localhost.pem")) as port:
        reply = await fetch(make_client(tls=trusting("localhost.pem")), f"https://localhost:{port}/")
    assert isinstance(reply, Reply)


@pytest.mark.parametrize(
    ("certificate", "trusted", "host", "code"),
    [
        ("localhost.pem", None, "localhost", 11237),
        ("localhost.pem", "localhost.pem", "127.0.0.1", 11235),
        ("expired.pem", "expired.pem", "localhost", 11236),
    ],
)
async def test_a_certificate_that_proves_nothing_is_refused(
    make_client: MakeClient, certificate: str, trusted: str | None, host: str, code: int
) -> None:
    tls = trusting(trusted) if trusted else None
    async with raw_server(saying(OK), server_tls(certificate)) as port:
        failure = failure_of(await fetch(make_client(tls=tls), f"https://{host}:{port}/"))
    assert failure.code == code


async def test_https_to_an_http_port_is_11220(app, client: WebhookClient) -> None:
    failure = failure_of(await fetch(client, app.url.replace("http://", "https://") + "/voice"))
    assert failure.code == 11220
