"""A phone plays a recorded caller: by the clock, or in answer to what it hears."""

import pytest
from hypothesis import given, settings
from phone_bench import Bench
from recorded_talk import Talk, replaying, silence, sound, talk_to, talks, tone

from twilio_emulator.journal import PhoneActed
from twilio_emulator.media.captions import captions_of
from twilio_emulator.media.stretches import Stretch, stretches
from twilio_emulator.phones.part import Mode
from twilio_emulator.phones.phone_call import PhoneCall
from twilio_emulator.phones.replay import UntilOver
from twilio_wire.cassette import DigitEntry, SayEntry
from twilio_wire.g711 import IDLE_FRAME
from twilio_wire.key_tones import key_tones

BOTH_MODES = pytest.mark.parametrize("mode", list(Mode))
A_FEW = settings(max_examples=25)


def keys_and_speech(audio: bytes) -> tuple[list[tuple[str, int]], bytes]:
    """The keys with their moments, and the audio with a silence of 300 ms where each was."""
    keys = key_tones(audio)
    for key in keys:
        audio = audio[: key.begin_ms * 8] + silence(300) + audio[(key.begin_ms + 300) * 8 :]
    return [(key.key, key.begin_ms) for key in keys], audio


def acts(bench: Bench) -> list[str]:
    """What the journal has of the phone, without the answer."""
    acted = [entry for entry in bench.journal.entries if isinstance(entry, PhoneActed)]
    return [f"{entry.action} {entry.detail}".strip() for entry in acted if entry.action != "hears the answer"]


@A_FEW
@given(talks())
def test_by_the_clock_all_is_said_and_pressed_at_its_moment(talk: Talk) -> None:
    call, bench = talk.record(), Bench()
    phone = replaying(bench, call, Mode.CLOCK)
    said = talk_to(bench, phone, silence(talk.ms))
    assert keys_and_speech(said) == keys_and_speech(call.near)


@A_FEW
@given(talks())
def test_to_the_same_application_all_is_said_and_pressed_at_its_moment(talk: Talk) -> None:
    call, bench = talk.record(), Bench()
    phone = replaying(bench, call, Mode.REACTIVE)
    said = talk_to(bench, phone, call.far)
    assert keys_and_speech(said) == keys_and_speech(call.near)


def menu() -> Talk:
    """A prompt of two sentences, a key, the answer, thanks over its end, and the application's good-bye."""
    talk = Talk().far_says(sound(1000)).pause(300).far_says(sound(700, 1)).pause(600).near_says(tone("1")).pause(400)
    talk.far_says(sound(2000, 2)).near_says(sound(500, 3), over_ms=800).pause(1000)
    return talk.far_says(sound(800, 4)).pause(500)


MENU_MOVES = ([("1", 2600)], [Stretch(4400, 4900)])


def moves(said: bytes) -> tuple[list[tuple[str, int]], list[Stretch]]:
    keys, speech = keys_and_speech(said)
    return keys, list(stretches(speech, pause_ms=200))


def test_a_slower_application_is_waited_for() -> None:
    bench, phone = in_a_call(menu(), Mode.REACTIVE)
    slower = silence(3000) + sound(1000) + silence(300) + sound(700, 1) + silence(5000) + sound(2000, 2) + silence(3000)
    assert moves(talk_to(bench, phone, slower)) == ([("1", 3000 + 2600)], [Stretch(10000 + 1200, 10000 + 1700)])


def test_a_longer_prompt_is_not_talked_over_and_a_shorter_one_is_not_waited_for() -> None:
    bench, phone = in_a_call(menu(), Mode.REACTIVE)
    other_words = (
        sound(1000) + silence(300) + sound(400, 1) + silence(300) + sound(900, 5) + silence(1200) + sound(400, 2)
    )
    assert moves(talk_to(bench, phone, other_words, more_ms=3000)) == (
        [("1", 2900 + 600)],
        [Stretch(4100 + 1200, 4100 + 1700)],
    )


def test_by_the_clock_nobody_is_waited_for() -> None:
    bench, phone = in_a_call(menu(), Mode.CLOCK)
    assert moves(talk_to(bench, phone, silence(8000))) == MENU_MOVES


def test_an_application_that_does_not_answer_is_hung_up_on_and_the_journal_says_why() -> None:
    bench, phone = in_a_call(menu(), Mode.REACTIVE, timeout_ms=10_000)
    talk_to(bench, phone, sound(1700), more_ms=20_000)
    assert acts(bench) == [
        "presses 1",
        "has waited in vain for a turn of the other side, 1.2 s into the last",
        "hangs up",
    ]
    assert bench.leg.told == [(pytest.approx(2300 + 10_000, abs=300), "hung up")]


