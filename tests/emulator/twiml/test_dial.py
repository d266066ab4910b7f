from __future__ import annotations

from collections.abc import Callable

import pytest
from twilio.twiml.voice_response import Dial, VoiceResponse

from twilio_emulator.calls.call import CallStatus, StatusCallback
from twilio_emulator.calls.machine_detection import MachineDetection
from twilio_emulator.calls.recordings import RecordingSource, RecordingSpec
from twilio_emulator.media.recorder import RecordingTrack, Trim
from twilio_emulator.quirks import Quirks
from twilio_emulator.twiml.dial_flow import (
    BridgeLeg,
    DropLeg,
    DropLegs,
    HandOverLeg,
    LegEnded,
    LegOrder,
    LegRang,
    LegReady,
    LegReferred,
    PlaceLeg,
)
from twilio_emulator.twiml.flow import (
    Answer,
    DigitPressed,
    FarEndReferred,
    Fetch,
    Forget,
    HangUp,
    IgnoreDigits,
    Instructions,
    ListenForDigits,
    PlaybackEnded,
    StartPlayback,
    StartTimer,
    StopPlayback,
    StopTimer,
    TimerFired,
)
from twilio_emulator.twiml.record_flow import RecordingStopped, StartRecording, StopRecording
from twilio_emulator.twiml.ringing import one_round

ONE, TWO = "+15557770001", "+15557770002"
SID, OTHER_SID = "CA" + "1" * 32, "CA" + "2" * 32
TIMER = "dial time limit"
RINGING = StartPlayback(one_round("us"))
TALKS = (BridgeLeg(0), StartTimer(TIMER, 14_400_000))


def to(number: str, **fields: object) -> LegOrder:
    return LegOrder(**{"route": number, "to": number, "timeout_s": 30, **fields})


def dialling(*nouns: str, **attributes: object) -> VoiceResponse:
    """A Dial of some numbers; /done is asked what is next."""
    dial = Dial(**{"action": "/done", **attributes})
    for noun in nouns:
        dial.number(noun)
    response = VoiceResponse()
    response.append(dial)
    return response


def done(parameters: dict[str, str], method: str = "POST") -> Fetch:
    return Fetch("https://app.example.com/done", method, parameters, "dial action")


def outcome(status: str, sid: str = SID, *, duration: int | None = None, bridged: bool = False) -> dict[str, str]:
    parameters = {"DialCallStatus": status, "DialCallSid": sid}
    if duration is not None:
        parameters["DialCallDuration"] = str(duration)
    return {**parameters, "DialBridged": str(bridged).lower()}


def ended(status: CallStatus = CallStatus.COMPLETED, duration: int | None = 9, *, leg: int = 0) -> LegEnded:
    return LegEnded(leg, SID if leg == 0 else OTHER_SID, status, duration)


# --- one leg -----------------------------------------------------------------------------------------


def test_a_number_rings_is_bridged_and_its_end_asks_the_action(playbook):
    response = VoiceResponse()
    response.dial(ONE, action="/done", method="GET")
    call = playbook(response, answered=False).does(Answer(), PlaceLeg(0, to(ONE)))
    call.hears(LegRang(0)).does(RINGING)
    call.hears(PlaybackEnded()).does(RINGING)
    call.hears(LegReady(0)).does(StopPlayback(), *TALKS)
    call.hears(ended()).does(StopTimer(TIMER), done(outcome("completed", duration=9, bridged=True), "GET"))
    call.still_waits()


@pytest.mark.parametrize(
    "status", [CallStatus.BUSY, CallStatus.NO_ANSWER, CallStatus.FAILED, CallStatus.CANCELED], ids=str
)
def test_a_leg_that_never_was_is_told_with_its_status(playbook, status):
    call = playbook(dialling(ONE)).does(PlaceLeg(0, to(ONE))).hears(LegRang(0)).does(RINGING)
    call.hears(ended(status, None)).does(StopPlayback(), done(outcome(status.value))).still_waits()


def test_a_screening_that_refuses_was_completed_and_not_bridged(playbook):
    call = playbook(dialling(ONE)).does(PlaceLeg(0, to(ONE)))
    call.hears(ended()).does(done(outcome("completed", duration=9))).still_waits()


