"""Clients, SIP users, SIMs, WhatsApp and applications: who can be dialled besides telephones, and who dials in."""

from __future__ import annotations

import pytest
from customer import Customer
from journal_views import codes
from sounds import tone_line
from twilio.base.exceptions import TwilioRestException
from twilio.twiml.voice_response import Application, Client, Dial, VoiceResponse

from twilio_emulator import CannotTransfer, Handset, Line, NoApplication, TwilioEmulator
from twilio_emulator.journal import Problem

NUMBER = "+15550001111"
CALLER = "+15557770001"
HELLO = tone_line(440, 0.5)


@pytest.fixture
def caller(twilio: TwilioEmulator, customer: Customer) -> Handset:
    twilio.add_number(NUMBER, voice_url=f"{customer.url}/voice")
    customer.pages["/done"] = "<Response/>"
    return twilio.handset(CALLER)


def document(dial: Dial) -> str:
    response = VoiceResponse()
    response.append(dial)
    return str(response)


def a_dial(**attributes: object) -> Dial:
    return Dial(**{"action": "/done", **attributes})


async def talk(line: Line, answered: Line) -> None:
    """The caller says hello and is heard, the callee hangs up."""
    await answered.wait_until("in-progress")
    await line.play(HELLO)
    await line.silence(0.1)
    assert HELLO in answered.heard.ulaw()
    await answered.hang_up()
    await line.wait_until("completed")


async def test_a_client_is_dialled_by_its_identity(twilio: TwilioEmulator, customer: Customer, caller: Handset) -> None:
    dial = a_dial()
    client = Client()
    client.identity("alice")
    client.parameter(name="why", value="a question")
    dial.append(client)
    customer.pages["/voice"] = document(dial)
    alice = twilio.handset("client:alice")
    line = await caller.dial(NUMBER)
    answered = await alice.next_call()
    assert answered.parameters == {"why": "a question"}
    await talk(line, answered)
    [child] = twilio.client().calls.list(to="client:alice")
    assert (child._from, child.parent_call_sid, child.status) == (CALLER, line.call_sid, "completed")
    assert customer.forms("/done")[0]["DialCallStatus"] == "completed"


async def test_a_sip_user_is_dialled_with_headers(twilio: TwilioEmulator, customer: Customer, caller: Handset) -> None:
    dial = a_dial(caller_id="front-desk")
    dial.sip("sip:Bob@EXAMPLE.com:5060;transport=tls?X-Ticket=42", username="u", password="p")
    customer.pages["/voice"] = document(dial)
    bob = twilio.handset("sip:Bob@example.com")
    line = await caller.dial(NUMBER)
    answered = await bob.next_call()
    assert answered.parameters == {"X-Ticket": "42"}
    await talk(line, answered)
    [child] = twilio.client().calls.list(parent_call_sid=line.call_sid)
    assert (child._from, child.to) == ("front-desk", "sip:Bob@EXAMPLE.com:5060;transport=tls")
    [form] = customer.forms("/done")
    assert form["DialSipResponseCode"] == "200"
    assert form["DialSipCallId"] == f"{child.sid[2:]}@0.0.0.0"


async def test_the_screening_of_a_sip_user_is_told_of_its_leg(
    twilio: TwilioEmulator, customer: Customer, caller: Handset
) -> None:
    dial = a_dial()
    dial.sip("sip:bob@PBX.example.com:5070;transport=tls?X-Ticket=42", url="/screen")
    customer.pages |= {"/voice": document(dial), "/screen": "<Response><Redirect>/again</Redirect></Response>"}
    customer.pages["/again"] = "<Response/>"
    bob = twilio.handset("sip:bob@pbx.example.com:5070")
    line = await caller.dial(NUMBER)
    await talk(line, await bob.next_call())
    [child] = twilio.client().calls.list(to="sip:bob@PBX.example.com:5070;transport=tls")
    [form] = customer.forms("/screen")
    assert (form["SipCallId"], form["SipDomain"]) == (f"{child.sid[2:]}@0.0.0.0", "pbx.example.com")
    [form] = customer.forms("/again")
    assert "SipCallId" not in form


