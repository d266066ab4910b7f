"""Every code that REST can refuse with is provoked here, over the wire, and the table has no other."""

from __future__ import annotations

import pytest
from rest_bench import (
    ACCOUNT_SID,
    ANSWERED,
    AUTH_TOKEN,
    CALLEE,
    FINISHED,
    OF_CONFERENCES,
    OWNED,
    NotingWorld,
    RestBench,
    serve,
)
from twilio.base.exceptions import TwilioRestException

from twilio_emulator.journal import RestRequested
from twilio_emulator.rest.errors import ERRORS, RestError

CALL = {"To": CALLEE, "From": OWNED, "Url": "http://app.example/voice"}


def call_with(**changes: str) -> dict[str, str]:
    return {name: value for name, value in (CALL | changes).items() if value}


# (code, status, method, path, form or query). "{live}" and "{done}" stand for sids of calls, "{number}" for a number's.
REFUSALS: list[tuple[int, int, str, str, dict[str, str]]] = [
    (20001, 400, "GET", "/Calls.json", {"StartTime": "yesterday"}),
    (20001, 400, "GET", "/Calls.json", {"EndTime>": "2024-13-01"}),
    (20001, 400, "GET", "/Calls.json", {"Status": "initiated"}),
    (20001, 400, "GET", "/Calls.json", {"Page": "-1"}),
    (20001, 400, "POST", "/Calls/{live}.json", {"Status": "finished"}),
    (20001, 400, "GET", "/IncomingPhoneNumbers.json", {"Origin": "mars"}),
    (20001, 400, "POST", ".json", {"Status": "suspended"}),
    (20001, 400, "POST", ".json", {"Status": "asleep"}),
    (20001, 400, "POST", "/Tokens.json", {"Ttl": "86401"}),
    (20001, 400, "POST", "/OutgoingCallerIds.json", {"PhoneNumber": CALLEE, "Extension": "x"}),
    (20001, 400, "GET", "/AvailablePhoneNumbers/US/Local.json", {"Contains": "5"}),
    (20001, 400, "GET", "/AvailablePhoneNumbers/US/Local.json", {"Contains": "4-1-5"}),
    (20001, 400, "GET", "/AvailablePhoneNumbers/US/Local.json", {"NearNumber": "+15551110001"}),
    (20001, 400, "GET", "/AvailablePhoneNumbers/US/Local.json", {"NearLatLong": "37.8"}),
    (20001, 400, "GET", "/AvailablePhoneNumbers/US/Local.json", {"Distance": "501"}),
    (20001, 400, "GET", "/Usage/Records.json", {"Category": "beer"}),
    (20001, 400, "GET", "/Usage/Records.json", {"StartDate": "yesterday"}),
    (20001, 400, "POST", "/Queues.json", {}),
    (20001, 400, "POST", "/Queues.json", {"FriendlyName": "support"}),
    (20001, 400, "POST", "/Queues.json", {"FriendlyName": "sales", "MaxSize": "5001"}),
    (20001, 400, "POST", "/Queues/{queue}.json", {"MaxSize": "0"}),
    (20002, 400, "POST", "/Queues.json", {"FriendlyName": "x" * 65}),
    (20002, 400, "POST", "/IncomingPhoneNumbers/{number}.json", {"FriendlyName": "x" * 65}),
    (20002, 400, "POST", "/Applications.json", {"FriendlyName": "x" * 65}),
    (20002, 400, "POST", "/Keys.json", {"FriendlyName": "x" * 65}),
    (20002, 400, "POST", "/OutgoingCallerIds.json", {"PhoneNumber": CALLEE, "FriendlyName": "x" * 65}),
    (20004, 405, "DELETE", "/Calls.json", {}),
    (20004, 405, "PUT", "/Calls/{live}.json", {"Status": "completed"}),
    (20004, 405, "DELETE", ".json", {}),
    (20004, 405, "GET", "/Tokens.json", {}),
    (20007, 400, "GET", "/Calls.json", {"PageSize": "1001"}),
    (20007, 400, "GET", "/Calls.json", {"PageSize": "0"}),
    (20007, 400, "GET", "/IncomingPhoneNumbers.json", {"PageSize": "many"}),
    (20009, 409, "DELETE", "/Calls/{live}.json", {}),
    (20009, 409, "DELETE", "/Queues/{queue}.json", {}),
    (20404, 404, "GET", "/Queues/QU00000000000000000000000000000000.json", {}),
    (20404, 404, "GET", "/Queues/QU00000000000000000000000000000000/Members/Front.json", {}),
    (20404, 404, "GET", "/Queues/{queue}/Members/{done}.json", {}),
    (20404, 404, "GET", "/Calls/CA00000000000000000000000000000000.json", {}),
    (20404, 404, "POST", "/Calls/CA00000000000000000000000000000000.json", {"Status": "completed"}),
    (20404, 404, "DELETE", "/Calls/CA00000000000000000000000000000000.json", {}),
    (20404, 404, "GET", "/IncomingPhoneNumbers/PN00000000000000000000000000000000.json", {}),
    (20404, 404, "GET", "/Calls.csv", {}),
    (20404, 404, "GET", "/Applications/AP00000000000000000000000000000000.json", {}),
    (20404, 404, "GET", "/Keys/SK00000000000000000000000000000000.json", {}),
    (20404, 404, "GET", "/OutgoingCallerIds/PN00000000000000000000000000000000.json", {}),
    (20404, 404, "GET", "/AvailablePhoneNumbers/ZZ.json", {}),
    (20404, 404, "GET", "/AvailablePhoneNumbers/US/Mobile.json", {}),
    (20404, 404, "GET", "/AvailablePhoneNumbers/US/National.json", {}),
    (20404, 404, "GET", "/Usage/Records/Hourly.json", {}),
    (20404, 404, "GET", "/Calls.xml", {}),
    (20404, 404, "GET", "/Calls.json/x", {}),
    (20404, 404, "GET", "/Nothing.json", {}),
    (20404, 404, "GET", "/Calls/{live}/TwimlSessions.json", {}),
    (20404, 404, "GET", "/Calls/CA00000000000000000000000000000000/Recordings.json", {}),
    (20404, 404, "GET", "/Calls/{live}/Recordings/RE00000000000000000000000000000000.json", {}),
    (20404, 404, "POST", "/Calls/{live}/Recordings/Twilio.CURRENT.json", {"Status": "paused"}),
    (20404, 404, "GET", "/Recordings/RE00000000000000000000000000000000.json", {}),
    (20404, 404, "GET", "/Recordings/RE00000000000000000000000000000000.mp3", {}),
    (20404, 404, "GET", "/Notifications/NO00000000000000000000000000000000.json", {}),
    (20404, 404, "GET", "/Calls/{live}/Notifications/NO00000000000000000000000000000000.json", {}),
    (20404, 404, "POST", "/Calls/{live}/Streams/ear.json", {"Status": "stopped"}),
    (20404, 404, "DELETE", "/Calls/{live}/UserDefinedMessageSubscriptions/ZY1.json", {}),
    (20001, 400, "GET", "/Notifications.json", {"Log": "2"}),
    (20001, 400, "POST", "/Calls.json", call_with(RecordingChannels="three")),
    (20001, 400, "POST", "/Calls/{live}/Recordings.json", {"RecordingTrack": "neither"}),
    (20001, 400, "POST", "/Calls/{live}/Streams.json", {"Url": "wss://x.example/", "Track": "inbound"}),
    (21205, 400, "POST", "/Calls/{live}/Streams.json", {"Url": "https://x.example/"}),
    (21205, 400, "POST", "/Calls/{live}/Streams.json", {"Url": "wss://x.example:0x/"}),
    (21205, 400, "POST", "/Calls/{live}/UserDefinedMessageSubscriptions.json", {}),
    (21209, 400, "POST", "/Calls/{live}/Recordings.json", {"RecordingStatusCallbackMethod": "PUT"}),
    (21210, 400, "POST", "/Calls.json", call_with(CallerId="+15559990001")),
    (21212, 400, "POST", "/Calls.json", call_with(CallerId="+1")),
    (21220, 400, "POST", "/Calls/{done}/Recordings.json", {}),
    (21220, 400, "POST", "/Calls/{done}/Streams.json", {"Url": "wss://x.example/"}),
    (21220, 400, "POST", "/Calls/{done}/Siprec.json", {}),
    (21220, 400, "POST", "/Calls/{done}/Transcriptions.json", {}),
    (21234, 400, "POST", "/Calls.json", call_with(MachineDetectionTimeout="60")),
    (31211, 400, "POST", "/Calls/{done}/UserDefinedMessages.json", {"Content": "{}"}),
    (31212, 400, "POST", "/Calls/{live}/UserDefinedMessages.json", {"Content": '"' + "x" * 10_000 + '"'}),
    (32702, 400, "POST", "/Calls/{live}/UserDefinedMessages.json", {"Content": "{"}),
    (32702, 400, "POST", "/Calls/{live}/UserDefinedMessages.json", {"Content": "[" * 9_000}),
    (20404, 404, "POST", "/Messages.json", {"To": CALLEE, "From": OWNED, "Body": "hello"}),
    (20413, 413, "POST", "/Calls.json", call_with(Twiml="x" * 70_000)),
    (21200, 400, "POST", "/Calls.json", call_with(TimeLimit="86401")),
    (21200, 400, "POST", "/Calls/{live}.json", {"TimeLimit": "soon"}),
    (21201, 400, "POST", "/Calls.json", call_with(To="")),
    (21205, 400, "POST", "/Calls.json", call_with(Url="")),
    (21205, 400, "POST", "/Calls.json", call_with(Url="/voice")),
    (21205, 400, "POST", "/Calls.json", call_with(Url="ftp://app.example/voice")),
    (21205, 400, "POST", "/Calls.json", call_with(FallbackUrl="app.example")),
    (21205, 400, "POST", "/Calls/{live}.json", {"Url": "voice.xml"}),
    (21205, 400, "POST", "/Queues/{queue}/Members/Front.json", {}),
    (21205, 400, "POST", "/Queues/{queue}/Members/Front.json", {"Url": "/next"}),
    (21209, 400, "POST", "/Queues/{queue}/Members/Front.json", {"Url": "http://app.example/", "Method": "PUT"}),
    (21206, 400, "POST", "/Calls.json", call_with(SendDigits="12x")),
    (21206, 400, "POST", "/Calls.json", call_with(SendDigits="1" * 33)),
    (21208, 400, "POST", "/Calls.json", call_with(Timeout="601")),
    (21208, 400, "POST", "/Calls.json", call_with(Timeout="-1")),
    (21208, 400, "POST", "/Calls.json", call_with(Timeout="5.5")),
    (21209, 400, "POST", "/Calls.json", call_with(Method="PUT")),
    (21209, 400, "POST", "/Calls.json", call_with(FallbackMethod="HEAD")),
    (21209, 400, "POST", "/Calls.json", call_with(StatusCallbackMethod="PATCH")),
    (21209, 400, "POST", "/Calls/{live}.json", {"Url": "http://app.example/", "Method": "PUT"}),
    (21210, 400, "POST", "/Calls.json", call_with(From="+15559990001")),
    (21211, 400, "POST", "/Calls.json", call_with(To="5552220001")),
    (21211, 400, "POST", "/Calls.json", call_with(To="client:")),
    (21211, 400, "POST", "/Calls.json", call_with(To="whatsapp:+15552220001")),
    (21211, 400, "POST", "/Calls.json", call_with(To=OWNED)),
    (21212, 400, "POST", "/Calls.json", call_with(From="hello")),
    (21212, 400, "POST", "/Calls.json", call_with(From="client:alice")),
    (21213, 400, "POST", "/Calls.json", call_with(From="")),
    (21218, 400, "POST", "/Calls.json", call_with(Url="", ApplicationSid="AP" + "0" * 32)),
    (21220, 400, "POST", "/Calls/{done}.json", {"Url": "http://app.example/voice"}),
    (21220, 400, "POST", "/Calls/{queued}.json", {"Twiml": "<Response/>"}),
    (21220, 400, "POST", "/Calls/{done}.json", {"TimeLimit": "10"}),
    (21234, 400, "POST", "/Calls.json", call_with(MachineDetection="Maybe")),
    (21234, 400, "POST", "/Calls.json", call_with(MachineDetectionTimeout="2")),
    (21234, 400, "POST", "/Calls.json", call_with(MachineDetectionSpeechThreshold="9999")),
    (21300, 400, "POST", "/Calls.json", call_with(Byoc="BY" + "0" * 32)),
    (21401, 400, "POST", "/OutgoingCallerIds.json", {"PhoneNumber": "5551234"}),
    (21401, 400, "POST", "/OutgoingCallerIds.json", {}),
    (21402, 400, "POST", "/OutgoingCallerIds.json", {"PhoneNumber": CALLEE, "StatusCallback": "status"}),
    (21402, 400, "POST", "/Applications.json", {"VoiceUrl": "voice"}),
    (21402, 400, "POST", "/Applications.json", {"MessageStatusCallback": "status"}),
    (21402, 400, "POST", "/IncomingPhoneNumbers/{number}.json", {"VoiceUrl": "voice"}),
    (21402, 400, "POST", "/IncomingPhoneNumbers/{number}.json", {"StatusCallback": "ftp://app.example/"}),
    (21403, 400, "POST", "/IncomingPhoneNumbers/{number}.json", {"VoiceMethod": "PUT"}),
    (21403, 400, "POST", "/Applications.json", {"StatusCallbackMethod": "PUT"}),
    (21405, 400, "POST", "/Applications.json", {"VoiceFallbackUrl": "http://app.example/f"}),
    (21405, 400, "POST", "/IncomingPhoneNumbers/{number}.json", {"VoiceFallbackUrl": "http://app.example/f"}),
    (21420, 400, "POST", "/IncomingPhoneNumbers/{number}.json", {"VoiceApplicationSid": "AP" + "0" * 32}),
    (21421, 400, "POST", "/IncomingPhoneNumbers.json", {"PhoneNumber": "33"}),
    (21421, 400, "POST", "/IncomingPhoneNumbers.json", {}),
    (21422, 400, "POST", "/IncomingPhoneNumbers.json", {"PhoneNumber": OWNED}),
    (21422, 400, "POST", "/IncomingPhoneNumbers/TollFree.json", {"PhoneNumber": "+14155550999"}),
    (21450, 400, "POST", "/OutgoingCallerIds.json", {"PhoneNumber": OWNED}),
    (21451, 400, "GET", "/AvailablePhoneNumbers/US/Local.json", {"AreaCode": "115"}),
    (21451, 400, "POST", "/IncomingPhoneNumbers.json", {"AreaCode": "12"}),
    (21452, 400, "POST", "/IncomingPhoneNumbers.json", {"AreaCode": "415"}),
    (21454, 400, "POST", "/OutgoingCallerIds.json", {"PhoneNumber": CALLEE, "CallDelay": "61"}),
    (21472, 400, "POST", "/IncomingPhoneNumbers/{number}.json", {"AccountSid": "AC" + "9" * 32}),
    (21481, 400, "GET", "/Calls.json", {"PageToken": "next"}),
    (32018, 400, "POST", "/Calls.json", call_with(Url="", Twiml="x" * 4001)),
]
# In test_accounts.py, test_api_keys.py and test_app.py; those of conferences in test_conference_errors.py.
PROVOKED_ELSEWHERE = {16108, 16113, 20003, 20005, 20006, 20429, 20500, 20503, *OF_CONFERENCES}


