"""The requests of the REST benchmark, as applications send them; `rest_clients.py` puts them on a socket."""

from __future__ import annotations

import json
from typing import Final
from urllib.parse import urlencode

OWNED: Final = "+15550002222"
UNANSWERED: Final = "+15551000000"
FORM: Final = urlencode({"To": UNANSWERED, "From": OWNED, "Url": "http://127.0.0.1:9/voice"})
_HOST: Final = "Host: 127.0.0.1\r\nAccept: application/json\r\nUser-Agent: benchmark\r\n"


def get(path: str, user: str) -> str:
    """A request that reads `path`; `user` is the name and password in base64."""
    return json.dumps(
        {"head": f"GET {path} HTTP/1.1\r\n{_HOST}Authorization: Basic {user}\r\n", "body": "", "status": 200}
    )


def post(path: str, form: str, user: str) -> str:
    """A request that sends a form to `path`; `user` is the name and password in base64."""
    head = f"POST {path} HTTP/1.1\r\n{_HOST}Authorization: Basic {user}\r\n"
    return json.dumps(
        {"head": f"{head}Content-Type: application/x-www-form-urlencoded\r\n", "body": form, "status": 201}
    )
