"""How a stream's socket is opened, and what each failure is called."""

import asyncio
import pathlib
import re
import socket
import ssl
import time

import pytest
from stream_bench import AUTH_TOKEN
from twilio.request_validator import RequestValidator
from websockets.asyncio.server import serve

from twilio_emulator.journal import Problem
from twilio_emulator.media.stream_connect import connect
from twilio_emulator.media.stream_owner import SocketLimits
from twilio_emulator.media.stream_upgrade import shown_url
from twilio_emulator.quirks import Quirks
from twilio_emulator.twiml.flow import StreamEnding

CERTIFICATE = pathlib.Path(__file__).parents[1] / "webhooks/certificates/localhost.pem"


async def until_closed(bare_socket):
    await bare_socket.reader.read()


async def test_the_upgrade_request_is_twilios_to_the_letter(bare, calls):
    application, url = await bare(until_closed)
    call = calls(url + "/in%20there?token=1")
    call.stream.open()
    await call.connected.wait()

    host = url.split("/")[2]
    signature = RequestValidator(AUTH_TOKEN).compute_signature(url + "/in%20there?token=1", {})
    request = re.sub(r"(sec-websocket-key: )[A-Za-z0-9+/]{22}==", r"\1<key>", application.request.decode())
    assert request == (
        "GET /bare/in%20there HTTP/1.1\r\n"
        f"host: {host}\r\n"
        "user-agent: Twilio.TmeWs/1.0\r\n"
        "connection: Upgrade\r\n"
        "upgrade: websocket\r\n"
        "sec-websocket-key: <key>\r\n"
        "sec-websocket-version: 13\r\n"
        f"x-twilio-signature: {signature}\r\n"
        "\r\n"
    )


async def test_the_official_validator_accepts_the_signature(app, calls):
    await calls(app.url).open()

    (request,) = app.requests
    assert RequestValidator(AUTH_TOKEN).validate(app.url, {}, request.headers["X-Twilio-Signature"])


async def test_no_path_is_the_root_path(bare, calls):
    application, url = await bare(until_closed)
    call = calls(url.removesuffix("/bare"))
    call.stream.open()
    await call.connected.wait()

    assert application.request.startswith(b"GET / HTTP/1.1\r\n")


async def failure_of(call) -> Problem:
    """What the journal says of a stream that could not be opened."""
    call.stream.open()
    await call.ended.wait()
    await call.settled()
    assert call.endings == [StreamEnding.FAILED]
    assert call.stream_events == ["stream-error"]
    (problem,) = call.journal.of(Problem)
    assert call.callbacks[0]["StreamError"] == f"Stream signal error, code: {problem.code}"
    assert problem.level == "error"
    return problem


def answering(answer: bytes):
    async def script(bare_socket):
        bare_socket.writer.write(answer)
        await bare_socket.writer.drain()
        bare_socket.writer.write_eof()
        await bare_socket.reader.read()

    return script


