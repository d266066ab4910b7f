"""TwiML applications through the official SDK, and the calls and numbers that use them."""

from __future__ import annotations

import pytest
from rest_bench import CALLEE, OWNED, RestBench
from twilio.base.exceptions import TwilioRestException

from twilio_emulator.calls.call import StatusCallback
from twilio_emulator.twiml.flow import Instructions

URL = "http://localhost:5000/voice"


def test_an_application_is_made_changed_and_deleted(bench: RestBench) -> None:
    made = bench.client.applications.create(friendly_name="ivr", voice_url=URL, voice_method="GET")
    assert (made.friendly_name, made.voice_url, made.voice_method) == ("ivr", URL, "GET")
    assert (made.status_callback, made.sms_url, made.voice_fallback_url) == ("", "", None)
    changed = made.update(status_callback=URL, message_status_callback=URL, public_application_connect_enabled=True)
    assert (changed.voice_url, changed.status_callback, changed.message_status_callback) == (URL, URL, URL)
    assert changed.public_application_connect_enabled is True
    assert bench.client.applications(made.sid).fetch().uri == made.uri
    assert made.delete()
    assert bench.client.applications.list() == []
    assert bench.problems() == []


def test_applications_are_listed_by_name(bench: RestBench) -> None:
    one, two = (bench.client.applications.create(friendly_name=name) for name in ("one", "two"))
    assert [found.sid for found in bench.client.applications.list()] == [two.sid, one.sid]
    assert [found.sid for found in bench.client.applications.list(friendly_name="one")] == [one.sid]
    unnamed = bench.client.applications.create()
    assert unnamed.friendly_name == unnamed.sid


def test_a_call_takes_everything_from_its_application(bench: RestBench) -> None:
    app = bench.client.applications.create(
        voice_url=URL, voice_method="GET", voice_fallback_url=URL + "/f", status_callback=URL + "/s"
    )
    bench.client.calls.create(
        to=CALLEE,
        from_=OWNED,
        application_sid=app.sid,
        method="POST",
        fallback_url="http://ignored.example/",
        status_callback="http://ignored.example/",
    )
    [placed] = bench.world.placed
    assert placed.instructions == Instructions(url=URL, method="GET", fallback_url=URL + "/f")
    assert placed.status_callback == StatusCallback(url=URL + "/s")
    assert bench.problems() == []


@pytest.mark.parametrize("voice_url", [None, "elsewhere"])
def test_a_call_needs_an_application_of_the_same_account_that_answers(bench: RestBench, voice_url: str | None) -> None:
    sub = bench.client.api.v2010.accounts.create()
    owner = bench.client if voice_url is None else bench.client.api.v2010.accounts(sub.sid)
    app = owner.applications.create(**({} if voice_url is None else {"voice_url": URL}))
    with pytest.raises(TwilioRestException) as refused:
        bench.client.calls.create(to=CALLEE, from_=OWNED, application_sid=app.sid)
    assert refused.value.code == (21205 if voice_url is None else 21218)


def test_a_number_names_an_application_that_is_there(bench: RestBench) -> None:
    app = bench.client.applications.create(voice_url=URL)
    [number] = bench.client.incoming_phone_numbers.list()
    assert number.update(voice_application_sid=app.sid).voice_application_sid == app.sid
    stored = bench.world.store.owned(OWNED)
    assert stored is not None
    assert bench.world.store.voice_of(stored).voice_url == URL
    assert number.update(voice_application_sid="").voice_application_sid == ""
    number.update(voice_application_sid=app.sid)
    app.delete()
    assert bench.client.incoming_phone_numbers(number.sid).fetch().voice_application_sid == ""