def test_without_an_action_the_verb_below_runs(playbook):
    response = VoiceResponse()
    response.dial(ONE)
    response.hangup()
    call = playbook(response).does(PlaceLeg(0, to(ONE))).hears(LegReady(0)).does(*TALKS)
    call.hears(ended()).does(StopTimer(TIMER), HangUp()).is_over()
    assert call.verbs == ["Dial", "Hangup"]


def test_what_the_network_says_of_one_leg_is_not_told_of_another(playbook):
    call = playbook(dialling(ONE, TWO, sequential=True)).does(PlaceLeg(0, to(ONE)))
    call.hears(LegEnded(0, SID, CallStatus.BUSY, None, {"DialSipResponseCode": "486"})).does(PlaceLeg(1, to(TWO)))
    call.hears(ended(CallStatus.NO_ANSWER, None, leg=1)).does(done(outcome("no-answer", OTHER_SID))).still_waits()


def test_what_the_network_says_of_a_leg_is_told_to_the_action(playbook):
    call = playbook(dialling(ONE)).does(PlaceLeg(0, to(ONE)))
    call.hears(LegEnded(0, SID, CallStatus.BUSY, None, {"DialSipResponseCode": "486"}))
    call.does(done({**outcome("busy"), "DialSipResponseCode": "486"})).still_waits()


# --- attributes --------------------------------------------------------------------------------------


def test_answer_on_bridge_answers_when_there_is_somebody_to_talk_to(playbook):
    call = playbook(dialling(ONE, answer_on_bridge=True), answered=False).does(PlaceLeg(0, to(ONE)))
    call.hears(LegRang(0)).does()
    call.hears(LegReady(0)).does(Answer(), *TALKS).still_waits()


def test_answer_on_bridge_never_answers_where_nobody_is(playbook):
    call = playbook(dialling(ONE, answer_on_bridge=True), answered=False).does(PlaceLeg(0, to(ONE)))
    call.hears(ended(CallStatus.BUSY, None)).does(done(outcome("busy"))).still_waits()
    assert not call.context.answered


def test_a_time_limit_drops_the_leg(playbook):
    call = playbook(dialling(ONE, time_limit=60)).does(PlaceLeg(0, to(ONE)))
    call.hears(LegReady(0)).does(BridgeLeg(0), StartTimer(TIMER, 60_000))
    call.hears(TimerFired(TIMER)).does(DropLeg(0))
    call.hears(ended()).does(StopTimer(TIMER), done(outcome("completed", duration=9, bridged=True))).still_waits()


def test_star_drops_the_leg_and_other_keys_do_not(playbook):
    call = playbook(dialling(ONE, hangup_on_star=True)).does(ListenForDigits(), PlaceLeg(0, to(ONE)))
    call.hears(LegReady(0)).does(*TALKS).hears(DigitPressed("#")).does().hears(DigitPressed("*")).does(DropLeg(0))
    call.hears(ended()).does(StopTimer(TIMER), IgnoreDigits(), done(outcome("completed", duration=9, bridged=True)))
    call.still_waits()


def test_star_while_it_rings_gives_up_all_that_would_follow(playbook):
    call = playbook(dialling(ONE, TWO, hangup_on_star=True, sequential=True))
    call.does(ListenForDigits(), PlaceLeg(0, to(ONE))).hears(DigitPressed("*")).does(DropLegs())
    call.hears(ended(CallStatus.CANCELED, None)).does(IgnoreDigits(), done(outcome("no-answer"))).still_waits()


@pytest.mark.parametrize(
    ("tone", "number", "sounds"),
    [
        ("uk", ONE, "uk"),
        ("us-old", ONE, "us-old"),
        ("auto", "+442071838750", "uk"),
        (None, "+4930123456", "de"),
        (None, "+15557770001", "us"),
        (None, "+37120000000", "us"),
    ],
)
def test_ringing_sounds_as_it_does_there(playbook, tone, number, sounds):
    call = playbook(dialling(number, **({"ring_tone": tone} if tone else {}))).does(PlaceLeg(0, to(number)))
    call.hears(LegRang(0)).does(StartPlayback(one_round(sounds))).still_waits()


