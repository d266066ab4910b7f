"""Two calls compared: states, keys, verbs, webhooks, words, and when the application speaks."""

from dataclasses import replace

import pytest
from call_records import call_records
from golden_calls import record, seconds_of, side
from hypothesis import given, settings

from twilio_adapter import Comparison, DifferenceKind, Tolerances, compare_calls
from twilio_adapter.golden.timeline import without_new
from twilio_wire.cassette import HangUpEntry, SayEntry, StateEntry, VerbEntry, WebhookEntry
from twilio_wire.dtmf import synthesize

MENU, SALES, SORRY, YES = "menus/main_menu", "menus/sales", "menus/invalid_choice", "speech/yes_please"
MENU_S = seconds_of(MENU)
KEY_MS = round((MENU_S + 1.5) * 1000)
GOLDEN = record(side(0.5, MENU, 1.5, SALES, 1.0), keys=((KEY_MS, "1"),))


def only(comparison: Comparison):
    [difference] = comparison.differences
    return difference


@settings(max_examples=25)
@given(call_records())
def test_every_call_is_the_same_as_itself(call):
    finished = replace(call, status="completed")
    assert compare_calls(finished, finished).is_same


def test_a_later_answer_is_late_by_so_much():
    late = record(side(0.5, MENU, 3.5, SALES, 1.0), keys=((KEY_MS, "1"),))
    found = only(compare_calls(GOLDEN, late))
    assert found.kind is DifferenceKind.LATE
    assert "2.00 s too late after 1 was pressed" in found.what
    assert found.golden_s == pytest.approx(0.5 + MENU_S + 1.5, abs=0.1)
    assert compare_calls(GOLDEN, late, tolerances=Tolerances(latency_s=2.1)).is_same


def test_an_answer_that_comes_sooner_is_right():
    assert compare_calls(GOLDEN, record(side(0.5, MENU, 1.05, SALES, 1.0), keys=((KEY_MS - 450, "1"),))).is_same
    slow = record(side(0.5, MENU, 6.0, SALES, 1.0), keys=((KEY_MS, "1"),))
    assert compare_calls(slow, GOLDEN).is_same


def test_latency_is_counted_from_the_key_and_not_from_the_beginning_of_the_call():
    later = record(side(0.5, MENU, 5.5, SALES, 1.0), keys=((KEY_MS + 4000, "1"),))
    assert compare_calls(GOLDEN, later).is_same


def test_latency_is_counted_from_what_the_handset_said():
    spoken = side(1.0 + MENU_S, YES)
    golden = record(side(0.5, MENU, 0.5 + seconds_of(YES) + 0.4, SALES, 1.0), spoken)
    late = record(side(0.5, MENU, 0.5 + seconds_of(YES) + 1.4, SALES, 1.0), spoken)
    found = only(compare_calls(golden, late))
    assert found.kind is DifferenceKind.LATE
    assert found.what.endswith("1.00 s too late after the handset fell silent")
    assert float(found.actual.split()[0]) - float(found.expected.split()[0]) == pytest.approx(1, abs=0.02)


def test_the_first_word_may_be_late_too():
    late = record(side(2.0, MENU, 1.5, SALES, 1.0), keys=((KEY_MS + 1500, "1"),))
    found = only(compare_calls(GOLDEN, late))
    assert "after the call began" in found.what


def test_a_pause_of_the_application_may_be_neither_longer_nor_shorter():
    golden = record(side(0.5, MENU, 2.0, SALES, 1.0))
    for seconds, word in ((3.0, "longer"), (1.0, "shorter")):
        found = only(compare_calls(golden, record(side(0.5, MENU, seconds, SALES, 1.0))))
        assert (found.kind, f"1.00 s {word}" in found.what) == (DifferenceKind.PAUSE, True)


def test_a_stutter_is_a_pause_where_there_was_none():
    from golden_calls import said, silence

    cut = 4800
    pcm = said(SALES)
    stuttering = side(0.5, pcm[:cut], silence(0.4), pcm[cut:], 1.0)
    found = only(compare_calls(record(side(0.5, SALES, 1.0)), record(stuttering)))
    assert found.kind is DifferenceKind.PAUSE
    assert found.golden_s == pytest.approx(0.5 + cut / 8000, abs=0.2)


def test_without_the_sound_an_answer_is_whatever_comes_next():
    other_voice = record(side(0.5, SORRY, MENU_S - seconds_of(SORRY) + 1.5, MENU, 1.0), keys=((KEY_MS, "1"),))
    assert not compare_calls(GOLDEN, other_voice).is_same
    assert compare_calls(GOLDEN, other_voice, audio=False).is_same
    late = record(side(0.5, SORRY, MENU_S - seconds_of(SORRY) + 4.5, MENU, 1.0), keys=((KEY_MS, "1"),))
    assert only(compare_calls(GOLDEN, late, audio=False)).kind is DifferenceKind.LATE
    mute = record(side(0.5, SORRY, MENU_S + 4.5), keys=((KEY_MS, "1"),))
    assert only(compare_calls(GOLDEN, mute, audio=False)).actual == "silence"


@pytest.mark.parametrize(("keys", "said"), [((), "none (of none"), (((KEY_MS, "2"),), "2 (of 2")])
def test_a_key_that_is_lost_or_another_one_is_named(keys, said):
    found = only(compare_calls(GOLDEN, record(side(0.5, MENU, 1.5, SALES, 1.0), keys=keys)))
    assert (found.kind, found.where, found.expected) == (DifferenceKind.KEYS, "handset", "1")
    assert found.golden_s == KEY_MS / 1000
    assert found.actual.startswith(said)


