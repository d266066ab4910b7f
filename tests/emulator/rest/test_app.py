"""The API on a socket: headers, bodies, the journal, the clock, and neighbours on the same port."""

from __future__ import annotations

import base64
import re
import socket
from concurrent.futures import ThreadPoolExecutor
from email.parser import Parser

import pytest
from aiohttp.test_utils import RawTestServer, TestClient
from rest_bench import ACCOUNT_SID, AUTH_TOKEN, CALLEE, FINISHED, OWNED, NotingWorld, RestBench, serve

from twilio_emulator.clock import FreeClock
from twilio_emulator.journal import RestRequested
from twilio_emulator.quirks import Quirks
from twilio_emulator.rest import app as app_module
from twilio_emulator.rest.app import RestEndpoint

BASIC = "Basic " + base64.b64encode(f"{ACCOUNT_SID}:{AUTH_TOKEN}".encode()).decode()


def test_the_account_can_be_read_by_clients_that_check_their_credentials(bench: RestBench) -> None:
    account = bench.client.api.v2010.accounts(ACCOUNT_SID).fetch()
    assert (account.sid, account.owner_account_sid, account.status, account.type) == (
        ACCOUNT_SID,
        ACCOUNT_SID,
        "active",
        "Full",
    )
    assert account.auth_token == AUTH_TOKEN
    assert account.subresource_uris["calls"] == f"/2010-04-01/Accounts/{ACCOUNT_SID}/Calls.json"


def test_every_reply_has_twilios_headers_and_a_request_id_of_its_own(bench: RestBench) -> None:
    replies = [bench.request("GET", path) for path in ("/Calls.json", "/Calls.json", "/Nothing.json")]
    for reply in replies:
        assert re.fullmatch("RQ[0-9a-f]{32}", reply.headers["Twilio-Request-Id"])
        assert reply.headers["Twilio-Concurrent-Requests"] == "1"
        assert re.fullmatch(r"\d+\.\d{3}", reply.headers["Twilio-Request-Duration"])
        assert reply.headers["X-API-Domain"] == "api.twilio.com"
        assert reply.headers["X-Home-Region"] == "us1"
        assert reply.headers["X-Powered-By"] == "AT-5000"
        assert reply.headers["X-Shenanigans"] == "none"
        assert reply.headers["Content-Type"] == "application/json"
    assert len({reply.headers["Twilio-Request-Id"] for reply in replies}) == 3


def test_every_request_is_one_journal_entry_with_its_parameters(bench: RestBench) -> None:
    form = {"To": CALLEE, "From": OWNED, "Url": "http://a.example/", "StatusCallbackEvent": ["answered", "completed"]}
    bench.request("POST", "/Calls.json?x=1", data={**form, "SipAuthPassword": "hush"})
    bench.request("GET", "/Calls.json", params={"PageSize": "1001"})
    first, second = bench.world.journal.of(RestRequested)
    assert (first.method, first.status, first.error_code) == ("POST", 201, None)
    assert first.path == f"/2010-04-01/Accounts/{ACCOUNT_SID}/Calls.json"
    assert first.parameters["StatusCallbackEvent"] == ["answered", "completed"]
    assert first.parameters["x"] == ["1"]
    assert first.parameters["SipAuthPassword"] == ["***"]
    assert (second.status, second.error_code) == (400, 20007)
    assert AUTH_TOKEN not in bench.world.journal.to_jsonl()


def test_a_raw_plus_in_a_form_is_a_blank_and_the_hint_says_so(bench: RestBench) -> None:
    body = f"To={CALLEE}&From={OWNED.replace('+', '%2B')}&Url=http://a.example/"
    response = bench.request(
        "POST", "/Calls.json", data=body, headers={"Content-Type": "application/x-www-form-urlencoded"}
    )
    assert response.json()["code"] == 21211
    assert "%2B" in bench.problems()[-1].hint


@pytest.mark.parametrize("body", [b"\xff\xfe=1&To=\xff", b"&&&=", b"\0" * 1000, b"{}", b"a=1&" * 5000])
def test_any_body_gets_a_refusal(bench: RestBench, body: bytes) -> None:
    response = bench.request("POST", "/Calls.json", data=body)
    assert response.status_code == 400
    assert response.json()["code"] in {20001, 21201, 21213}


@pytest.mark.parametrize(
    "path", ["/Calls/%ff.json", "/Calls/%ed%a0%80.json", "/Calls/%00.json", "/Calls/..%2f.json", "/é.json"]
)
def test_any_path_gets_a_refusal(bench: RestBench, path: str) -> None:
    assert bench.request("GET", path).json()["code"] == 20404


def test_many_requests_at_once_are_all_answered(bench: RestBench) -> None:
    sid = bench.world.add_call().sid
    with ThreadPoolExecutor(16) as pool:
        calls = list(pool.map(lambda _: bench.client.calls(sid).fetch().sid, range(100)))
    assert calls == [sid] * 100


def test_a_client_that_never_sends_its_body_is_let_go(bench: RestBench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app_module, "BODY_TIMEOUT_S", 0.05)
    host, port = bench.base_url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall(b"POST /2010-04-01/Accounts.json HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf")
        assert connection.recv(1000).startswith(b"HTTP/1.1 408 ")


def conversation(bench: RestBench, *said: bytes) -> bytes:
    """What the server says on a connection that it closes, to a client that says these things one after the other."""
    host, port = bench.base_url.removeprefix("http://").split(":")
    heard = b""
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        for words in said[:-1]:
            connection.sendall(words)
            heard += connection.recv(65536)
        connection.sendall(said[-1])
        for more in iter(lambda: connection.recv(65536), b""):
            heard += more
    return heard