@pytest.mark.parametrize(
    ("mode", "channels", "from_ringing"),
    [
        ("true", 1, False),
        ("record-from-answer", 1, False),
        ("record-from-answer-dual", 2, False),
        ("record-from-ringing", 1, True),
        ("record-from-ringing-dual", 2, True),
    ],
)
def test_it_is_recorded_from_the_answer_or_from_the_ringing_on(playbook, mode, channels, from_ringing):
    response = dialling(
        ONE,
        record=mode,
        recording_track="inbound",
        trim="trim-silence",
        recording_status_callback="/recorded",
        recording_status_callback_method="GET",
        recording_status_callback_event="in-progress completed",
    )
    spec = RecordingSpec(
        source=RecordingSource.DIAL_VERB,
        channels=channels,
        track=RecordingTrack.INBOUND,
        trim=Trim.TRIM_SILENCE,
        callback=StatusCallback("https://app.example.com/recorded", "GET", frozenset({"in-progress", "completed"})),
    )
    early, late = (
        ((StartRecording(spec, silence_ms=0),), ()) if from_ringing else ((), (StartRecording(spec, silence_ms=0),))
    )
    call = playbook(response).does(*early, PlaceLeg(0, to(ONE)))
    call.hears(LegReady(0)).does(BridgeLeg(0), *late, StartTimer(TIMER, 14_400_000))
    call.hears(ended()).does(StopTimer(TIMER), StopRecording())
    told = {**outcome("completed", duration=9, bridged=True), "RecordingUrl": "https://twilio/RE1"}
    call.hears(RecordingStopped("RE1", "https://twilio/RE1", 3)).does(done(told)).still_waits()


def test_a_recording_with_nothing_in_it_is_not_told(playbook):
    call = playbook(dialling(ONE, record="true")).does(PlaceLeg(0, to(ONE))).hears(LegReady(0))
    spec = RecordingSpec(source=RecordingSource.DIAL_VERB, trim=Trim.DO_NOT_TRIM)
    call.does(BridgeLeg(0), StartRecording(spec, silence_ms=0), StartTimer(TIMER, 14_400_000))
    call.hears(ended()).does(StopTimer(TIMER), StopRecording()).hears(RecordingStopped("RE1", "https://twilio/RE1", 0))
    call.does(done(outcome("completed", duration=9, bridged=True))).still_waits()


def test_the_recording_is_told_of_after_a_hang_up_too(playbook):
    call = playbook(dialling(ONE, record="record-from-ringing"))
    spec = RecordingSpec(source=RecordingSource.DIAL_VERB, trim=Trim.DO_NOT_TRIM)
    call.does(StartRecording(spec, silence_ms=0), PlaceLeg(0, to(ONE))).far_end_hangs_up().does(DropLegs())
    call.hears(ended(CallStatus.CANCELED, None)).does(StopRecording())
    told = {**outcome("no-answer"), "RecordingUrl": "https://twilio/RE1"}
    call.hears(RecordingStopped("RE1", "https://twilio/RE1", 3)).does(done(told), Forget()).is_over()


def test_of_an_unanswered_call_the_recording_begins_with_the_answer(playbook):
    call = playbook(dialling(ONE, record="record-from-ringing", answer_on_bridge=True), answered=False)
    call.does(PlaceLeg(0, to(ONE))).hears(LegReady(0))
    spec = RecordingSpec(source=RecordingSource.DIAL_VERB, trim=Trim.DO_NOT_TRIM)
    call.does(Answer(), BridgeLeg(0), StartRecording(spec, silence_ms=0), StartTimer(TIMER, 14_400_000)).still_waits()


# --- several legs ------------------------------------------------------------------------------------


def test_the_first_who_is_ready_is_bridged_and_the_others_are_dropped(playbook):
    call = playbook(dialling(ONE, TWO)).does(PlaceLeg(0, to(ONE)), PlaceLeg(1, to(TWO)))
    call.hears(LegRang(0)).does(RINGING).hears(LegRang(1)).does()
    call.hears(LegReady(1)).does(DropLeg(0), StopPlayback(), BridgeLeg(1), StartTimer(TIMER, 14_400_000))
    call.hears(ended(CallStatus.CANCELED, None)).does()
    call.hears(ended(leg=1)).does(
        StopTimer(TIMER), done(outcome("completed", OTHER_SID, duration=9, bridged=True))
    ).still_waits()