async def test_the_screening_of_a_number_is_told_nothing_of_sip(
    twilio: TwilioEmulator, customer: Customer, caller: Handset
) -> None:
    dial = a_dial()
    dial.number("+15557770002", url="/screen")
    customer.pages |= {"/voice": document(dial), "/screen": "<Response/>"}
    phone = twilio.handset("+15557770002")
    line = await caller.dial(NUMBER)
    await talk(line, await phone.next_call())
    assert not {"SipCallId", "SipDomain"} & customer.forms("/screen")[0].keys()


async def test_a_sip_user_who_is_busy_is_told_with_its_code(
    twilio: TwilioEmulator, customer: Customer, caller: Handset
) -> None:
    dial = a_dial()
    dial.sip("sip:bob@example.com")
    customer.pages["/voice"] = document(dial)
    twilio.handset("sip:bob@example.com", behavior="busy")
    line = await caller.dial(NUMBER)
    await line.wait_until("completed")
    [form] = customer.forms("/done")
    assert (form["DialCallStatus"], form["DialSipResponseCode"]) == ("busy", "486")


async def test_headers_of_a_sip_leg_can_be_elements(
    twilio: TwilioEmulator, customer: Customer, caller: Handset
) -> None:
    headers = (
        "<Headers><Header name='X-A' value='1'/><Header name='Via' value='x'/><Header name='X b' value='2'/></Headers>"
    )
    uris = (
        "<Uri priority='2' weight='9'>sip:no@example.com</Uri><Uri priority='1'>sip:nor@example.com</Uri>"
        "<Uri priority='1' weight='5'>sip:bob@example.com</Uri>"
    )
    sip = f"<Sip>{uris}{headers}</Sip>"
    customer.pages["/voice"] = f"<Response><Dial action='/done'>{sip}</Dial></Response>"
    bob = twilio.handset("sip:bob@example.com")
    line = await caller.dial(NUMBER)
    answered = await bob.next_call()
    assert answered.parameters == {"X-A": "1"}
    assert codes(twilio) == [32113, 32111]
    await talk(line, answered)


@pytest.mark.parametrize(
    ("noun", "address"),
    [("sim", "DE" + "1" * 32), ("whats_app", "+15557770009")],
)
async def test_a_sim_and_a_whatsapp_user_ring_at_addresses_of_their_own(
    twilio: TwilioEmulator, customer: Customer, caller: Handset, noun: str, address: str
) -> None:
    dial = a_dial()
    getattr(dial, noun)(address)
    customer.pages["/voice"] = document(dial)
    where = f"{'sim' if noun == 'sim' else 'whatsapp'}:{address}"
    phone = twilio.handset(where)
    line = await caller.dial(NUMBER)
    await talk(line, await phone.next_call())
    assert [call.to for call in twilio.client().calls.list(parent_call_sid=line.call_sid)] == [where]


async def test_a_client_that_is_not_there_fails_and_the_journal_says_what_to_add(
    twilio: TwilioEmulator, customer: Customer, caller: Handset
) -> None:
    dial = a_dial()
    dial.client("nobody")
    customer.pages["/voice"] = document(dial)
    line = await caller.dial(NUMBER)
    await line.wait_until("completed")
    assert customer.forms("/done")[0]["DialCallStatus"] == "failed"
    assert any('twilio.handset("client:nobody")' in problem.hint for problem in twilio.journal.of(Problem))


@pytest.mark.parametrize("copies", [False, True])
async def test_an_application_answers_as_a_call_of_its_own(
    twilio: TwilioEmulator, customer: Customer, caller: Handset, copies: bool
) -> None:
    application = twilio.client().applications.create(voice_url=f"{customer.url}/app", friendly_name="app")
    customer.pages["/app"] = "<Response><Play digits='7'/><Pause/></Response>"
    noun = Application(application.sid, copy_parent_to=copies)
    noun.parameter(name="department", value="sales")
    dial = a_dial()
    dial.append(noun)
    customer.pages["/voice"] = document(dial)
    line = await caller.dial(NUMBER)
    assert await line.wait_for_digits(1) == "7"
    await line.wait_until("completed")
    [form] = customer.forms("/app")
    assert (form["From"], form["To"]) == (CALLER, NUMBER if copies else application.sid)
    assert (form["Direction"], form["CallStatus"]) == ("inbound", "ringing")
    assert (form["department"], form["CustomerId"]) == ("sales", twilio.account_sid)
    assert form["ApplicationSid"] == application.sid
    assert customer.forms("/done")[0]["DialCallStatus"] == "completed"