@pytest.fixture(scope="module")
def furnished() -> NotingWorld:
    """A world with a live, a queued and a finished call, a queue with a call in it, and no number left in area 415."""
    world = NotingWorld()
    world.add_queue("support", world.add_call(*ANSWERED))
    for line in range(100, 200):
        world.add_number(f"+14155550{line}")
    world.add_number()
    return world


@pytest.fixture(scope="module")
def served(furnished: NotingWorld):

    with serve(furnished) as bench:
        yield bench


@pytest.mark.parametrize(("code", "status", "method", "path", "parameters"), REFUSALS)
def test_what_twilio_refuses_is_refused_with_its_code(
    served: RestBench, code: int, status: int, method: str, path: str, parameters: dict[str, str]
) -> None:
    world = served.world
    number = world.store.owned(OWNED)
    assert number is not None
    path = path.replace("{live}", world.add_call(*ANSWERED).sid).replace("{done}", world.add_call(*FINISHED).sid)
    path = path.replace("{queued}", world.add_call().sid).replace("{number}", number.sid)
    path = path.replace("{queue}", world.store.queues.all()[0].sid)
    before = repr(number), len(world.store.calls()), len(world.placed), world.redirected[:], world.limited[:]

    sent = {"params": parameters} if method == "GET" else {"data": parameters}
    response = served.request(method, path, **sent)

    body = response.json()
    assert (response.status_code, body["code"], body["status"]) == (status, code, status), body
    assert set(body) == {"code", "message", "more_info", "status"}
    assert body["more_info"] == f"https://www.twilio.com/docs/errors/{code}"
    assert response.headers["Content-Type"] == "application/json"
    after = repr(number), len(world.store.calls()), len(world.placed), world.redirected, world.limited
    assert after == before, "a request that is refused changes nothing"
    entry = world.journal.of(RestRequested)[-1]
    assert (entry.method, entry.status, entry.error_code) == (method, status, code)


