from __future__ import annotations

import re
from pathlib import Path

import pytest
from twilio.twiml.voice_response import VoiceResponse

from twilio_emulator.media.hold_music import hold_music
from twilio_emulator.twiml.flow import (
    Answer,
    AudioReady,
    DigitPressed,
    DocumentArrived,
    Fetch,
    FetchFailed,
    Forget,
    HangUp,
    IgnoreDigits,
    Instructions,
    ListenForDigits,
    LoadMedia,
    PlaybackEnded,
    StartPlayback,
    StartTimer,
    StopPlayback,
    StopTimer,
    Synthesize,
    TimerFired,
)
from twilio_emulator.twiml.queue_flow import (
    AgentGone,
    EnterQueue,
    LeaveQueue,
    LookAtQueue,
    MeetAgent,
    QueueEntered,
    QueueRefused,
    QueueSeen,
    Taken,
)
from twilio_emulator.twiml.verbs.enqueue import QueueResult

ACTION, WAIT = "https://app.example.com/voice/out", "https://app.example.com/voice/wait"
SEEN = QueueSeen(position=2, time_s=0, average_time_s=11, current_size=3, max_size=1000)
LATER = QueueSeen(position=0, time_s=42, average_time_s=0, current_size=0, max_size=1000)
BETWEEN = "between wait documents"
WAIT_PARAMETERS = {
    "QueueSid": "QU1",
    "QueuePosition": "2",
    "QueueTime": "0",
    "AvgQueueTime": "11",
    "CurrentQueueSize": "3",
    "MaxQueueSize": "1000",
}
DONE = Synthesize("Done.", "man", "en-US")
"""What the verb below asks for."""


def document(name: str | None = "support", **attributes) -> VoiceResponse:
    response = VoiceResponse()
    response.enqueue(name, **attributes)
    response.say("Done.")
    return response


def entered(call, name="support", limit=0):
    return call.does(EnterQueue(name, limit)).hears(QueueEntered("QU1"))


def waits(call):
    """In the queue, and the wait document has been asked for."""
    entered(call).does(LookAtQueue()).hears(SEEN)
    return call.does(Fetch(WAIT, "POST", WAIT_PARAMETERS, "queue wait"))


def serves(call, twiml: str):
    return call.hears(DocumentArrived(WAIT, "text/xml", f"<Response>{twiml}</Response>".encode()))


def told(result: str, time_s: int | None = 42) -> Fetch:
    stay = {} if time_s is None else {"QueueSid": "QU1", "QueueTime": str(time_s)}
    return Fetch(ACTION, "POST", {"QueueResult": result, **stay}, "enqueue action")


def tells(call, result: str, *before):
    """The action is told how it ended, after this."""
    return call.does(*before, LookAtQueue()).hears(LATER).does(told(result))


# --- what is heard in a queue -----------------------------------------------------------------------------------------


def test_it_answers_and_plays_music_until_further_notice(playbook):
    call = playbook(document(), answered=False).does(Answer(), EnterQueue("support")).hears(QueueEntered("QU1"))
    call.plays(hold_music()).plays(hold_music()).does(StartPlayback(hold_music())).still_waits()


def test_without_a_wait_url_there_may_be_silence(playbook):
    entered(playbook(document(wait_url=""))).does().hears(PlaybackEnded()).does().still_waits()


def test_the_wait_document_is_asked_for_again_and_again_with_the_present_place(playbook):
    call = serves(waits(playbook(document(wait_url="wait"))), "<Play>music.wav</Play>")
    call.does(LoadMedia("https://app.example.com/voice/music.wav")).hears(AudioReady(b"\x01"))
    call.plays(b"\x01").does(LookAtQueue()).hears(QueueSeen(1, 33, 20, 2, 1000))
    parameters = WAIT_PARAMETERS | {"QueuePosition": "1", "QueueTime": "33"}
    parameters |= {"AvgQueueTime": "20", "CurrentQueueSize": "2"}
    call.does(Fetch(WAIT, "POST", parameters, "queue wait")).still_waits()