def test_a_loser_that_was_ready_too_is_not_bridged(playbook):
    call = playbook(dialling(ONE, TWO)).does(PlaceLeg(0, to(ONE)), PlaceLeg(1, to(TWO)))
    call.hears(LegReady(0)).does(DropLeg(1), *TALKS).hears(LegReady(1)).does().still_waits()


def test_while_one_of_several_is_left_the_dial_goes_on(playbook):
    call = playbook(dialling(ONE, TWO)).does(PlaceLeg(0, to(ONE)), PlaceLeg(1, to(TWO)))
    call.hears(ended(CallStatus.BUSY, None)).does().hears(ended(CallStatus.NO_ANSWER, None, leg=1))
    call.does(done(outcome("no-answer", OTHER_SID))).still_waits()


def test_in_sequence_each_rings_when_the_one_before_has_ended(playbook):
    call = playbook(dialling(ONE, TWO, sequential=True)).does(PlaceLeg(0, to(ONE)))
    call.hears(LegRang(0)).does(RINGING).hears(ended(CallStatus.BUSY, None)).does(PlaceLeg(1, to(TWO)))
    call.hears(LegRang(1)).does()
    call.hears(LegReady(1)).does(StopPlayback(), BridgeLeg(1), StartTimer(TIMER, 14_400_000)).still_waits()


def test_in_sequence_the_one_who_was_bridged_is_the_last(playbook):
    call = playbook(dialling(ONE, TWO, sequential=True)).does(PlaceLeg(0, to(ONE)))
    call.hears(LegReady(0)).does(*TALKS).hears(ended())
    call.does(StopTimer(TIMER), done(outcome("completed", duration=9, bridged=True))).still_waits()


def test_no_more_than_ten_ring(playbook):
    numbers = [f"+1555777{n:04}" for n in range(12)]
    call = playbook(dialling(*numbers))
    call.does(*(PlaceLeg(leg, to(number)) for leg, number in enumerate(numbers[:10]))).still_waits()
    assert call.codes == [13215]


# --- who interrupts ----------------------------------------------------------------------------------


def test_the_caller_who_hangs_up_is_told_to_the_action_with_what_was(playbook):
    call = playbook(dialling(ONE)).does(PlaceLeg(0, to(ONE))).hears(LegReady(0)).does(*TALKS)
    call.far_end_hangs_up().does(DropLegs())
    call.hears(ended()).does(done(outcome("completed", duration=9, bridged=True)), Forget()).is_over()


@pytest.mark.parametrize("word", ["no-answer", "canceled"])
def test_the_caller_who_hangs_up_while_it_rings_gives_the_status_of_a_quirk(playbook, word):
    quirks = Quirks(abandoned_dial_status=word)
    call = playbook(dialling(ONE, TWO), quirks=quirks).does(PlaceLeg(0, to(ONE)), PlaceLeg(1, to(TWO)))
    call.far_end_hangs_up().does(DropLegs())
    call.hears(ended(CallStatus.CANCELED, None)).does()
    call.hears(ended(CallStatus.CANCELED, None, leg=1)).does(done(outcome(word, OTHER_SID)), Forget()).is_over()


def test_without_an_action_nothing_is_asked_when_the_caller_hangs_up(playbook):
    response = VoiceResponse()
    response.dial(ONE)
    call = playbook(response).does(PlaceLeg(0, to(ONE))).far_end_hangs_up().does(DropLegs())
    call.hears(ended(CallStatus.CANCELED, None)).does().is_over()


def test_an_action_that_is_no_url_is_told_when_the_caller_hangs_up(playbook):
    call = playbook(dialling(ONE, action="ftp://x")).does(PlaceLeg(0, to(ONE))).far_end_hangs_up().does(DropLegs())
    call.hears(ended(CallStatus.CANCELED, None)).does().is_over()
    assert call.codes == [11100]


def test_rest_takes_over_and_the_action_is_not_asked(playbook):
    call = playbook(dialling(ONE)).does(PlaceLeg(0, to(ONE))).hears(LegReady(0)).does(*TALKS)
    call.is_replaced_by(Instructions(url="https://app.example.com/new"))
    call.does(Fetch("https://app.example.com/new", "POST")).still_waits()


