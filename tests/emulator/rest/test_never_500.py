"""Whatever is asked, and however badly, there is a reply in Twilio's words: no 500, and nothing is logged as an error.

Paths come from the route table, names and words from the sources, so what is added there is attacked at once.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_victim import NUMBER, PHONE, Victim, living_victim

from twilio_emulator import rest
from twilio_emulator.rest import accounts
from twilio_emulator.rest.desk import API_ROOT
from twilio_emulator.rest.errors import ERRORS
from twilio_emulator.rest.routes import FILES, ROUTES

CASES: Final = 1200

TARGETS: Final = [
    (".json", accounts.LIST),
    *((f"/{{account}}/{pattern}".removesuffix("/") + ".json", methods) for pattern, methods in ROUTES.items()),
    *((f"/{{account}}/{pattern}".removesuffix("."), methods) for pattern, methods in FILES.items()),
]
METHODS: Final = ("GET", "POST", "DELETE", "PUT", "PATCH", "HEAD", "OPTIONS")


SOURCES: Final = [ast.parse(path.read_text("utf-8")) for path in sorted(Path(rest.__path__[0]).glob("*.py"))]
TEXTS: Final = sorted(
    {
        node.value
        for source in SOURCES
        for node in ast.walk(source)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
)


def said_in_the_sources(pattern: str) -> list[str]:
    """The texts in the code of the REST API that look like this."""
    return [text for text in TEXTS if re.fullmatch(pattern, text)]


NAMES: Final = [
    *said_in_the_sources(r"[A-Z][A-Za-z]{2,39}"),
    *("StartTime<", "StartTime>", "EndTime>", "DateCreated<", "MessageDate>", "Parameter1.Name", "Parameter1.Value"),
    *("Parameter99.Name", "_method", "to", "To ", "\0", "é", ""),
]
WORDS: Final = said_in_the_sources(r"[a-z]+([-_][a-z]+)*")
ODD: Final = [
    *("", " ", "0", "-1", "1", "601", "1e9", "9" * 30, "true", "GET", "DELETE", "٣", "\0", "\ud83d\ude00"),
    *(
        "http://127.0.0.1:1/",
        "http://[",
        "//x",
        "ws://127.0.0.1:1/",
        "wss://127.0.0.1:1/s",
        "http://:0/",
        "http://a_b:1/",
    ),
    *(NUMBER, PHONE, "+15005550000", "client:x", "sip:", "sip:x@127.0.0.1", "+", "+1", "2024-01-01", "-9999days"),
    *(
        "+99999days",
        "0001-01-01",
        "9999-12-31T23:59:59-23:59",
        "2024-02-30",
        "NaN,NaN",
        "1e400,1",
        "*" * 16,
        "%%",
        "$$",
    ),
    *(
        "(",
        "PACA" + "0" * 32 + "999999999",
        "PBCA" + "f" * 32 + "0",
        "AC" + "0" * 32,
        "{",
        "[]",
        '{"a": 1}',
        "x" * 5000,
    ),
    *("<Response/>", "<Response><Pause/></Response>", "<", "<Response><Say>" + "é" * 4100 + "</Say></Response>"),
]
LIKELY: Final[Mapping[str, str]] = {
    "To": PHONE,
    "From": NUMBER,
    "Twiml": "<Response/>",
    "PhoneNumber": "+15005550006",
    "Url": "wss://127.0.0.1:1/stream",
    "Content": "{}",
    "Callback": "http://127.0.0.1:1/",
    "IdempotencyKey": "once",
    "ConnectorName": "recorder",
    "VerificationStatus": "x",
    "MaxSize": "10",
    "FriendlyName": "name",
}
"""What it takes to come past the first question of most resources."""

SIDS: Final = [
    *("{live}", "{live}", "{live}", "{done}", "{number}", "{key}", "{sub}", "{queue}", "{application}", "{recording}"),
    *("{conference}", "{conference}", "{participant}", "Twilio.CURRENT", "US", "DE", "Front"),
    *("CA" + "0" * 32, "x", "", "..", "%00", "%ff", "%2F", "%e2%82%ac", "{}", "a" * 300, ".json", "é", "*"),
]
ACCOUNTS: Final = ["{main}"] * 12 + ["{sub}", "{sub}", "AC" + "0" * 32, "x", "", "%2e", "{main}%00"]
AUTHORIZATIONS: Final = [
    *["main"] * 12,
    *(
        "sub",
        "key",
        "",
        "Basic",
        "Basic !!!",
        "Basic Og==",
        "Basic /w==",
        "Bearer x",
        "basic AAAA",
        "é",
        "Basic " + "A" * 6000,
    ),
]
BODIES: Final = [*[None] * 12, b"", b"\xff=\xfe", b"&&&=", b"a=1&" * 2000, b"x" * 70_000, b"{}", b"\0" * 40, b"--x--"]
TYPES: Final = [
    *["application/x-www-form-urlencoded"] * 6,
    *(
        "application/json",
        "multipart/form-data; boundary=x",
        "text/xml; charset=nonsense",
        "x",
        "",
        "a/b; charset=\xff",
    ),
]


OVERRIDES: Final = [
    *[{}] * 12,
    *({"X-HTTP-Method-Override": method} for method in ("DELETE", "GET", "delete ", "é", "BREW")),
]


@pytest.fixture(scope="module")
def victim() -> Iterator[Victim]:
    with living_victim() as victim:
        yield victim


def request_bytes(
    victim: Victim, method: str, path: str, *, authorization: str, headers: Mapping[str, str], body: bytes | None
) -> bytes:
    who = victim.authorization(authorization) if authorization in {"main", "sub", "key"} else authorization
    lines = [f"{method} {path} HTTP/1.1", "Host: x", *(f"{name}: {value}" for name, value in headers.items())]
    if who:
        lines.append(f"Authorization: {who}")
    if body is not None:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "\r\n"]).encode("utf-8", "surrogatepass") + (body or b"")


def check(victim: Victim, method: str, request: bytes) -> None:
    """Ask, and look at the reply."""
    victim.revive()
    answer = victim.ask(request, is_head=method == "HEAD")
    assert victim.errors == [], request
    assert answer.status < 500, request
    if "Twilio-Request-Id" not in answer.headers:
        # Not a request in HTTP's own terms: the server has said so before the API has seen it.
        assert answer.status == 400
    elif answer.status >= 400 and method != "HEAD":
        said: dict[str, Any] = answer.json()
        assert said.keys() == {"code", "message", "more_info", "status"}
        assert said["code"] in ERRORS
        assert said["status"] == answer.status
    elif answer.headers["Content-Type"] == "application/json" and method != "HEAD":
        assert isinstance(answer.json(), dict)


def named(victim: Victim, path: str, sids: Sequence[str], account: str) -> str:
    """A path with sids in it; an odd one stays odd, but becomes one that can be sent."""
    path = path.replace("{account}", account)
    for sid in sids:
        path = path.replace("{}", sid, 1)
    for name, sid in victim.sids.items():
        path = path.replace(name, sid)
    return quote(API_ROOT + path, safe="/%{}*")


@pytest.mark.parametrize("method", METHODS)
def test_every_path_answers_every_method(victim: Victim, method: str) -> None:
    form = urlencode(LIKELY).encode()
    for path, methods in TARGETS:
        for sids in (["{live}", "{live}"], ["{number}", "x"]):
            target = named(victim, path, sids, "{main}")
            headers = {"Content-Type": TYPES[0]}
            request = request_bytes(victim, method, target, authorization="main", headers=headers, body=form)
            check(victim, method, request)
        if method not in methods:
            refused = victim.ask(request, is_head=method == "HEAD")
            assert refused.status in {404, 405}, path


# Few draws with many outcomes: what costs time here is drawing.
SENT: Final = [(path, method) for path, methods in TARGETS for method in (*sorted(methods) * 3, *METHODS, "BREW")]
WHO: Final = list(product(ACCOUNTS, AUTHORIZATIONS))
SOME_PARAMETERS: Final = st.lists(st.sampled_from(list(product(NAMES, WORDS + ODD))), max_size=3)


@settings(max_examples=CASES, suppress_health_check=list(HealthCheck))
@given(
    sent=st.sampled_from(SENT),
    sids=st.sampled_from(list(product(SIDS, SIDS))),
    who=st.sampled_from(WHO),
    parameters=SOME_PARAMETERS,
    how=st.sampled_from(list(product(BODIES, TYPES, OVERRIDES, [[], [*LIKELY.items()]], [0, 0, 0, 0, 1000]))),
)
def test_any_request_gets_a_reply(
    victim: Victim, sent: tuple[str, str], sids: tuple[str, str], who: tuple[str, str], parameters: list[Any], how: Any
) -> None:
    (path, method), (account, authorization), (body, content_type, override, likely, wait_ms) = sent, who, how
    path, encoded = named(victim, path, sids, account), urlencode(likely + parameters, errors="surrogatepass")
    if method in {"GET", "HEAD", "DELETE"} and encoded:
        path += f"?{encoded}"
    elif body is None:
        body = encoded.encode()
    headers = {"Content-Type": content_type, **override}
    request = request_bytes(victim, method, path, authorization=authorization, headers=headers, body=body)
    check(victim, method, request)
    if wait_ms:
        victim.let_pass(wait_ms)
        assert victim.errors == [], request