async def test_the_application_of_another_account_must_be_public(
    twilio: TwilioEmulator, customer: Customer, caller: Handset
) -> None:
    sub = twilio.client().api.v2010.accounts.create(friendly_name="sub")
    owner = Customer(sub.auth_token)
    await owner.start()
    application = twilio.client().api.v2010.accounts(sub.sid).applications.create(voice_url=f"{owner.url}/app")
    owner.pages["/app"] = "<Response><Pause/><Say>Goodbye.</Say></Response>"
    dial = a_dial()
    dial.append(Application(application.sid))
    customer.pages["/voice"] = document(dial)
    for is_public, status in ((False, "failed"), (True, "completed")):
        application.update(public_application_connect_enabled=is_public)
        line = await caller.dial(NUMBER)
        await line.wait_until("completed")
        assert customer.forms("/done")[-1]["DialCallStatus"] == status
    await owner.stop()
    assert [form["AccountSid"] for form in owner.forms("/app")] == [sub.sid]
    assert not owner.unsigned, "it is signed with the token of the account that the application belongs to"


async def test_a_client_dials_into_its_application(twilio: TwilioEmulator, customer: Customer) -> None:
    application = twilio.client().applications.create(voice_url=f"{customer.url}/app", friendly_name="app")
    customer.pages["/app"] = "<Response><Pause length='2'/><Play digits='3'/></Response>"
    alice = twilio.handset("client:alice", application=application.sid)
    line = await alice.dial("room 5", parameters={"colour": "blue"})
    assert await line.wait_for_digits(1) == "3"
    await line.wait_until("completed")
    [form] = customer.forms("/app")
    told = (form["From"], form["To"], form["ApplicationSid"], form["colour"], form["Direction"])
    assert told == ("client:alice", "room 5", application.sid, "blue", "inbound")
    assert "FromCountry" not in form


async def test_a_sip_user_dials_into_the_domains_application(twilio: TwilioEmulator, customer: Customer) -> None:
    application = twilio.client().applications.create(voice_url=f"{customer.url}/app", friendly_name="domain")
    customer.pages["/app"] = "<Response><Hangup/></Response>"
    bob = twilio.handset("sip:bob@example.com", application=application.sid)
    line = await bob.dial("sip:+15550001111@acme.sip.twilio.com", parameters={"X-Ticket": "42", "Other": "no"})
    await line.wait_until("completed")
    [form] = customer.forms("/app")
    assert (form["From"], form["To"]) == ("sip:bob@example.com", "sip:+15550001111@acme.sip.twilio.com")
    assert (form["SipDomain"], form["SipHeader_X-Ticket"]) == ("acme.sip.twilio.com", "42")
    assert "SipHeader_Other" not in form


async def test_a_client_without_an_application_cannot_dial(twilio: TwilioEmulator) -> None:
    for application in ("", "AP" + "0" * 32):
        with pytest.raises(NoApplication, match="application"):
            await twilio.handset("client:alice", application=application).dial("anything")


async def test_a_client_must_name_a_number_to_call_a_telephone(twilio: TwilioEmulator, customer: Customer) -> None:
    application = twilio.client().applications.create(voice_url=f"{customer.url}/app", friendly_name="app")
    twilio.add_number(NUMBER)
    customer.pages["/done"] = "<Response/>"
    phone = twilio.handset(CALLER)
    alice = twilio.handset("client:alice", application=application.sid)
    for caller_id, status in (("", "failed"), (NUMBER, "completed")):
        dial = a_dial(caller_id=caller_id) if caller_id else a_dial()
        dial.number(CALLER)
        customer.pages["/app"] = document(dial)
        line = await alice.dial()
        if caller_id:
            await talk(line, await phone.next_call())
        await line.wait_until("completed")
        assert customer.forms("/done")[-1]["DialCallStatus"] == status
    assert codes(twilio) == [13214]