@pytest.mark.parametrize(
    ("answer", "message", "hint"),
    [
        (b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", "HTTP status 403 instead of 101", "signature"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", "HTTP status 200", "ordinary HTTP"),
        (b"HTTP/1.1 301 Moved\r\nLocation: ws://x/\r\nContent-Length: 0\r\n\r\n", "status 301", "redirects"),
        (b"HTTP/1.1 500 Oops\r\n\r\n", "HTTP status 500", "log"),
        (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n", "no WebSocket handshake", "library"),
        (b"SSH-2.0-OpenSSH_9.6\r\n\r\n", "no WebSocket handshake", "library"),
        (b"", "no WebSocket handshake", "library"),
    ],
)
async def test_any_answer_but_a_101_handshake_is_31920(bare, calls, answer, message, hint):
    _, url = await bare(answering(answer), accept=False)
    problem = await failure_of(calls(url))

    assert problem.code == 31920
    assert message in problem.message
    assert hint in problem.hint


async def test_an_extension_that_nobody_offered_is_31920(bare, calls):
    _, url = await bare(
        answering(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: x\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n"
        ),
        accept=False,
    )

    assert (await failure_of(calls(url))).code == 31920


async def test_a_connection_dropped_instead_of_an_answer_is_31920(calls):
    async def drop(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.transport.abort()

    async with await asyncio.start_server(drop, "127.0.0.1", 0) as server:
        problem = await failure_of(calls(f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/"))

    assert problem.code == 31920


async def test_an_application_that_never_accepts_is_31901(bare, calls):
    _, url = await bare(until_closed, accept=False)
    problem = await failure_of(calls(url, quirks=Quirks(stream_connect_timeout_s=0.02)))

    assert problem.code == 31901
    assert problem.message == "The application did not accept the stream within 0.02 s."


async def test_a_port_where_nothing_listens_is_31902(calls):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        problem = await failure_of(calls(f"ws://127.0.0.1:{taken.getsockname()[1]}/media"))

    assert problem.code == 31902
    assert problem.hint == "Start the application, and check the port."


async def test_a_name_of_several_addresses_that_all_refuse_is_31902(calls):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        problem = await failure_of(calls(f"ws://localhost:{taken.getsockname()[1]}/media"))

    assert problem.code == 31902


@pytest.mark.parametrize(("error", "code"), [(TimeoutError(), 31901), (OSError("No route to host"), 31904)])
async def test_a_host_that_does_not_answer_at_all_is_told_from_one_without_a_route(calls, monkeypatch, error, code):
    async def give_up(tcp, address):
        raise error

    monkeypatch.setattr(asyncio.get_running_loop(), "sock_connect", give_up)

    assert (await failure_of(calls("ws://127.0.0.1:9/"))).code == code


async def test_an_application_that_accepts_at_the_last_moment_has_accepted(app):
    class Slow:
        """Opens, and keeps the event loop busy until the time has run out."""

        def opened(self, stream_socket):
            late = time.monotonic() + 0.3
            while time.monotonic() < late:
                pass

    stream_socket = await connect(app.url, signature="", owner=Slow(), timeout_s=0.25, limits=SocketLimits())
    assert stream_socket.is_open
    stream_socket.close()
    await stream_socket.gone


async def test_a_host_that_has_no_address_is_31904(calls):
    assert (await failure_of(calls("ws://no-such-host.invalid/media"))).code == 31904


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://example.com/media", 31922),
        ("wss:example.com", 31923),
        ("wss://", 31923),
        ("wss://example.com:port/", 31923),
        ("wss://example.com:70000/", 31923),
        ("wss://example.com/#there", 31923),
        ("wss://example.com/a b", 31923),
        ("wss://example.com/a\r\nx: y", 31923),
        ("wss://[::1/", 31923),
        ("/media", 31923),
        ("", 31923),
    ],
)
async def test_what_is_no_websocket_url_is_never_dialled(calls, url, code):
    assert (await failure_of(calls(url))).code == code


async def test_credentials_in_a_url_are_neither_sent_nor_logged(bare, calls):
    application, url = await bare(until_closed)
    call = calls(url.replace("ws://", "ws://user:secret@"))
    call.stream.open()
    await call.connected.wait()

    assert b"uthorization" not in application.request
    assert call.moves[0] == ("twilio", "connected", url)
    assert shown_url("wss://user:pass@host/path?token=1") == "wss://host/path"


async def test_a_server_without_tls_behind_wss_is_31910(app, calls):
    problem = await failure_of(calls(app.url.replace("ws://", "wss://")))

    assert problem.code == 31910
    assert "ws:// URL" in problem.hint


async def test_a_server_that_drops_the_tls_handshake_is_31910(calls):
    async def drop(reader, writer):
        await reader.read(1)
        writer.transport.abort()

    async with await asyncio.start_server(drop, "127.0.0.1", 0) as server:
        problem = await failure_of(calls(f"wss://127.0.0.1:{server.sockets[0].getsockname()[1]}/"))

    assert problem.code == 31910


async def serve_tls(application):
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(CERTIFICATE)
    return await serve(application.serve, "127.0.0.1", 0, ssl=tls)


async def test_a_certificate_that_nobody_signed_is_31910(app, calls):
    async with await serve_tls(app) as server:
        problem = await failure_of(calls(f"wss://localhost:{server.sockets[0].getsockname()[1]}/"))

    assert problem.code == 31910
    assert "self-signed certificate" in problem.message


async def test_a_certificate_that_the_machine_trusts_is_fine(app, calls, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    async with await serve_tls(app) as server:
        call = await calls(f"wss://localhost:{server.sockets[0].getsockname()[1]}/").open()
        await call.frames(2)
        call.hang_up()
        await app.over.wait()
        await call.tasks.aclose()

    assert app.events == ["connected", "start", "media", "media", "stop"]
