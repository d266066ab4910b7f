"""`<Queue>` in `<Dial>`: an agent's side of a queue. The caller's side is in test_enqueue.py."""

from __future__ import annotations

import pytest
from twilio.twiml.voice_response import Dial, VoiceResponse

from twilio_emulator.twiml.flow import (
    Answer,
    DigitPressed,
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
from twilio_emulator.twiml.queue_flow import (
    BridgeCaller,
    CallerFound,
    CallerGone,
    CallerReady,
    PartWithCaller,
    QueueEmpty,
    QueueUnknown,
    SeekCaller,
)
from twilio_emulator.twiml.record_flow import RecordingStopped, StartRecording, StopRecording
from twilio_emulator.twiml.ringing import one_round

ACTION = "https://app.example.com/voice/done"
WAITS, TALKS = "queue timeout", "dial time limit"
SEEK = SeekCaller("support")
FOUND, READY = CallerFound("QU1", "CA7", 42), CallerReady()
TAKEN = {"QueueSid": "QU1", "DequeuedCallSid": "CA7", "DequeuedCallQueueTime": "42"}


def document(name: str = "support", noun: dict[str, object] | None = None, **attributes: object) -> VoiceResponse:
    response = VoiceResponse()
    dial = Dial(**{"action": "done"} | attributes)
    dial.queue(name, **noun or {})
    response.append(dial)
    return response


def told(status: str, *, seconds: int | None = None, **more: str) -> Fetch:
    """What the action is told; of a talk with its length."""
    if seconds is None:
        parameters = {"DialCallStatus": status, "DialBridged": "false"}
    else:
        parameters = {
            "DialCallStatus": status,
            "DialCallSid": "CA7",
            "DialCallDuration": str(seconds),
            "DialBridged": "true",
            **TAKEN,
            "DequeueResult": "bridged",
            "DequeuedCallDuration": str(seconds),
        }
    return Fetch(ACTION, "POST", parameters | more, "dial action")


def talks(call, limit_s: int = 14_400):
    """A caller is there at once, and hears nothing first."""
    return call.does(SEEK).hears(FOUND).hears(READY).does(BridgeCaller(), StartTimer(TALKS, limit_s * 1000))


def rings(call, timeout_s: int = 30):
    """Nobody is there yet."""
    return call.does(SEEK).hears(QueueEmpty()).does(StartPlayback(one_round()), StartTimer(WAITS, timeout_s * 1000))


def test_the_next_caller_is_talked_to_until_it_is_gone(playbook):
    call = talks(playbook(document())).hears(CallerGone(5))
    call.does(StopTimer(TALKS), told("completed", seconds=5)).still_waits()


def test_an_agent_who_is_not_answered_is_answered_first_and_hears_ringing(playbook):
    call = playbook(document(), answered=False).does(Answer(), SEEK).hears(QueueEmpty())
    call.does(StartPlayback(one_round()), StartTimer(WAITS, 30_000)).hears(PlaybackEnded()).does(
        StartPlayback(one_round())
    )
    call.still_waits()


def test_the_ringing_is_that_of_the_country_that_the_dial_names(playbook):
    call = playbook(document(ring_tone="de")).does(SEEK).hears(QueueEmpty())
    call.does(StartPlayback(one_round("de")), StartTimer(WAITS, 30_000)).still_waits()


def test_answer_on_bridge_leaves_the_agents_phone_ringing_until_then(playbook):
    call = playbook(document(answer_on_bridge=True), answered=False).does(SEEK).hears(QueueEmpty())
    call.does(StartTimer(WAITS, 30_000)).hears(FOUND).does(StopTimer(WAITS)).hears(READY)
    call.does(Answer(), BridgeCaller(), StartTimer(TALKS, 14_400_000)).still_waits()


def test_a_caller_who_is_still_to_come_is_waited_for(playbook):
    call = rings(playbook(document(timeout=20)), 20).hears(FOUND).does(StopTimer(WAITS)).hears(READY)
    call.does(StopPlayback(), BridgeCaller(), StartTimer(TALKS, 14_400_000)).hears(CallerGone(1))
    call.does(StopTimer(TALKS), told("completed", seconds=1)).still_waits()


def test_an_agent_does_not_wait_for_ever(playbook):
    call = rings(playbook(document())).hears(TimerFired(WAITS))
    call.does(PartWithCaller(), StopPlayback(), told("no-answer")).still_waits()


def test_without_an_action_the_verb_below_runs(playbook):
    call = rings(playbook(document(action=None))).hears(TimerFired(WAITS))
    call.does(PartWithCaller(), StopPlayback(), HangUp()).is_over()


def test_an_unknown_queue_has_failed(playbook):
    call = playbook(document()).does(SEEK).hears(QueueUnknown())
    call.does(Fetch(ACTION, "POST", {"DialCallStatus": "failed"}, "dial action")).still_waits()
    assert call.codes == [0]


def test_the_callers_document_is_named_and_the_agent_hears_ringing_meanwhile(playbook):
    call = playbook(document(noun={"url": "whisper", "method": "GET"}))
    call.does(SeekCaller("support", "https://app.example.com/voice/whisper", "GET")).hears(FOUND)
    call.does(StartPlayback(one_round())).hears(READY)
    call.does(StopPlayback(), BridgeCaller(), StartTimer(TALKS, 14_400_000)).still_waits()


def test_a_caller_who_hangs_up_before_the_talk_makes_room_for_the_next(playbook):
    call = playbook(document()).does(SEEK).hears(FOUND).hears(CallerGone(None)).does(SEEK)
    call.hears(CallerFound("QU1", "CA8", 3)).hears(READY).does(BridgeCaller(), StartTimer(TALKS, 14_400_000))
    call.hears(CallerGone(9))
    other = {"DialCallSid": "CA8", "DequeuedCallSid": "CA8", "DequeuedCallQueueTime": "3"}
    call.does(StopTimer(TALKS), told("completed", seconds=9, **other)).still_waits()


# --- the agent has enough ---------------------------------------------------------------------------------------------


def test_star_ends_the_talk_and_the_call_goes_on(playbook):
    call = playbook(document(hangup_on_star=True)).does(ListenForDigits(), SEEK).hears(FOUND).hears(READY)
    call.does(BridgeCaller(), StartTimer(TALKS, 14_400_000)).hears(DigitPressed("1")).does().hears(DigitPressed("*"))
    call.does(StopTimer(TALKS), PartWithCaller()).hears(CallerGone(7))
    call.does(IgnoreDigits(), told("completed", seconds=7)).still_waits()


def test_star_ends_the_waiting(playbook):
    call = playbook(document(hangup_on_star=True)).does(ListenForDigits(), SEEK).hears(QueueEmpty())
    call.does(StartPlayback(one_round()), StartTimer(WAITS, 30_000)).hears(DigitPressed("*"))
    call.does(StopTimer(WAITS), PartWithCaller(), StopPlayback(), IgnoreDigits(), told("no-answer")).still_waits()


def test_star_while_the_caller_hears_its_document_lets_it_go(playbook):
    call = playbook(document(hangup_on_star=True)).does(ListenForDigits(), SEEK).hears(FOUND)
    call.hears(DigitPressed("*")).does(PartWithCaller()).hears(CallerGone(None))
    call.does(IgnoreDigits(), told("no-answer")).still_waits()


def test_the_time_limit_ends_the_talk(playbook):
    call = talks(playbook(document(time_limit=60)), 60).hears(TimerFired(TALKS)).does(PartWithCaller())
    call.hears(CallerGone(60)).does(told("completed", seconds=60)).still_waits()


def test_an_agent_who_hangs_up_in_the_talk_tells_how_long_it_was(playbook):
    call = talks(playbook(document())).far_end_hangs_up().does(PartWithCaller()).hears(CallerGone(12))
    call.does(told("completed", seconds=12), Forget()).is_over()


def test_an_agent_who_hangs_up_before_tells_that_too(playbook):
    call = rings(playbook(document())).far_end_hangs_up().does(PartWithCaller(), told("no-answer"), Forget())
    call.is_over()


def test_an_agent_whom_rest_redirects_tells_nobody(playbook):
    call = talks(playbook(document())).is_replaced_by(Instructions(url="https://app.example.com/new"))
    call.does(Fetch("https://app.example.com/new", "POST")).still_waits()


# --- recording --------------------------------------------------------------------------------------------------------


def test_a_recording_begins_with_the_talk(playbook):
    call = playbook(document(record="record-from-answer-dual")).does(SEEK).hears(FOUND).hears(READY)
    asked = [command for command in call._asked if isinstance(command, StartRecording)]
    assert [command.spec.channels for command in asked] == [2]
    call.does(BridgeCaller(), asked[0], StartTimer(TALKS, 14_400_000))
    call.hears(CallerGone(5)).does(StopTimer(TALKS), StopRecording())
    call.hears(RecordingStopped("RE1", "https://r.example.com/RE1", 5))
    call.does(told("completed", seconds=5, RecordingUrl="https://r.example.com/RE1")).still_waits()


def test_a_recording_may_begin_with_the_ringing(playbook):
    call = playbook(document(record="record-from-ringing")).does(SEEK).hears(QueueEmpty())
    asked = [command for command in call._asked if isinstance(command, StartRecording)]
    call.does(StartPlayback(one_round()), asked[0], StartTimer(WAITS, 30_000)).hears(TimerFired(WAITS))
    call.does(PartWithCaller(), StopPlayback(), StopRecording())
    call.hears(RecordingStopped("RE1", "https://r.example.com/RE1", 0)).does(told("no-answer")).still_waits()


# --- mistakes ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "noun", "code"),
    [
        ("support", {"method": "PUT"}, 14210),
        ("support", {"url": "ftp://app.example.com/"}, 14211),
        ("", {}, 14212),
        ("x" * 65, {}, 14213),
        ("support", {"reservation_sid": "WR12"}, 14215),
    ],
)
def test_a_mistake_in_the_noun_fails_the_dial_and_the_action_is_told(playbook, name, noun, code):
    call = playbook(document(name, noun)).does(Fetch(ACTION, "POST", {"DialCallStatus": "failed"}, "dial action"))
    call.still_waits()
    assert call.codes == [code]


def test_a_reservation_is_told_to_be_without_effect(playbook):
    noun = {"reservation_sid": "WR" + "0" * 32, "post_work_activity_sid": "WA" + "0" * 32}
    playbook(document(noun=noun)).does(SEEK).still_waits()