@pytest.mark.parametrize(
    "path",
    [
        "/2010-04-01/Accounts/{account}/Messages.json",
        "/2010-04-01/Accounts/{account}/SMS/ShortCodes",
        "/v2/Services/VA1",
    ],
)
def test_who_asks_for_another_product_is_told_that_this_one_speaks_voice(served: RestBench, path: str) -> None:
    reply = served.session.get(served.base_url + path.replace("{account}", ACCOUNT_SID))
    assert (reply.status_code, reply.json()["code"]) == (404, 20404)
    assert "This emulator speaks Voice" in reply.json()["message"]


def test_every_code_of_the_table_is_provoked() -> None:
    assert {refusal[0] for refusal in REFUSALS} | PROVOKED_ELSEWHERE == set(ERRORS)


@pytest.mark.parametrize("code", ERRORS)
def test_every_code_has_a_title_and_a_status_of_an_error(code: int) -> None:
    fact = ERRORS[code]
    assert fact.title
    assert 400 <= fact.status < 600


@pytest.mark.parametrize(
    ("auth", "sid"),
    [
        (None, ACCOUNT_SID),
        ((ACCOUNT_SID, "wrong"), ACCOUNT_SID),
        (("AC" + "1" * 32, AUTH_TOKEN), ACCOUNT_SID),
        ((ACCOUNT_SID, ""), ACCOUNT_SID),
        ((ACCOUNT_SID, AUTH_TOKEN + "x"), ACCOUNT_SID),
        (("ünïcode", "pässwörd"), ACCOUNT_SID),
    ],
)
def test_wrong_credentials_are_20003_with_a_challenge(bench: RestBench, auth, sid: str) -> None:
    bench.session.auth = auth and tuple(part.encode() for part in auth)
    response = bench.session.get(f"{bench.base_url}/2010-04-01/Accounts/{sid}/Calls.json")
    assert response.status_code == 401
    assert response.json() == {
        "code": 20003,
        "message": "Authenticate",
        "more_info": "https://www.twilio.com/docs/errors/20003",
        "status": 401,
    }
    assert response.headers["WWW-Authenticate"].startswith("Basic")


