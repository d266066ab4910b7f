"""One call on a phone: mouth, ear, keypad, and what a person can wait for."""

from concurrent.futures import Future

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from phone_bench import Bench

from twilio_emulator.calls.far_end import LegEnding
from twilio_emulator.errors import CallOver, NeverHappened
from twilio_emulator.journal import PhoneActed
from twilio_emulator.media.captions import captions_of
from twilio_emulator.media.lines import Lines
from twilio_emulator.phones.waits import take_digits, wait_for_digits, wait_for_silence, wait_for_speech, wait_until
from twilio_wire import dtmf, g711
from twilio_wire.g711 import IDLE_FRAME

TONE = g711.encode((8000 * np.sin(np.arange(160) * 0.4)).astype(np.int16))


def test_what_is_said_goes_out_in_order_and_the_wish_comes_true_when_the_last_of_it_is_out(bench: Bench) -> None:
    call = bench.talking()
    first = call.say(TONE * 3)
    second = call.say(TONE * 2)
    said = bench.exchange_frames(call, 3)
    assert not second.done()
    said += bench.exchange_frames(call, 3)
    assert first.done()
    assert second.done()
    assert said == TONE * 5 + IDLE_FRAME
    assert call.said() == said


def test_saying_nothing_is_done_at_once(bench: Bench) -> None:
    assert bench.talking().say(b"").done()


@given(keys=st.text(alphabet=dtmf.KEYS, min_size=1, max_size=8))
def test_pressed_keys_are_heard_by_the_phone_at_the_other_end(keys: str) -> None:
    bench = Bench()
    near, far = bench.talking(), bench.talking()
    near.press(keys)
    for _ in range(15 * len(keys) + 10):
        far.hear(near.speak())
    assert far.ear.digits == keys


def test_a_phone_is_silent_while_it_is_not_in_a_call(bench: Bench) -> None:
    call = bench.phone().dial("+15550001111")
    call.say(TONE)
    assert call.speak() == IDLE_FRAME
    assert call.said() == b""


def test_wait_for_digits_takes_each_key_once_also_one_that_came_before_it_was_asked(bench: Bench) -> None:
    call = bench.talking()
    for frame in g711.frames(g711.encode(dtmf.synthesize("12"))):
        bench.exchange_frames(call, 1, frame)
    assert wait_for_digits(call, 1, timeout_ms=5000).done()
    assert take_digits(call, 1) == "1"
    assert take_digits(call, 1) == "2"
    wish = wait_for_digits(call, 1, timeout_ms=5000)
    assert not wish.done()
    for frame in g711.frames(g711.encode(dtmf.synthesize("3"))):
        bench.exchange_frames(call, 1, frame)
    assert wish.done()
    assert take_digits(call, 1) == "3"


def test_wait_for_silence_counts_from_when_it_was_asked(bench: Bench) -> None:
    call = bench.talking()
    bench.exchange_frames(call, 100)
    wish = wait_for_silence(call, 400, timeout_ms=5000)
    bench.exchange_frames(call, 19)
    assert not wish.done()
    bench.exchange_frames(call, 1)
    assert wish.done()


def test_sound_starts_the_count_of_silence_again(bench: Bench) -> None:
    call = bench.talking()
    wish = wait_for_silence(call, 400, timeout_ms=5000)
    bench.exchange_frames(call, 15)
    bench.exchange_frames(call, 1, TONE)
    bench.exchange_frames(call, 19)
    assert not wish.done()
    bench.exchange_frames(call, 1)
    assert wish.done()


def test_a_click_is_not_speech(bench: Bench) -> None:
    call = bench.talking()
    wish = wait_for_speech(call, timeout_ms=5000)
    bench.exchange_frames(call, 2, TONE)
    bench.exchange_frames(call, 2)
    assert not wish.done()
    bench.exchange_frames(call, 3, TONE)
    assert wish.done()


def test_a_wait_in_vain_ends_at_its_limit_and_says_for_what(bench: Bench) -> None:
    call = bench.talking()
    wish = wait_for_digits(call, 2, timeout_ms=300)
    bench.pass_ms(300)
    with pytest.raises(NeverHappened, match=r"0\.3 s of call time for 2 keys"):
        wish.result(0)


def test_the_end_of_the_call_ends_every_wait_and_every_word(bench: Bench) -> None:
    call = bench.talking()
    wishes = [call.say(TONE), wait_for_speech(call, timeout_ms=5000)]
    call.ended(LegEnding.HUNG_UP)
    for wish in wishes:
        with pytest.raises(CallOver):
            wish.result(0)
    assert call.status == "completed"


def test_a_call_that_is_over_refuses_politely(bench: Bench) -> None:
    call = bench.talking()
    call.hang_up()
    call.hang_up()
    with pytest.raises(CallOver):
        call.press("1").result(0)
    with pytest.raises(CallOver):
        wait_for_speech(call, timeout_ms=1).result(0)


@pytest.mark.parametrize(
    ("ending", "status"),
    [
        (LegEnding.BUSY, "busy"),
        (LegEnding.REJECTED, "no-answer"),
        (LegEnding.NOT_ANSWERED, "no-answer"),
        (LegEnding.UNREACHABLE, "failed"),
        (LegEnding.CANCELED, "canceled"),
    ],
)
def test_an_unanswered_call_ends_with_twilios_word_for_it(bench: Bench, ending: LegEnding, status: str) -> None:
    call = bench.phone().dial("+15550001111")
    wish = wait_until(call, status, timeout_ms=1000)
    call.ended(ending)
    assert wish.result(0) is None
    assert call.status == status


def test_waiting_for_a_status_that_can_no_longer_come_fails_with_the_one_that_did(bench: Bench) -> None:
    call = bench.phone().dial("+15550001111")
    wish = wait_until(call, "in-progress", timeout_ms=1000)
    call.ended(LegEnding.BUSY)
    with pytest.raises(CallOver, match="busy"):
        wish.result(0)


def test_a_text_is_spoken_with_its_words_on_the_frames(bench: Bench) -> None:
    call = bench.talking()
    wish = call.speak_lines(Lines("Yes.", 0.4))
    captions = captions_of(call.speak())
    assert [(caption.utterance.text, caption.utterance.confidence) for caption in captions] == [("Yes.", 0.4)]
    assert not wish.done()
    bench.exchange_frames(call, 20)
    assert wish.done()


def test_a_text_that_cannot_be_said_to_its_end_fails_with_the_call(bench: Bench) -> None:
    call = bench.talking()
    wish = call.speak_lines(Lines("Yes."))
    call.hang_up()
    with pytest.raises(CallOver):
        wish.result(0)


def test_pressed_keys_are_known_to_say_nothing(bench: Bench) -> None:
    call = bench.talking()
    call.press("1")
    assert [caption.utterance.text for caption in captions_of(call.speak())] == [""]


def test_what_is_played_without_lines_is_unknown(bench: Bench) -> None:
    call = bench.talking()
    call.recite(TONE * 3, None)
    assert captions_of(call.speak()) == ()
    assert [entry.action for entry in bench.journal.of(PhoneActed)] == ["hears the answer"]


def test_a_text_whose_speech_never_comes_fails_with_the_emulator(bench: Bench) -> None:
    never: Future[bytes] = Future()
    phone = bench.phone()
    phone._speak = lambda _: never
    wish = phone.dial("+15550001111").speak_lines(Lines("Yes."))
    never.cancel()
    with pytest.raises(CallOver):
        wish.result(0)