NO_REFER = 13802


@pytest.mark.parametrize("referred", [LegReferred(0, "sip:carol@example.com"), FarEndReferred("sip:carol@example.com")])
def test_without_a_refer_url_a_transfer_is_refused_and_the_two_talk_on(playbook, referred):
    call = playbook(dialling(ONE)).does(PlaceLeg(0, to(ONE))).hears(LegReady(0)).does(*TALKS)
    call.hears(referred).does().still_waits()
    assert call.codes == [NO_REFER]


def test_a_callee_who_transfers_leaves_and_the_caller_goes_on_with_the_refer_url(playbook):
    call = playbook(dialling(ONE, refer_url="/refer", refer_method="GET")).does(PlaceLeg(0, to(ONE)))
    call.hears(LegReady(0)).does(*TALKS).hears(LegReferred(0, "sip:carol@example.com")).does(DropLeg(0))
    asked = {"ReferTransferTarget": "sip:carol@example.com"}
    call.hears(ended()).does(StopTimer(TIMER), Fetch("https://app.example.com/refer", "GET", asked, "refer"))
    call.still_waits()


def test_a_caller_who_transfers_leaves_and_the_callee_goes_on_with_the_refer_url(playbook):
    call = playbook(dialling(ONE, refer_url="/refer")).does(PlaceLeg(0, to(ONE))).hears(LegReady(0)).does(*TALKS)
    asked = {"ReferTransferTarget": "sip:carol@example.com"}
    call.hears(FarEndReferred("sip:carol@example.com"))
    call.does(HandOverLeg(0, Instructions(url="https://app.example.com/refer", parameters=asked)))
    call.hears(ended()).does(StopTimer(TIMER), HangUp()).is_over()


def test_a_refer_url_that_is_none_is_told_and_the_two_talk_on(playbook):
    call = playbook(dialling(ONE, refer_url="ftp://x")).does(PlaceLeg(0, to(ONE))).hears(LegReady(0)).does(*TALKS)
    call.hears(LegReferred(0, "sip:carol@example.com")).does().still_waits()
    assert call.codes == [11100]


# --- nouns -------------------------------------------------------------------------------------------


def test_a_number_says_how_it_is_rung(playbook):
    dial = Dial(action="/done", caller_id=TWO, timeout=12)
    dial.number(
        "(555) 777-0001",
        send_digits="ww1",
        url="/screen",
        method="GET",
        status_callback="/leg",
        status_callback_event="ringing answered",
        status_callback_method="GET",
        machine_detection="DetectMessageEnd",
        machine_detection_timeout=10,
        machine_detection_speech_threshold=2000,
        machine_detection_speech_end_threshold=900,
        machine_detection_silence_timeout=4000,
        amd_status_callback="/amd",
        amd_status_callback_method="GET",
        byoc="BY" + "1" * 32,
    )
    response = VoiceResponse()
    response.append(dial)
    order = to(
        "+15557770001",
        caller_id=TWO,
        timeout_s=12,
        send_digits="ww1",
        screening=Instructions(url="https://app.example.com/screen", method="GET"),
        status_callback=StatusCallback("https://app.example.com/leg", "GET", frozenset({"ringing", "answered"})),
        machine_detection=MachineDetection(
            until_message_end=True,
            timeout_ms=10_000,
            speech_threshold_ms=2000,
            speech_end_threshold_ms=900,
            silence_timeout_ms=4000,
            is_async=True,
            callback=StatusCallback("https://app.example.com/amd", "GET"),
        ),
    )
    call = playbook(response).does(PlaceLeg(0, order))
    call.still_waits()
    assert call.codes == []


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("+15557770001", "+15557770001"),
        ("415-555-1212", "+14155551212"),
        ("(415) 555.1212", "+14155551212"),
        ("1 415 555 1212", "+14155551212"),
        ("+49 30 123456", "+4930123456"),
    ],
)
def test_numbers_are_understood_as_people_write_them(playbook, written, number):
    call = playbook(f"<Response><Dial>{written}</Dial></Response>").does(PlaceLeg(0, to(number)))
    call.still_waits()