def test_another_scheme_with_the_right_credentials_is_refused(bench: RestBench) -> None:
    bench.session.auth = None
    right = bench.session.get(bench.account_url + ".json", auth=(ACCOUNT_SID, AUTH_TOKEN)).request.headers[
        "Authorization"
    ]
    for header in (right.replace("Basic", "Bearer"), right.replace("Basic ", ""), "Basic", "Basic ÿ"):
        response = bench.session.get(bench.account_url + ".json", headers={"Authorization": header.encode("latin-1")})
        assert response.status_code == 401, header
    lower = bench.session.get(bench.account_url + ".json", headers={"Authorization": right.replace("Basic", "basic")})
    assert lower.status_code == 200


def test_another_account_is_not_found_and_strangers_do_not_learn_what_exists(bench: RestBench) -> None:
    other = bench.account_url.replace(ACCOUNT_SID, "AC" + "1" * 32)
    assert bench.session.get(other + "/Calls.json").json()["code"] == 20404
    bench.session.auth = None
    assert bench.session.get(other + "/Calls.json").status_code == 401
    assert bench.session.get(bench.base_url + "/").status_code == 401


def test_the_sdk_raises_twilios_code(bench: RestBench) -> None:
    with pytest.raises(TwilioRestException) as refusal:
        bench.client.calls.create(to=CALLEE, from_="+15559990001", twiml="<Response/>")
    assert (refusal.value.code, refusal.value.status) == (21210, 400)
    assert "+15559990001, is not yet verified" in refusal.value.msg