def test_the_wait_document_may_be_got(playbook):
    call = entered(playbook(document(wait_url="wait", wait_url_method="GET"))).does(LookAtQueue()).hears(SEEN)
    call.does(Fetch(WAIT, "GET", WAIT_PARAMETERS, "queue wait")).still_waits()


def test_a_wait_document_that_takes_no_time_is_asked_for_once_a_second(playbook):
    call = serves(waits(playbook(document(wait_url="wait"))), "").does(StartTimer(BETWEEN, 1000))
    call.hears(TimerFired(BETWEEN)).does(LookAtQueue()).still_waits()


def test_keys_may_be_gathered_in_a_queue_and_lead_back_to_the_wait_document(playbook):
    call = serves(waits(playbook(document(wait_url="wait"))), "<Gather numDigits='1' action='/key'/>")
    call.does(ListenForDigits(), StartTimer("gather timeout", 5000)).hears(DigitPressed("1"))
    action = "https://app.example.com/key"
    call.does(
        StopTimer("gather timeout"),
        IgnoreDigits(),
        Fetch(action, "POST", {"Digits": "1", "msg": "Gather End", "FinishedOnKey": ""}, "gather action"),
    )
    call.hears(DocumentArrived(action, "text/xml", b"<Response><Say>Soon.</Say></Response>")).says("Soon.")
    call.does(LookAtQueue()).still_waits()


def test_verbs_that_do_not_belong_in_a_queue_are_skipped(playbook):
    call = serves(waits(playbook(document(wait_url="wait"))), "<Enqueue>other</Enqueue><Pause/>")
    call.does(StartTimer("pause", 1000)).still_waits()
    assert call.codes == [12200]


# --- the ways out -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("action", [None, "out"])
def test_leave_goes_on_below_or_at_the_action(playbook, action):
    call = serves(waits(playbook(document(wait_url="wait", action=action))), "<Leave/><Say>Never.</Say>")
    if action:
        tells(call, "leave", LeaveQueue()).still_waits()
    else:
        call.does(LeaveQueue(), DONE).still_waits()


def test_a_wait_document_may_hang_up(playbook):
    call = serves(waits(playbook(document(wait_url="wait", action="out"))), "<Hangup/>").does(HangUp())
    call.far_end_hangs_up().does(LookAtQueue()).hears(LATER).does(told("hangup"), Forget()).is_over()


def test_a_caller_who_hangs_up_is_told_to_the_action(playbook):
    call = entered(playbook(document(action="out"))).does(StartPlayback(hold_music())).far_end_hangs_up()
    call.does(LookAtQueue()).hears(LATER).does(told("hangup"), Forget()).is_over()


def test_a_caller_who_hangs_up_is_told_to_nobody_without_an_action(playbook):
    entered(playbook(document())).does(StartPlayback(hold_music())).far_end_hangs_up().is_over()


def test_a_caller_whom_rest_redirects_is_told_to_the_action_which_has_no_say(playbook):
    call = entered(playbook(document(action="out"))).does(StartPlayback(hold_music()))
    call.is_replaced_by(Instructions(url="https://app.example.com/new")).does(LookAtQueue()).hears(LATER)
    call.does(told("redirected"), Forget(), Fetch("https://app.example.com/new", "POST")).still_waits()


@pytest.mark.parametrize("action", [None, "out"])
def test_a_queue_that_is_full_is_not_entered(playbook, action):
    call = playbook(document(action=action, max_queue_size=7)).does(EnterQueue("support", 7)).hears(QueueRefused(7))
    call.does(told("queue-full", None) if action else DONE).still_waits()
    assert call.codes == [14207]