FAILED = {"DialCallStatus": "failed"}


@pytest.mark.parametrize(
    ("inside", "code"),
    [
        ("", 13223),
        ("nobody", 13223),
        ("<Number/>", 13223),
        ("<Number>nobody</Number>", 13223),
        ("01234567890", 13224),
        ("<Number>0123</Number>", 13224),
        ("<WhatsApp>nobody</WhatsApp>", 13223),
        ("<Sip/>", 13243),
        ("<Sip>bob@example.com</Sip>", 13243),
        ("<Sip>sip:bob@</Sip>", 13243),
        (f"<Sip>sip:{'b' * 255}@example.com</Sip>", 13243),
        ("<Client/>", 12200),
        (f"<Client>{'a' * 257}</Client>", 12200),
        ("<Sim>SIM1</Sim>", 12200),
        ("<Application>me</Application>", 12200),
    ],
)
def test_whom_nobody_can_ring_fails_and_the_call_goes_on(playbook, inside, code):
    call = playbook(f"<Response><Dial action='/done'>{inside}</Dial></Response>").does(done(FAILED))
    call.still_waits()
    assert call.codes == [code]


def test_one_bad_noun_costs_no_more_than_itself(playbook):
    call = playbook(dialling("nobody", TWO)).does(PlaceLeg(0, to(TWO)))
    call.still_waits()
    assert call.codes == [13223]


def test_a_client_and_its_parameters(playbook):
    inside = "<Identity>al ice</Identity><Parameter name='a' value='1'/><Parameter value='2'/>"
    call = playbook(f"<Response><Dial><Client>{inside}</Client></Dial></Response>")
    call.does(PlaceLeg(0, to("client:al ice", parameters={"a": "1"}))).still_waits()
    assert call.codes == [12200]


def test_a_sip_user_its_headers_and_its_mistakes(playbook):
    sip = "<Sip method='PUT' username='u'>sip:bob@Example.com?X-A=1&amp;From=me&amp;X-B%0A=2&amp;X-C=%0A</Sip>"
    call = playbook(f"<Response><Dial>{sip}</Dial></Response>")
    call.does(
        PlaceLeg(
            0, LegOrder(route="sip:bob@example.com", to="sip:bob@Example.com", timeout_s=30, parameters={"X-A": "1"})
        )
    ).still_waits()
    assert call.codes == [13241, 13244, 32113, 32111, 32112]


def test_headers_and_passwords_have_their_limits(playbook):
    sip = f"<Sip username='{'u' * 256}' password='p'>sip:bob@example.com?X-A={'1' * 1024}</Sip>"
    call = playbook(f"<Response><Dial>{sip}</Dial></Response>").does(PlaceLeg(0, to("sip:bob@example.com")))
    call.still_waits()
    assert call.codes == [13249, 13253]


SIM_SID, APP_SID = "DE" + "1" * 32, "AP" + "1" * 32


@pytest.mark.parametrize(
    ("noun", "order"),
    [
        (f"<Sim>{SIM_SID}</Sim>", to(f"sim:{SIM_SID}")),
        (f"<WhatsApp>{ONE}</WhatsApp>", to(f"whatsapp:{ONE}")),
        (f"<Application>{APP_SID}</Application>", to(f"app:{APP_SID}", to=APP_SID)),
        (
            "<Application copyParentTo='true' customerId='me'>"
            f"<ApplicationSid>{APP_SID}</ApplicationSid></Application>",
            to(f"app:{APP_SID}", to="", parameters={"CustomerId": "me"}),
        ),
    ],
)
def test_other_nouns_ring_where_they_are(playbook, noun, order):
    call = playbook(f"<Response><Dial>{noun}</Dial></Response>").does(PlaceLeg(0, order))
    call.still_waits()


@pytest.mark.parametrize(
    ("inside", "rung"),
    [
        (f"<Number>{ONE}</Number><Application>{APP_SID}</Application>", to(ONE)),
        (f"<Application>{APP_SID}</Application><Number>{ONE}</Number>", to(f"app:{APP_SID}", to=APP_SID)),
        (f"{TWO}<Number>{ONE}</Number>", to(ONE)),
    ],
)
def test_of_what_does_not_go_together_the_first_noun_counts(playbook, inside, rung):
    call = playbook(f"<Response><Dial>{inside}</Dial></Response>").does(PlaceLeg(0, rung))
    call.still_waits()
    assert call.codes == [13215]


