"""The way to an application's stream socket: address, TCP, TLS, upgrade; each failure with Twilio's own code.

Source of the codes: twilio.com/docs/api/errors, 31901 to 31923. There is one attempt; no reconnection is documented.
"""

from __future__ import annotations

import asyncio
import functools
import os
import socket
import ssl
from typing import Final

from websockets.uri import WebSocketURI

from twilio_emulator.media import stream_transport
from twilio_emulator.media.stream_errors import StreamCode, StreamError
from twilio_emulator.media.stream_owner import SocketLimits, SocketOwner
from twilio_emulator.media.stream_socket import StreamSocket
from twilio_emulator.media.stream_upgrade import parse_url

_KERNEL_SEND_BUFFER: Final = 65_536
"""Bytes. Left alone, the kernel would hide minutes of audio from an application that does not read."""


async def connect(
    url: str, *, signature: str, owner: SocketOwner, timeout_s: float, limits: SocketLimits, lockstep: bool = False
) -> StreamSocket:
    """Open the socket; `owner.opened` has been called when this returns.

    `timeout_s` is wall time, for all steps together.

    Raises:
        StreamError: with the code of the step that failed.
    """
    uri = parse_url(url)
    stream_socket = StreamSocket(uri, signature, owner, limits, lockstep=lockstep)
    try:
        async with asyncio.timeout(timeout_s):
            await _reach(uri, stream_socket, lockstep=lockstep)
            await asyncio.shield(stream_socket.handshake)
    except TimeoutError as error:
        if stream_socket.is_open:  # accepted at the very last moment
            return stream_socket
        stream_socket.abort()
        message = f"The application did not accept the stream within {timeout_s:g} s."
        hint = "Accept the WebSocket first, and do slow work afterwards."
        raise StreamError(StreamCode.CONNECTION_TIMEOUT, message, hint) from error
    except BaseException:
        stream_socket.abort()
        raise
    return stream_socket


async def _reach(uri: WebSocketURI, stream_socket: StreamSocket, *, lockstep: bool) -> None:
    """TCP and TLS; afterwards the upgrade request is on its way.

    In lock-step one stream is served at a time, and nothing is won by sharing.
    """
    tcp = await _connect_tcp(uri)
    if not (uri.secure or lockstep) and stream_transport.is_available():
        stream_transport.take_over(tcp, stream_socket)
        return
    loop = asyncio.get_running_loop()
    tls = _tls_context(os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")) if uri.secure else None
    try:
        await loop.create_connection(
            lambda: stream_socket, sock=tcp, ssl=tls, server_hostname=uri.host if tls is not None else None
        )
    except OSError as error:
        tcp.close()
        raise _tls_error(uri, error) from error
    except BaseException:
        tcp.close()
        raise


async def _connect_tcp(uri: WebSocketURI) -> socket.socket:
    place = f"{uri.host}:{uri.port}"
    loop = asyncio.get_running_loop()
    try:
        addresses = await loop.getaddrinfo(uri.host, uri.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        message = f"The host name {uri.host!r} of the stream URL cannot be resolved ({error})."
        raise StreamError(StreamCode.HOST_UNREACHABLE, message, "Check its spelling, and the tunnel.") from error
    errors: list[OSError] = []
    for family, kind, protocol, _, address in addresses:
        tcp = socket.socket(family, kind, protocol)
        try:
            tcp.setblocking(False)  # noqa: FBT003 - the socket module's own signature
            tcp.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _KERNEL_SEND_BUFFER)
            await loop.sock_connect(tcp, address)
        except OSError as error:
            tcp.close()
            errors.append(error)
        except BaseException:
            tcp.close()
            raise
        else:
            return tcp
    if errors and all(isinstance(error, TimeoutError) for error in errors):
        raise errors[0]
    if any(isinstance(error, ConnectionRefusedError) for error in errors):
        hint = "Start the application, and check the port."
        raise StreamError(StreamCode.CONNECTION_REFUSED, f"Nothing listens at {place}.", hint)
    message = f"The host {place} cannot be reached ({errors[0] if errors else 'it has no address'})."
    raise StreamError(StreamCode.HOST_UNREACHABLE, message, "Check the stream URL's host and port.")


@functools.lru_cache(maxsize=4)
def _tls_context(*_where_certificates_are: str | None) -> ssl.SSLContext:
    """The machine's trusted certificates; loading them takes milliseconds, so they are loaded once."""
    return ssl.create_default_context()


def _tls_error(uri: WebSocketURI, error: OSError) -> StreamError:
    why = error.verify_message if isinstance(error, ssl.SSLCertVerificationError) else (error.strerror or str(error))
    message = f"TLS with {uri.host}:{uri.port} failed: {why}."
    hint = (
        "Twilio needs a certificate that ordinary clients trust; an application without TLS has a ws:// URL here, "
        "and needs a proxy with TLS in production."
    )
    return StreamError(StreamCode.SSL_PROTOCOL_ERROR, message, hint)