def test_a_caller_who_is_gone_before_it_has_entered_is_a_system_error(playbook):
    call = playbook(document(action="out")).does(EnterQueue("support")).far_end_hangs_up()
    call.does(told("system-error", None), Forget()).is_over()


# --- taken by an agent ------------------------------------------------------------------------------------------------


def test_an_agent_ends_the_music_and_the_action_is_told_after_the_talk(playbook):
    call = entered(playbook(document(action="out"))).does(StartPlayback(hold_music())).hears(Taken("CA9"))
    call.does(StopPlayback(), MeetAgent()).hears(AgentGone(was_bridged=True))
    tells(call, "bridged").still_waits()


def test_without_an_action_the_verb_below_follows_the_talk(playbook):
    call = entered(playbook(document())).does(StartPlayback(hold_music())).hears(Taken("CA9"))
    call.does(StopPlayback(), MeetAgent()).hears(AgentGone(was_bridged=True)).does(DONE).still_waits()


def test_an_agent_who_waits_already_takes_the_call_before_anything_is_heard(playbook):
    call = playbook(document(wait_url="wait")).does(EnterQueue("support")).hears(QueueEntered("QU1", Taken("CA9")))
    call.does(MeetAgent()).still_waits()


def test_a_wait_document_that_comes_too_late_is_not_run(playbook):
    call = waits(playbook(document(wait_url="wait"))).hears(Taken("CA9"))
    call.does(Forget(), MeetAgent()).still_waits()


WHISPER = "https://agent.example.com/whisper"
TAKEN = Taken("CA9", WHISPER, "GET")
WHISPER_PARAMETERS = {"QueueSid": "QU1", "QueueTime": "42", "DequeingCallSid": "CA9"}


def whispered(playbook, **attributes):
    """The agent's document has been asked for."""
    call = playbook(document(**attributes)).does(EnterQueue("support")).hears(QueueEntered("QU1", TAKEN))
    call.does(LookAtQueue()).hears(LATER)
    return call.does(Fetch(WHISPER, "GET", WHISPER_PARAMETERS, "queue whisper"))


def serves_whisper(call, twiml: str):
    return call.hears(DocumentArrived(WHISPER, "text/xml", f"<Response>{twiml}</Response>".encode()))


def test_the_agents_document_is_heard_first(playbook):
    call = serves_whisper(whispered(playbook), "<Say>An agent.</Say>").says("An agent.")
    call.does(MeetAgent()).still_waits()


def test_only_some_verbs_are_heard_from_an_agent(playbook):
    call = serves_whisper(whispered(playbook), "<Gather/><Leave/><Hangup/>").does(MeetAgent())
    call.still_waits()
    assert call.codes == [12200] * 3


def test_an_agents_document_that_fails_keeps_nobody_apart(playbook):
    call = whispered(playbook).hears(FetchFailed(WHISPER, 11200, "No.")).does(MeetAgent())
    call.still_waits()
    assert call.codes == [11200]


def test_urls_below_resolve_against_the_enqueues_own_document(playbook):
    call = serves_whisper(whispered(playbook, action="out"), "").does(MeetAgent()).hears(AgentGone(was_bridged=True))
    tells(call, "bridged").still_waits()


def test_an_agent_who_is_gone_before_the_talk_leaves_the_caller_behind(playbook):
    call = serves_whisper(whispered(playbook, action="out"), "<Pause length='9'/>").does(StartTimer("pause", 9000))
    tells(call.hears(AgentGone(was_bridged=False)), "bridging-in-process", StopTimer("pause")).still_waits()