def test_messages_are_not_emulated_and_the_reply_says_so(bench: RestBench) -> None:
    with pytest.raises(TwilioRestException) as refusal:
        bench.client.messages.create(to=CALLEE, from_=OWNED, body="hello")
    assert refusal.value.code == 20404
    assert "This emulator speaks Voice" in refusal.value.msg


def test_a_refusal_tells_the_person_what_to_change(bench: RestBench) -> None:
    bench.request("POST", "/Calls.json", data=call_with(Url="/voice"))
    [problem] = bench.problems()
    assert (problem.code, problem.level) == (21205, "error")
    assert problem.message == "Url is not a valid URL: /voice"
    assert problem.hint == "Give an absolute URL that begins with http:// or https://."


def test_looking_for_a_call_that_is_not_there_is_nobodys_mistake(bench: RestBench) -> None:
    bench.request("GET", "/Calls/CA00000000000000000000000000000000.json")
    assert bench.problems() == []


def test_a_bug_of_the_emulator_is_20500_and_the_next_request_works(
    bench: RestBench, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_: object) -> None:
        raise ZeroDivisionError

    bench.world.place_call = broken  # type: ignore[method-assign, assignment]
    response = bench.request("POST", "/Calls.json", data=CALL)
    assert (response.status_code, response.json()["code"]) == (500, 20500)
    assert "bug of the emulator" in caplog.text
    assert bench.request("GET", "/Calls.json").status_code == 200


def test_an_error_carries_its_facts() -> None:
    error = RestError(21210, number="+15559990001")
    assert (error.code, error.status) == (21210, 400)
    assert error.hint == ERRORS[21210].hint
