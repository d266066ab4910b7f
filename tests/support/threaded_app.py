"""Somebody's application, in threads of its own: a menu over the standard library's server, an agent over `websockets`.

It shares no code with the project, and tests copy it into projects of their own.
"""

import base64
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

from websockets.sync.server import Server, ServerConnection, serve

MENU = "<Response><Gather numDigits='1' action='/choice'><Say>Press one for sales.</Say></Gather></Response>"
CHOICE = "<Response><Say>Sales speaking, what is your name?</Say></Response>"
AGENT = "<Response><Connect><Stream url='{}'/></Connect></Response>"
HALF_A_SECOND = base64.b64encode(bytes((0x2A, 0xAA)) * 2000).decode()


class ThreadedApp:
    """`/voice` is a menu, `/agent` an agent that says something for half a second when the call begins."""

    def __init__(self) -> None:
        self._web = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"app": self}))
        self._socket: Server = serve(_talk, "127.0.0.1", 0, ping_interval=None)
        self.url = f"http://127.0.0.1:{self._web.server_port}"
        self.pages = {
            "/voice": MENU,
            "/choice": CHOICE,
            "/agent": AGENT.format(f"ws://127.0.0.1:{self._socket.socket.getsockname()[1]}"),
        }
        self._threads = [
            threading.Thread(target=self._web.serve_forever, args=(0.02,)),
            threading.Thread(target=self._socket.serve_forever),
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._web.shutdown()
        self._web.server_close()
        self._socket.shutdown()
        for thread in self._threads:
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    app: ThreadedApp

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        body = self.app.pages[self.path].encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def _talk(socket: ServerConnection) -> None:
    for text in socket:
        message = json.loads(text)
        if message["event"] == "start":
            media = {"event": "media", "streamSid": message["streamSid"], "media": {"payload": HALF_A_SECOND}}
            socket.send(json.dumps(media))