@pytest.mark.parametrize(
    ("talks", "hung_up", "redirected"),
    [(False, "hangup", "bridging-in-process"), (True, "bridged", "redirected-from-bridged")],
)
def test_what_the_action_is_told_depends_on_how_far_the_two_have_come(playbook, talks, hung_up, redirected):
    def as_far() -> object:
        call = serves_whisper(whispered(playbook, action="out"), "" if talks else "<Pause/>")
        return call.does(MeetAgent() if talks else StartTimer("pause", 1000))

    call = as_far().far_end_hangs_up().does(LookAtQueue()).hears(LATER)
    call.does(told(hung_up), Forget()).is_over()
    call = as_far().is_replaced_by(Instructions(url="https://app.example.com/new")).does(LookAtQueue()).hears(LATER)
    call.does(told(redirected), Forget(), Fetch("https://app.example.com/new", "POST")).still_waits()


# --- mistakes ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "attributes", "code"),
    [
        ("support", {"method": "PUT"}, 14201),
        ("support", {"wait_url": "ftp://app.example.com/"}, 14202),
        ("support", {"wait_url": "http://["}, 14202),
        (None, {}, 14204),
        ("  ", {}, 14204),
        ("x" * 65, {}, 14205),
        ("support", {"wait_url": "wait", "wait_url_method": "PUT"}, 14206),
        ("support", {"workflow_sid": "WW12"}, 14220),
    ],
)
def test_a_mistake_in_the_verb_is_an_error_and_the_action_is_told(playbook, name, attributes, code):
    call = playbook(document(name, action="out", **attributes)).does(told("error", None))
    call.still_waits()
    assert call.codes == [code]


def test_an_action_that_is_none_is_an_error_and_the_verb_below_runs(playbook):
    call = playbook(document(action="ftp://app.example.com/")).does(DONE)
    call.still_waits()
    assert call.codes == [14203]


def test_a_mistake_in_the_wait_document_ends_the_stay(playbook):
    call = waits(playbook(document(wait_url="wait", action="out"))).hears(FetchFailed(WAIT, 11200, "No."))
    tells(call, "error", LeaveQueue()).still_waits()
    assert call.codes == [11200]


def test_a_wait_document_that_leads_to_itself_for_ever_is_an_error(playbook):
    call = waits(playbook(document(wait_url="wait", action="out")))
    for _ in range(call.context.quirks.redirect_limit - 1):
        serves(call, "<Redirect/>").does(Fetch(WAIT, "POST", purpose="redirect"))
    tells(serves(call, "<Redirect/>"), "error", LeaveQueue()).still_waits()


def test_a_long_name_may_have_64_characters(playbook):
    entered(playbook(document("x" * 64)), "x" * 64).does(StartPlayback(hold_music())).still_waits()


# --- TaskRouter -------------------------------------------------------------------------------------------------------


def tasked(attributes: str, **more) -> VoiceResponse:
    response = VoiceResponse()
    response.enqueue(None, workflow_sid="WW" + "0" * 32, **more).task(attributes, priority=5, timeout=60)
    return response


def test_a_workflow_makes_no_task_but_the_call_waits_under_its_sid(playbook):
    call = playbook(tasked('{"skill": "de"}')).does(EnterQueue("WW" + "0" * 32)).hears(QueueEntered("QU1"))
    call.does(StartPlayback(hold_music())).still_waits()
    assert call.codes == [0], "priority and timeout are a task's"


@pytest.mark.parametrize("attributes", ["{", "[" * 20_000])
def test_a_task_that_is_no_json_is_an_error(playbook, attributes):
    call = playbook(tasked(attributes, action="out")).does(told("error", None))
    call.still_waits()
    assert call.codes == [14221]


# --- the page ---------------------------------------------------------------------------------------------------------


def test_the_page_of_twiml_has_every_result():
    page = (Path(__file__).parents[3] / "docs" / "twiml.md").read_text(encoding="utf-8")
    _, _, table = page.partition("| QueueResult |")
    first_column = "".join(line.split("|")[1] for line in table.partition("\n\n")[0].splitlines()[2:])
    assert re.findall(r"`([a-z-]+)`", first_column) != []
    assert set(re.findall(r"`([a-z-]+)`", first_column)) == {result.value for result in QueueResult}
