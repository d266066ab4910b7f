"""What the webhook client makes of an application's replies: redirects, errors, sizes, retries."""

from __future__ import annotations

import gzip
from collections.abc import Awaitable, Callable

import pytest
from aiohttp import web
from webhook_bench import FORM, Sent, failure_of, fetch

from twilio_emulator.journal import Journal, WebhookSent
from twilio_emulator.webhooks.client import Reply, WebhookClient


def redirect_to(location: str, status: int = 302) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handler(_: web.Request) -> web.Response:
        return web.Response(status=status, headers={"Location": location} if location else {})

    return handler


async def test_a_redirect_is_followed_with_a_signed_get(app, client: WebhookClient) -> None:
    app.answers["/voice"] = redirect_to("/next?digits=1")
    app.answer("/next", text="<Response/>")
    reply = await fetch(client, app.url + "/voice")
    assert isinstance(reply, Reply)
    assert reply.url == app.url + "/next?digits=1"
    last = app.received[-1]
    assert last.method == "GET"
    assert last.path == "/next?digits=1&CallSid=CA1&From=%2B15551110001&FromCity="
    assert last.signature_is_valid


async def test_a_307_is_followed_with_the_same_signed_form(app, client: WebhookClient) -> None:
    app.answers["/voice"] = redirect_to("/next", 307)
    app.answer("/next")
    await fetch(client, app.url + "/voice")
    assert app.received[-1].form == FORM
    assert app.received[-1].signature_is_valid


async def test_ten_redirects_are_followed_and_eleven_are_too_many(app, client: WebhookClient) -> None:
    for number in range(11):
        app.answers[f"/{number}"] = redirect_to(f"/{number + 1}")
    app.answer("/11", text="here")
    assert isinstance(await fetch(client, app.url + "/1"), Reply)
    assert len(app.received) == 11
    assert failure_of(await fetch(client, app.url + "/0")).code == 11215


@pytest.mark.parametrize(
    ("status", "location"),
    [(302, ""), (302, "file:///etc/passwd"), (308, "/next"), (304, ""), (300, "/next")],
)
async def test_an_invalid_redirect_is_11216(app, client: WebhookClient, status: int, location: str) -> None:
    app.answers["/voice"] = redirect_to(location, status)
    failure = failure_of(await fetch(client, app.url + "/voice"))
    assert (failure.code, failure.status) == (11216, status)


@pytest.mark.parametrize("status", [400, 403, 404, 500, 503])
async def test_an_error_status_is_11200_with_the_page_in_the_journal(
    app, client: WebhookClient, sent: Sent, status: int
) -> None:
    app.answer("/voice", status=status, text="<h1>Traceback</h1>", content_type="text/html")
    failure = failure_of(await fetch(client, app.url + "/voice"))
    assert (failure.code, failure.status, failure.url) == (11200, status, app.url + "/voice")
    [entry] = sent()
    assert (entry.status, entry.body, entry.error) == (status, "<h1>Traceback</h1>", failure.message)


async def test_a_compressed_document_is_read(app, client: WebhookClient) -> None:
    async def handler(_: web.Request) -> web.Response:
        return web.Response(body=gzip.compress(b"<Response/>"), headers={"Content-Encoding": "gzip"})

    app.answers["/voice"] = handler
    reply = await fetch(client, app.url + "/voice")
    assert isinstance(reply, Reply)
    assert reply.body == b"<Response/>"
    assert app.received[0].headers["Accept-Encoding"] == "gzip"


async def test_a_document_of_64_kb_is_accepted_and_a_larger_one_is_11750(app, client: WebhookClient) -> None:
    app.answer("/voice", body=b"x" * 65536)
    assert isinstance(await fetch(client, app.url + "/voice"), Reply)
    app.answer("/voice", body=b"x" * 65537)
    assert failure_of(await fetch(client, app.url + "/voice")).code == 11750


async def test_a_zip_bomb_costs_no_more_than_its_first_64_kb(app, client: WebhookClient) -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)

    async def handler(_: web.Request) -> web.Response:
        return web.Response(body=bomb, headers={"Content-Encoding": "gzip"})

    app.answers["/voice"] = handler
    assert failure_of(await fetch(client, app.url + "/voice")).code == 11750


async def test_a_chunked_document_without_chunks_is_11770(app, client: WebhookClient) -> None:
    async def handler(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        response.enable_chunked_encoding()
        await response.prepare(request)
        await response.write_eof()
        return response

    app.answers["/voice"] = handler
    assert failure_of(await fetch(client, app.url + "/voice")).code == 11770
    callback = await client.send(purpose="status callback", method="POST", url=app.url + "/voice", wants_document=False)
    assert isinstance(callback, Reply)


async def test_a_callbacks_reply_may_be_of_any_size(app, client: WebhookClient) -> None:
    app.answer("/status", body=b"x" * 100_000)
    reply = await client.send(purpose="status callback", method="POST", url=app.url + "/status", wants_document=False)
    assert isinstance(reply, Reply)


async def test_every_request_is_one_journal_entry(app, client: WebhookClient, journal: Journal) -> None:
    app.answer("/voice", text="<Response/>", content_type="text/xml")
    await fetch(client, app.url + "/voice")
    await fetch(client, "nonsense")
    first, second = journal.entries
    assert isinstance(first, WebhookSent)
    assert isinstance(second, WebhookSent)
    assert (first.purpose, first.method, first.url, first.call_sid) == (
        "voice",
        "POST",
        app.url + "/voice",
        "CA1",
    )
    assert first.parameters == FORM
    assert (first.status, first.body, first.error) == (200, "<Response/>", "")
    assert (second.status, second.url) == (0, "nonsense")
    assert "begin it with http:// or https://" in second.error


async def test_errors_are_not_retried_unless_the_url_asks_for_it(app, client: WebhookClient) -> None:
    app.answer("/voice", status=500)
    await fetch(client, app.url + "/voice")
    assert len(app.received) == 1
    await fetch(client, app.url + "/voice#rc=2&rp=4xx")
    assert len(app.received) == 2
    await fetch(client, app.url + "/voice#rc=2&rp=5xx")
    assert len(app.received) == 5


async def test_a_retry_that_succeeds_is_a_reply_with_the_same_idempotency_token(
    app, client: WebhookClient, sent: Sent
) -> None:
    async def second_time(_: web.Request) -> web.Response:
        return web.Response(status=200 if len(app.received) > 1 else 500)

    app.answers["/voice"] = second_time
    assert isinstance(await fetch(client, app.url + "/voice#rp=all"), Reply)
    first, second = app.received
    assert first.headers["I-Twilio-Idempotency-Token"] == second.headers["I-Twilio-Idempotency-Token"]
    assert [entry.status for entry in sent()] == [200]


async def test_a_stopped_client_answers_with_a_failure(app, client: WebhookClient) -> None:
    async def wait(_: web.Request) -> web.Response:
        await client.aclose()
        return web.Response()

    app.answers["/voice"] = wait
    assert failure_of(await fetch(client, app.url + "/voice")).code == 11205