@pytest.mark.parametrize(
    ("to", "rings_at", "shown", "parameters"),
    [
        ("client:alice?mood=good", "client:alice", "client:alice", {"mood": "good"}),
        ("sip:bob@example.com?X-A=1", "sip:bob@example.com", "sip:bob@example.com", {"X-A": "1"}),
    ],
)
async def test_rest_calls_them_too(
    twilio: TwilioEmulator, to: str, rings_at: str, shown: str, parameters: dict[str, str]
) -> None:
    twilio.add_number(NUMBER)
    phone = twilio.handset(rings_at, script=[{"press": "1"}, {"hang_up": True}])
    twiml = "<Response><Pause length='9'/></Response>"
    call = twilio.client().calls.create(to=to, from_=NUMBER, twiml=twiml)
    line = await phone.next_call()
    assert line.parameters == parameters
    await twilio.wait_for_call(call.sid)
    assert twilio.client().calls(call.sid).fetch().to == shown


@pytest.mark.parametrize("to", ["client:", "sip:", "sip:bob@", "client:" + "a" * 257])
async def test_rest_refuses_what_is_no_address(twilio: TwilioEmulator, to: str) -> None:
    twilio.add_number(NUMBER)
    with pytest.raises(TwilioRestException) as refusal:
        twilio.client().calls.create(to=to, from_=NUMBER, twiml="<Response/>")
    assert refusal.value.code == 21211


@pytest.mark.parametrize("address", ["client:", "sip:bob@", "sim:1", "fax:1", "12"])
async def test_no_phone_can_be_where_nothing_can_ring(twilio: TwilioEmulator, address: str) -> None:
    with pytest.raises(ValueError, match=r"client:alice|sip:user@host|DE and 32|E\.164"):
        twilio.handset(address)


async def test_a_sip_user_transfers_the_caller_to_somebody_else(
    twilio: TwilioEmulator, customer: Customer, caller: Handset
) -> None:
    dial = a_dial(refer_url="/refer")
    dial.sip("sip:bob@example.com")
    customer.pages["/voice"] = document(dial)

    def refer(form: dict[str, str]) -> str:
        response = VoiceResponse()
        response.dial().sip(form["ReferTransferTarget"])
        return str(response)

    customer.pages["/refer"] = refer
    bob, carol = twilio.handset("sip:bob@example.com"), twilio.handset("sip:carol@example.com")
    line = await caller.dial(NUMBER)
    first = await bob.next_call()
    await first.wait_until("in-progress")
    await first.transfer("sip:carol@example.com")
    await first.wait_until("completed")
    await talk(line, await carol.next_call())
    assert customer.forms("/done") == [], "a transfer takes the place of the action"


async def test_a_sip_user_who_dialled_transfers_the_one_it_reached(twilio: TwilioEmulator, customer: Customer) -> None:
    application = twilio.client().applications.create(voice_url=f"{customer.url}/app", friendly_name="domain")
    twilio.add_number(NUMBER)
    dial = a_dial(refer_url="/refer", caller_id=NUMBER)
    dial.number(CALLER)
    customer.pages |= {"/app": document(dial), "/refer": "<Response><Play digits='4'/><Pause/></Response>"}
    phone = twilio.handset(CALLER)
    line = await twilio.handset("sip:bob@example.com", application=application.sid).dial("sip:x@acme.sip.twilio.com")
    reached = await phone.next_call()
    await reached.wait_until("in-progress")
    await line.transfer("sip:carol@example.com")
    assert await reached.wait_for_digits(1) == "4"
    await reached.wait_until("completed")
    assert line.status == "completed"
    [form] = customer.forms("/refer")
    assert (form["ReferTransferTarget"], form["Direction"]) == ("sip:carol@example.com", "outbound-dial")


async def test_only_a_sip_user_in_a_conversation_can_transfer(
    twilio: TwilioEmulator, customer: Customer, caller: Handset
) -> None:
    customer.pages["/voice"] = "<Response><Pause length='9'/><Say>Hi.</Say></Response>"
    line = await caller.dial(NUMBER)
    with pytest.raises(CannotTransfer, match="SIP"):
        await line.transfer("sip:carol@example.com")
    await line.hang_up()