def test_keys_that_no_entry_tells_of_are_heard():
    golden, call = (record(side(0.5, MENU, 3.0), side(1.0, synthesize(keys))) for keys in ("12", "17"))
    found = [each for each in compare_calls(golden, call).differences if each.kind is DifferenceKind.KEYS]
    assert [(each.expected, each.actual[:6]) for each in found] == [("2", "7 (of ")]
    assert found[0].golden_s == pytest.approx(1.4, abs=0.1)


def test_what_the_handset_says_may_be_a_little_different_but_no_other_sentence():
    application = side(0.5, MENU, 6.0)
    pair = "speech/talk_to_a_person", "speech/book_a_table"
    said, same, other = (side(9.0 + wait, path, 1.0) for wait, path in ((0.0, pair[0]), (0.2, pair[0]), (0.0, pair[1])))
    assert compare_calls(record(application, said), record(application, same)).is_same
    found = only(compare_calls(record(application, said), record(application, other)))
    assert (found.where, found.kind) == ("handset", DifferenceKind.DIFFERENT_SOUND)


def test_which_side_recorded_does_not_matter():
    application, handset = GOLDEN.far, GOLDEN.near
    turned = replace(
        GOLDEN, far=handset, near=application, handset="far", seen_by="emulator",
        entries=tuple(each if isinstance(each, StateEntry) else type(each)(each.at_ms, "far", each.digit)
                      for each in GOLDEN.entries),
    )  # fmt: skip
    assert compare_calls(GOLDEN, turned).is_same


def test_another_state_or_ending_is_named():
    busy = replace(GOLDEN, status="busy", entries=(StateEntry(0, "ringing"), StateEntry(0, "busy")))
    found = compare_calls(GOLDEN, busy).differences[0]
    assert (found.kind, found.actual) == (DifferenceKind.STATES, "ringing, busy; busy")
    up = replace(GOLDEN, status="in-progress", entries=GOLDEN.entries[:-1])
    assert "in-progress: end it first" in str(only(compare_calls(GOLDEN, up)))


def test_who_hung_up_is_compared_where_both_know():
    ours, theirs = (replace(GOLDEN, entries=(*GOLDEN.entries, HangUpEntry(12_000, side))) for side in ("near", "far"))
    found = only(compare_calls(ours, theirs))
    assert (found.expected, found.actual) == ("the handset", "the application")
    assert compare_calls(ours, GOLDEN).is_same


def webhook(purpose: str, url: str, **parameters: str) -> WebhookEntry:
    return WebhookEntry(0, purpose, "POST", url, 200, parameters)


def with_entries(*entries):
    return replace(GOLDEN, entries=(*GOLDEN.entries, *entries))


def test_webhooks_are_compared_without_what_is_always_new():
    one, other = "CA" + "0" * 32, "CA" + "1" * 32
    golden = with_entries(
        webhook("voice", "http://127.0.0.1:4001/voice?step=1", CallSid=one, From="+15551110001", CallStatus="ringing"),
        webhook("status", "http://127.0.0.1:4001/status", CallSid=one, Timestamp="Fri, 27 Nov 2026 09:30:00 +0000"),
    )
    later = "Sat, 28 Nov 2026 09:30:00 +0000"
    status = webhook("status", "http://127.0.0.1:5002/status", CallSid=other, Timestamp=later)
    same = with_entries(
        status,
        webhook("voice", "https://app.example.com/voice?step=1", CallSid=other, From="+445", CallStatus="ringing"),
    )
    assert compare_calls(golden, same).is_same
    found = only(compare_calls(golden, with_entries(status, webhook("voice", "/voice?step=2", CallStatus="ringing"))))
    assert found.kind is DifferenceKind.WEBHOOKS
    assert "step=1" in found.expected
    assert "step=2" in found.actual


def test_a_webhook_that_is_no_longer_made_is_named():
    golden = with_entries(webhook("voice", "http://x/voice"), webhook("gather", "http://x/choice", Digits="1"))
    found = only(compare_calls(golden, with_entries(webhook("voice", "http://x/voice"))))
    assert (found.expected, found.actual) == ("POST /choice (Digits=1) answered with 200", "none")


def test_verbs_and_words_are_compared_where_both_have_them():
    golden = with_entries(VerbEntry(0, "Gather", {"numDigits": "1"}), SayEntry(0, "far", "Press one."))
    assert compare_calls(golden, GOLDEN).is_same
    other = with_entries(VerbEntry(0, "Gather", {"numDigits": "2"}), SayEntry(0, "far", "Press two."))
    verbs, words = compare_calls(golden, other).differences
    assert (verbs.expected, verbs.actual) == ('<Gather numDigits="1">', '<Gather numDigits="2">')
    assert (words.expected, words.actual) == ("Press one.", "Press two.")


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("call CA0123456789abcdef0123456789abcdef", "call CAffffffffffffffffffffffffffffffff"),
        ("wss://a.example.com:8765/media?b=2&a=1", "ws://127.0.0.1:9/media?a=1&b=2"),
        ("at 2026-11-27T09:30:00Z", "at 2026-11-28T10:30:00.123Z"),
        ("to +15551***0001", "to +15552***0002"),
        ("id 123e4567-e89b-12d3-a456-426614174000", "id 00000000-0000-4000-8000-000000000000"),
    ],
)
def test_what_is_always_new_is_left_out(text: str, same: str):
    assert without_new(text) == without_new(same)


def test_what_is_not_new_stays():
    for text in ("Press 1 for sales.", "/voice?step=2", "Please-hold-the-line-until-somebody-comes", "1234#"):
        assert without_new(text) == text
