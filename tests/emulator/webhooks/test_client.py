"""The webhook client against applications that somebody else wrote, over real sockets."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Awaitable, Callable

import pytest
from aiohttp import web
from webhook_bench import FORM, MakeClient, Sent, failure_of, fetch

from twilio_emulator.quirks import Quirks
from twilio_emulator.webhooks.client import Reply, WebhookClient


async def test_a_post_carries_a_signed_form_and_twilios_headers(app, client: WebhookClient) -> None:
    app.answer("/voice", text="<Response/>", content_type="text/xml")
    reply = await fetch(client, app.url + "/voice?tenant=a%20b")
    assert reply == Reply(app.url + "/voice?tenant=a%20b", 200, "text/xml; charset=utf-8", b"<Response/>")
    [request] = app.received
    assert (request.method, request.path, request.form) == ("POST", "/voice?tenant=a%20b", FORM)
    assert "FromCity=&Digits=1%2C%202" in request.body
    assert request.signature_is_valid
    assert request.headers["User-Agent"] == "TwilioProxy/1.1"
    assert request.headers["Accept"] == "*/*"
    assert request.headers["X-Home-Region"] == "us1"
    assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert uuid.UUID(request.headers["I-Twilio-Idempotency-Token"]).version == 4


async def test_a_get_carries_its_parameters_in_the_signed_query(app, client: WebhookClient) -> None:
    app.answer("/voice")
    await fetch(client, app.url + "/voice?tenant=1", method="GET")
    [request] = app.received
    assert request.method == "GET"
    assert request.path == "/voice?tenant=1&CallSid=CA1&From=%2B15551110001&FromCity=&Digits=1%2C%202"
    assert request.body == ""
    assert "Content-Type" not in request.headers
    assert request.signature_is_valid


async def test_a_url_with_unusual_characters_is_sent_and_signed_alike(app, client: WebhookClient) -> None:
    app.answer("/voice/grüße")
    await fetch(client, app.url + "/voice/grüße?q=%7E~+a%2Fb&empty=#rc=0")
    [request] = app.received
    assert request.path == "/voice/gr%C3%BC%C3%9Fe?q=%7E~+a%2Fb&empty="
    assert request.signature_is_valid


async def test_the_charset_can_be_announced(app, make_client: MakeClient) -> None:
    app.answer("/voice")
    await fetch(make_client(quirks=Quirks(form_charset=True)), app.url + "/voice")
    assert app.received[0].headers["Content-Type"] == "application/x-www-form-urlencoded; charset=UTF-8"


async def test_idempotency_tokens_differ_by_event_and_come_again_with_the_same_seed(
    app, make_client: MakeClient
) -> None:
    app.answer("/voice")
    for client in (make_client(), make_client()):
        await fetch(client, app.url + "/voice")
        await fetch(client, app.url + "/voice")
    first, second, first_again, second_again = [
        request.headers["I-Twilio-Idempotency-Token"] for request in app.received
    ]
    assert first != second
    assert (first, second) == (first_again, second_again)


async def test_cookies_come_back_within_a_call_and_never_in_another(app, client: WebhookClient) -> None:
    async def set_cookie(_: web.Request) -> web.Response:
        response = web.Response()
        response.set_cookie("session", "abc", path="/")
        return response

    app.answers["/voice"] = set_cookie
    for call_sid in ("CA1", "CA1", "CA2"):
        await fetch(client, app.url + "/voice", call_sid=call_sid)
    cookies = [request.headers.get("Cookie") for request in app.received]
    assert cookies == [None, "session=abc", None]


async def test_cookies_are_kept_for_the_newest_calls_only(
    app, client: WebhookClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("twilio_emulator.webhooks.cookies.MAX_CALLS_WITH_COOKIES", 2)

    async def set_cookie(_: web.Request) -> web.Response:
        response = web.Response()
        response.set_cookie("session", "abc", path="/")
        return response

    app.answers["/voice"] = set_cookie
    for call_sid in ("CA1", "CA2", "CA3", "CA3", "CA1"):
        await fetch(client, app.url + "/voice", call_sid=call_sid)
    cookies = [request.headers.get("Cookie") for request in app.received]
    assert cookies == [None, None, None, "session=abc", None]


def locked(scheme: str = "Basic") -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handler(request: web.Request) -> web.Response:
        if request.headers.get("Authorization") == "Basic " + base64.b64encode(b"me:p@w").decode():
            return web.Response(text="in")
        return web.Response(status=401, headers={"WWW-Authenticate": f'{scheme} realm="app"'})

    return handler


async def test_a_login_in_the_url_answers_a_challenge_and_is_not_signed(app, client: WebhookClient) -> None:
    app.answers["/voice"] = locked()
    url = app.url.replace("http://", "http://me:p%40w@") + "/voice"
    reply = await fetch(client, url)
    assert isinstance(reply, Reply)
    assert reply.url == url, "what is relative to the document needs the login, too"
    first, second = app.received
    assert "Authorization" not in first.headers
    assert first.signature_is_valid
    assert second.signature_is_valid


async def test_a_wrong_login_or_another_scheme_is_refused_after_one_try(app, client: WebhookClient) -> None:
    app.answers["/voice"] = locked()
    wrong = await fetch(client, app.url.replace("http://", "http://me:wrong@") + "/voice")
    assert failure_of(wrong).status == 401
    assert len(app.received) == 2
    app.answers["/voice"] = locked("Bearer")
    other = await fetch(client, app.url.replace("http://", "http://me:p%40w@") + "/voice")
    assert failure_of(other).status == 401
    assert len(app.received) == 3


async def test_no_password_shows_in_the_journal_or_in_a_failure(app, client: WebhookClient, sent: Sent) -> None:
    app.answer("/voice", status=500)
    outcome = await fetch(client, app.url.replace("http://", "http://me:hush@") + "/voice")
    assert "hush" not in repr(sent()) + repr(outcome)


async def test_media_is_a_signed_get_without_parameters(app, client: WebhookClient, sent: Sent) -> None:
    app.answer("/a.wav", body=b"RIFF\0\xff", content_type="audio/wav")
    reply = await client.fetch_media(app.url + "/a.wav?v=1", call_sid="CA1")
    assert reply == Reply(app.url + "/a.wav?v=1", 200, "audio/wav", b"RIFF\0\xff")
    [request] = app.received
    assert (request.method, request.path, request.body) == ("GET", "/a.wav?v=1", "")
    assert request.signature_is_valid
    [entry] = sent()
    assert (entry.purpose, entry.call_sid, entry.body) == ("media", "CA1", "(6 bytes of audio/wav)")


async def test_media_is_not_downloaded_again_while_its_version_is_the_same(app, client: WebhookClient) -> None:
    async def versioned(request: web.Request) -> web.Response:
        if request.headers.get("If-None-Match") == '"1"':
            return web.Response(status=304)
        return web.Response(body=b"RIFF", content_type="audio/wav", headers={"ETag": '"1"'})

    app.answers["/a.wav"] = versioned
    first = await client.fetch_media(app.url + "/a.wav")
    second = await client.fetch_media(app.url + "/a.wav")
    assert first == second
    assert isinstance(second, Reply)
    assert (second.status, second.body) == (200, b"RIFF")
    assert "If-None-Match" in app.received[1].headers


async def test_media_of_more_than_20_mib_is_refused_and_a_missing_file_is_a_failure(app, client: WebhookClient) -> None:
    app.answer("/a.wav", body=b"\0" * (20 * 1024 * 1024 + 1), content_type="audio/wav")
    assert failure_of(await client.fetch_media(app.url + "/a.wav")).code == 11750
    app.answer("/a.wav", status=404)
    assert failure_of(await client.fetch_media(app.url + "/a.wav")).code == 11200


async def test_media_never_leads_off_the_web(app, client: WebhookClient) -> None:
    async def lead_away(_: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": "file:///etc/passwd"})

    app.answers["/a.wav"] = lead_away
    assert failure_of(await client.fetch_media(app.url + "/a.wav")).code == 11216


async def test_cookies_are_forgotten_when_told_to(app, client: WebhookClient) -> None:
    async def set_cookie(_: web.Request) -> web.Response:
        response = web.Response()
        response.set_cookie("session", "abc", path="/")
        return response

    app.answers["/voice"] = set_cookie
    await fetch(client, app.url + "/voice", call_sid="CA1")
    client.forget_cookies()
    await fetch(client, app.url + "/voice", call_sid="CA1")
    assert [request.headers.get("Cookie") for request in app.received] == [None, None]