@pytest.mark.parametrize(
    ("version", "header", "told"),
    [
        ("1.1", "Connection: close", "close"),
        ("1.0", "Connection: close", None),
        ("1.0", "X: y", None),
    ],
)
def test_a_client_that_wants_no_more_is_told_so(bench: RestBench, version: str, header: str, told: str | None) -> None:
    asked = f"GET /2010-04-01/Accounts.json HTTP/{version}\r\nHost: x\r\n{header}\r\nAuthorization: {BASIC}\r\n\r\n"
    heard = conversation(bench, asked.encode())
    head, _, body = heard.partition(b"\r\n\r\n")
    headers = Parser().parsestr(head.decode().partition("\r\n")[2])
    assert heard.startswith(b"HTTP/1.1 200 OK\r\n")
    assert headers["Connection"] == told
    assert int(headers["Content-Length"]) == len(body)


def test_requests_sent_in_one_go_are_answered_in_order(bench: RestBench) -> None:
    asked = f"GET /2010-04-01/Accounts/{ACCOUNT_SID}/%s HTTP/1.1\r\nHost: x\r\nAuthorization: {BASIC}\r\n%s\r\n"
    heard = conversation(
        bench,
        b"".join((asked % pair).encode() for pair in (("Calls", ""), ("Nope", ""), ("Keys", "Connection: close\r\n"))),
    )
    assert re.findall(rb"HTTP/1.1 (\d+)", heard) == [b"200", b"404", b"200"]


def test_a_client_that_asks_before_it_sends_its_body_is_told_to_go_on(bench: RestBench) -> None:
    head = (
        f"POST /2010-04-01/Accounts/{ACCOUNT_SID}/Keys.json HTTP/1.1\r\nHost: x\r\nAuthorization: {BASIC}\r\n"
        "Expect: 100-continue\r\nConnection: close\r\nContent-Length: 14\r\n\r\n"
    )
    heard = conversation(bench, head.encode(), b"FriendlyName=x")
    assert heard.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\n")


def test_the_date_of_a_reply_is_that_of_what_it_made(bench: RestBench) -> None:
    reply = bench.request("POST", "/Keys.json")
    assert reply.headers["Date"].replace("GMT", "+0000") == reply.json()["date_created"]


async def test_the_clock_stands_still_while_a_request_is_handled() -> None:
    clock = FreeClock()
    world = NotingWorld(clock=clock)
    held: list[int] = []
    world.add_number()
    place = world.place_call

    def placing(request):
        held.append(len(clock.holds))
        return place(request)

    world.place_call = placing  # type: ignore[method-assign]
    async with TestClient(RawTestServer(RestEndpoint(world).handle)) as client:
        response = await client.post(
            f"/2010-04-01/Accounts/{ACCOUNT_SID}/Calls.json",
            data={"To": CALLEE, "From": OWNED, "Url": "http://a.example/"},
            headers={"Authorization": BASIC},
        )
        assert response.status == 201
    assert held == [1]
    assert clock.holds == set()


@pytest.mark.parametrize("suffix", ["", ".json"])
def test_a_path_answers_json_with_and_without_its_suffix(bench: RestBench, suffix: str) -> None:
    sid = bench.world.add_call().sid
    assert bench.request("GET", f"/Calls/{sid}{suffix}").json()["sid"] == sid
    assert bench.request("GET", f"/Calls{suffix}").json()["calls"][0]["sid"] == sid
    assert bench.request("GET", suffix).json()["sid"] == ACCOUNT_SID
    assert (
        bench.session.get(f"{bench.base_url}/2010-04-01/Accounts{suffix}").json()["accounts"][0]["sid"] == ACCOUNT_SID
    )


@pytest.mark.parametrize(
    "how",
    [
        {"headers": {"X-HTTP-Method-Override": "DELETE"}},
        {"data": {"_method": "delete"}},
        {"params": {"_method": "DELETE"}},
        {"headers": {"X-HTTP-Method-Override": "delete"}, "data": {"_method": "PUT"}},
    ],
)
def test_a_post_stands_for_the_method_that_is_meant(bench: RestBench, how: dict[str, dict[str, str]]) -> None:
    sid = bench.world.add_call(*FINISHED).sid
    assert bench.request("POST", f"/Calls/{sid}.json", **how).status_code == 204
    assert bench.world.store.call(sid) is None
    assert bench.world.journal.of(RestRequested)[-1].method == "DELETE"


def test_nothing_but_a_post_stands_for_another_method(bench: RestBench) -> None:
    sid = bench.world.add_call(*FINISHED).sid
    response = bench.request("GET", f"/Calls/{sid}.json?_method=DELETE", headers={"X-HTTP-Method-Override": "DELETE"})
    assert (response.status_code, response.json()["sid"]) == (200, sid)
    assert bench.problems() == []


def test_one_request_too_many_at_once_is_20429(world: NotingWorld) -> None:
    world.quirks = Quirks(max_concurrent_requests=1)
    with serve(world) as bench:
        host, port = bench.base_url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=5) as slow:
            slow.sendall(b"POST /2010-04-01/Accounts.json HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n")
            # The slow one may not have been noticed yet.
            refused = next(
                reply for _ in range(1000) if (reply := bench.request("GET", "/Calls.json")).status_code != 200
            )
            assert (refused.status_code, refused.json()["code"]) == (429, 20429)
            slow.sendall(b"A=1&B=2&C")
            assert slow.recv(100).startswith(b"HTTP/1.1 401 ")
        assert bench.request("GET", "/Calls.json").status_code == 200