def test_an_element_that_is_no_noun_is_skipped(playbook):
    call = playbook(f"<Response><Dial><Say>Hi</Say><Number>{ONE}</Number></Dial></Response>")
    call.does(PlaceLeg(0, to(ONE))).still_waits()
    assert call.codes == [13215]


# --- mistakes ----------------------------------------------------------------------------------------

WRONG: list[tuple[str, str, int]] = [
    ("method", "PUT", 13210),
    ("timeout", "4", 13212),
    ("timeout", "601", 13212),
    ("hangupOnStar", "perhaps", 13213),
    ("timeLimit", "0", 13216),
    ("timeLimit", "86401", 13216),
    ("record", "always", 13217),
    ("sequential", "1", 13218),
    ("answerOnBridge", "1", 13219),
    ("ringTone", "mars", 13220),
    ("recordingTrack", "all", 12200),
    ("trim", "yes", 12200),
    ("callReason", "x" * 51, 12200),
    ("events", "all", 12200),
]


@pytest.mark.parametrize(("attribute", "value", "code"), WRONG)
def test_a_wrong_value_gives_way_to_the_default(playbook, attribute, value, code):
    call = playbook(f"<Response><Dial {attribute}='{value}'>{ONE}</Dial></Response>").does(PlaceLeg(0, to(ONE)))
    call.still_waits()
    assert call.codes == [code]


@pytest.mark.parametrize(
    ("attribute", "value", "code"),
    [
        ("sendDigits", "1x", 13222),
        ("method", "PUT", 13221),
        ("statusCallbackEvent", "later", 12200),
        ("statusCallback", "ftp://x", 21609),
        ("machineDetection", "Perhaps", 21234),
        ("machineDetectionTimeout", "2", 21234),
    ],
)
def test_a_wrong_value_of_a_number_gives_way_to_the_default(playbook, attribute, value, code):
    call = playbook(f"<Response><Dial><Number {attribute}='{value}'>{ONE}</Number></Dial></Response>")
    call.does(PlaceLeg(0, to(ONE))).still_waits()
    assert call.codes == [code]


@pytest.mark.parametrize(
    ("written", "code"), [("", 21262), ("amdStatusCallback='ftp://x'", 21262)], ids=["no callback", "no URL"]
)
def test_a_verdict_that_nobody_is_told_is_warned_about(playbook, written, code):
    number = f"<Number machineDetection='Enable' {written}>{ONE}</Number>"
    call = playbook(f"<Response><Dial>{number}</Dial></Response>")
    call.does(PlaceLeg(0, to(ONE, machine_detection=MachineDetection(is_async=True)))).still_waits()
    assert call.codes == [code]


def test_a_recording_callback_that_is_no_url_is_told_of_and_it_is_recorded_all_the_same(playbook):
    call = playbook(dialling(ONE, record="record-from-ringing", recording_status_callback="ftp://x"))
    spec = RecordingSpec(source=RecordingSource.DIAL_VERB, trim=Trim.DO_NOT_TRIM)
    call.does(StartRecording(spec, silence_ms=0), PlaceLeg(0, to(ONE))).still_waits()
    assert call.codes == [13256]


def test_a_screening_url_that_is_none_fails_the_document(playbook):
    call = playbook(
        f"<Response><Dial><Number url='ftp://x'>{ONE}</Number></Dial></Response>", fallback_url="https://f/"
    )
    call.does(Fetch("https://f/", "POST", {"ErrorCode": "11100", "ErrorUrl": call.context.document_url}, "fallback"))
    call.still_waits()


def test_relative_urls_need_a_document_with_a_url(playbook, inline: Callable[[object], Instructions]):
    call = playbook(inline(f"<Response><Dial action='/done'>{ONE}</Dial></Response>")).does(PlaceLeg(0, to(ONE)))
    call.far_end_hangs_up().does(DropLegs()).hears(ended(CallStatus.CANCELED, None)).is_over()
    assert call.codes == [15004]