def in_a_call(talk: Talk, mode: Mode, **settings: int) -> tuple[Bench, PhoneCall]:
    bench = Bench()
    return bench, replaying(bench, talk.record(), mode, **settings)


@BOTH_MODES
def test_it_hangs_up_when_the_recorded_caller_did(mode: Mode) -> None:
    bench, phone = in_a_call(menu().hangs_up("near"), mode)
    talk_to(bench, phone, menu().far, more_ms=1000)
    assert bench.leg.told == [(menu().ms, "hung up")]
    assert acts(bench) == ["presses 1", "hangs up"]


@BOTH_MODES
def test_it_stays_on_the_line_when_the_application_hung_up(mode: Mode) -> None:
    bench, phone = in_a_call(menu().hangs_up("far"), mode)
    talk_to(bench, phone, menu().far, more_ms=1000)
    assert bench.leg.told == []
    UntilOver(5000).begin(phone)
    bench.pass_ms(5000)
    assert acts(bench)[-2:] == ["has waited in vain for the end of the call", "hangs up"]


@BOTH_MODES
def test_a_key_that_only_the_timeline_knows_is_pressed_and_one_that_is_heard_too_is_pressed_once(mode: Mode) -> None:
    talk = Talk().far_says(sound(500)).pause(500).near_says(tone("5")).pause(800)
    talk.entries = (DigitEntry(1300, "near", "5"), DigitEntry(1710, "near", "6"), DigitEntry(400, "far", "7"))
    bench, phone = in_a_call(talk, mode)
    assert moves(talk_to(bench, phone, talk.far, more_ms=1000)) == ([("5", 1000), ("6", 1700)], [])


@BOTH_MODES
def test_keys_pressed_faster_than_a_finger_can_are_all_pressed_and_the_rest_is_on_time(mode: Mode) -> None:
    quick = tone("1")[: 60 * 8] + silence(60)
    talk = Talk().pause(500).near_says(quick + tone("2")[: 60 * 8]).pause(700).near_says(sound(500))
    bench, phone = in_a_call(talk, mode)
    keys, speech = moves(talk_to(bench, phone, silence(talk.ms)))
    assert keys == [("1", 500), ("2", 700)]
    assert speech == [Stretch(talk.ms - 500, talk.ms)]


@BOTH_MODES
def test_what_is_said_has_the_words_of_the_timeline(mode: Mode) -> None:
    talk = Talk().pause(500).near_says(sound(600) + silence(100) + sound(400, 1)).pause(1000).near_says(sound(400, 2))
    talk.pause(500)
    talk.entries = (SayEntry(480, "near", "Yes."), SayEntry(1220, "near", "Please."), SayEntry(0, "far", "Hello?"))
    bench, phone = in_a_call(talk, mode)
    texts: list[tuple[int, str]] = []
    for at_ms in range(0, talk.ms, 20):
        bench.pass_ms(20)
        for caption in captions_of(phone.speak()):
            if caption.utterance.text not in [text for _, text in texts]:
                texts.append((at_ms, caption.utterance.text))
        phone.hear(IDLE_FRAME)
    assert texts == [(pytest.approx(480, abs=60), "Yes."), (1180, "Please.")]
    assert acts(bench) == ["says “Yes.”", "says “Please.”"]


def test_a_pause_in_which_the_other_side_is_silent_is_part_of_what_is_said() -> None:
    talk = Talk().far_says(sound(1000)).pause(500).near_says(sound(400) + silence(1500) + sound(400)).pause(200)
    bench, phone = in_a_call(talk, Mode.REACTIVE)
    slower = silence(2000) + sound(1000)
    assert moves(talk_to(bench, phone, slower, more_ms=4000))[1] == [Stretch(3500, 3900), Stretch(5400, 5800)]


def test_the_other_side_can_be_played_too() -> None:
    bench = Bench()
    phone = replaying(bench, menu().record(), Mode.REACTIVE, side="far")
    said = talk_to(bench, phone, menu().near)
    assert stretches(said, pause_ms=200) == stretches(menu().far, pause_ms=200)


def test_an_empty_recording_says_nothing() -> None:
    bench, phone = in_a_call(Talk(), Mode.REACTIVE)
    assert talk_to(bench, phone, silence(500)) == silence(500)
    assert bench.leg.told == []
