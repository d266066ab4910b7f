"""One conversation, message by message, with no socket."""

from collections import deque

import numpy as np
from fake_twilio import LOUD, QUIET
from hypothesis import given
from hypothesis import strategies as st

from twilio_adapter.events import DigitPressed, Interrupted
from twilio_adapter.session import Effect, Session, StreamStarted, StreamStopped, Transmit
from twilio_wire.g711 import decode
from twilio_wire.messages import (
    AppClear,
    AppMark,
    AppMedia,
    Connected,
    Dtmf,
    DtmfBody,
    Mark,
    MarkBody,
    Media,
    MediaBody,
    Start,
    StartBody,
    Stop,
    StopBody,
)

FIRST, SECOND = "MZ" + "1" * 32, "MZ" + "2" * 32


def start(stream_sid: str = FIRST) -> Start:
    body = StartBody(account_sid="AC1", stream_sid=stream_sid, call_sid="CA1")
    return Start(sequence_number="1", start=body, stream_sid=stream_sid)


def media(frame: bytes = QUIET, stream_sid: str = FIRST) -> Media:
    body = MediaBody(track="inbound", chunk="1", timestamp="155", payload=frame)
    return Media(sequence_number="2", media=body, stream_sid=stream_sid)


def mark(name: str, stream_sid: str = FIRST) -> Mark:
    return Mark(sequence_number="3", stream_sid=stream_sid, mark=MarkBody(name))


def stop(stream_sid: str = FIRST) -> Stop:
    return Stop(sequence_number="4", stream_sid=stream_sid, stop=StopBody(account_sid="AC1", call_sid="CA1"))


def dtmf(digit: str, stream_sid: str = FIRST) -> Dtmf:
    return Dtmf(stream_sid=stream_sid, sequence_number="5", dtmf=DtmfBody(digit=digit))


def talking() -> Session:
    session = Session()
    assert session.feed(start()) == [StreamStarted(FIRST)]
    return session


def audio_in(effects: list[Effect]) -> bytes:
    messages = (effect.message for effect in effects if isinstance(effect, Transmit))
    return b"".join(message.media.payload for message in messages if isinstance(message, AppMedia))


def marks_in(effects: list[Effect]) -> list[str]:
    messages = (effect.message for effect in effects if isinstance(effect, Transmit))
    return [message.mark.name for message in messages if isinstance(message, AppMark)]


def pcm(seconds: float) -> np.ndarray:
    time = np.arange(round(24_000 * seconds)) / 24_000
    return np.rint(8000 * np.sin(2 * np.pi * 440 * time)).astype(np.int16)


def test_every_message_of_audio_is_followed_by_its_own_mark() -> None:
    _, effects = talking().say_ulaw(LOUD * 7)
    kinds = [type(effect.message) for effect in effects if isinstance(effect, Transmit)]
    assert kinds == [AppMedia, AppMark, AppMedia, AppMark]
    assert marks_in(effects) == ["tb:1", "tb:2"]
    assert audio_in(effects) == LOUD * 7


def test_what_is_said_before_the_stream_is_up_is_sent_when_it_starts() -> None:
    session = Session()
    parcel, effects = session.say_ulaw(LOUD)
    assert effects == []
    assert not parcel.gone
    assert audio_in(session.feed(start())) == LOUD
    assert parcel.gone


def test_connected_and_media_before_start_change_nothing() -> None:
    session = Session()
    assert session.feed(Connected()) == []
    assert session.feed(media(LOUD)) == []
    assert session.recording.seconds == 0


def test_the_clock_is_the_audio_received_and_not_its_timestamps() -> None:
    session = talking()
    for _ in range(50):
        session.feed(media())
    assert session.recording.received_ms == 1000


def test_keys_are_collected_and_reported() -> None:
    session = talking()
    assert session.feed(dtmf("4")) == [DigitPressed(0, "4")]
    session.feed(dtmf("#"))
    assert session.digits == "4#"


def test_a_late_stop_of_the_old_stream_does_not_end_the_new_one() -> None:
    session = talking()
    session.feed(start(SECOND))
    assert session.feed(stop(FIRST)) == []
    assert session.stream_sid == SECOND
    assert session.feed(stop(SECOND)) == [StreamStopped()]


def test_whatever_an_old_stream_says_late_is_ignored() -> None:
    session = talking()
    _, effects = session.say_ulaw(LOUD)
    session.feed(start(SECOND))
    assert session.feed(media(LOUD, FIRST)) == []
    assert session.feed(dtmf("1", FIRST)) == []
    assert session.feed(mark(marks_in(effects)[0], FIRST)) == []
    assert (session.recording.received_ms, session.digits) == (0, "")


def test_our_own_track_is_not_taken_for_the_far_end() -> None:
    session = talking()
    body = MediaBody(track="outbound", chunk="1", timestamp="5", payload=LOUD)
    session.feed(Media(sequence_number="2", media=body, stream_sid=FIRST))
    assert session.recording.received_ms == 0


def test_the_clock_goes_on_across_streams() -> None:
    session = talking()
    for _ in range(10):
        session.feed(media())
    session.feed(stop())
    session.feed(start(SECOND))
    session.feed(media(LOUD, SECOND))
    assert session.recording.received_ms == 220
    assert bytes(session.recording.far[-160:]) == LOUD


def test_audio_that_was_queued_goes_on_to_the_new_stream() -> None:
    session = talking()
    parcel, first = session.say_ulaw(LOUD * 100)
    session.feed(stop())
    assert not parcel.gone
    second = session.feed(start(SECOND))
    assert len(audio_in(first)) + len(audio_in(second)) == 16_000
    assert not set(marks_in(first)) & set(marks_in(second))


def test_what_was_in_flight_on_a_lost_stream_is_heard_as_far_as_the_clock_had_come() -> None:
    session = talking()
    session.say_ulaw(LOUD * 10)
    for _ in range(4):
        session.feed(media())
    session.lose_stream()
    assert (session.outbox.heard, session.outbox.dropped) == (640, 960)
    assert session.recording.near == LOUD * 4


def test_what_an_old_stream_never_acknowledged_is_not_waited_for() -> None:
    session = talking()
    session.say_ulaw(LOUD)
    session.feed(start(SECOND))
    assert session.outbox.pending == 0
    assert session.outbox.dropped == 160


def test_an_interruption_always_clears_even_when_nothing_is_known_to_be_in_flight() -> None:
    session = talking()
    dropped_ms, effects = session.interrupt()
    assert dropped_ms == 0
    assert effects == [Transmit(AppClear(stream_sid=FIRST)), Interrupted(0, 0)]


def test_an_interruption_tells_how_much_was_not_heard_and_shortens_the_record() -> None:
    session = talking()
    session.say_ulaw(LOUD * 100)
    for _ in range(20):
        session.feed(media())
    dropped_ms, _ = session.interrupt()
    assert dropped_ms == 2000 - 400
    for _ in range(20):
        session.feed(media())
    assert session.recording.near == LOUD * 20 + QUIET * 20


def test_marks_that_a_clear_brings_back_do_not_count_as_heard() -> None:
    session = talking()
    _, effects = session.say_ulaw(LOUD * 50)
    session.interrupt()
    for name in marks_in(effects):
        assert session.feed(mark(name)) == []
    assert session.outbox.heard == 0


def test_our_voice_is_recorded_when_it_is_heard() -> None:
    session = talking()
    for _ in range(3):
        session.feed(media())
    session.say_ulaw(LOUD * 2)
    session.say_ulaw(LOUD)
    assert session.recording.near == QUIET * 3
    for _ in range(5):
        session.feed(media())
    assert session.recording.near == QUIET * 3 + LOUD * 3 + QUIET * 2


def test_pieces_sent_one_after_the_other_join_without_a_seam() -> None:
    whole, pieces = talking(), talking()
    speech = pcm(0.9)
    expected = audio_in(whole.say(speech)[1]) + audio_in(whole.finish_utterance())
    joined = b"".join(audio_in(pieces.say(piece)[1]) for piece in np.array_split(speech, 13))
    joined += audio_in(pieces.finish_utterance())
    assert np.abs(decode(joined).astype(int) - decode(expected).astype(int)).max() <= 256
    assert len(joined) == len(expected) == 7200


def test_the_end_of_an_utterance_follows_when_nothing_more_is_said() -> None:
    session = talking()
    said = audio_in(session.say(pcm(0.1))[1])
    assert len(said) == 640
    late = [audio_in(session.feed(media())) for _ in range(4)]
    assert [len(each) for each in late] == [0, 160, 0, 0]


def test_the_end_of_an_utterance_waits_while_a_sender_may_still_come_back_in_time() -> None:
    session = talking()
    session.say(pcm(0.6))
    sizes = [len(audio_in(session.feed(media()))) for _ in range(30)]
    assert sizes.index(160) == 23  # 100 ms before what was sent has run out
    assert sum(sizes) == 160


def test_a_sender_in_real_time_is_never_cut_into_utterances() -> None:
    session, speech = talking(), pcm(0.4)
    heard = b""
    for piece in np.split(speech, 20):
        heard += audio_in(session.say(piece)[1]) + audio_in(session.feed(media()))
    whole = talking()
    expected = audio_in(whole.say(speech)[1])
    assert heard == expected


def test_stalled_playback_is_measured_in_call_time() -> None:
    session = talking()
    for _ in range(100):
        session.feed(media())
    assert session.stalled_ms == 0
    _, effects = session.say_ulaw(LOUD)
    for _ in range(25):
        session.feed(media())
    assert session.stalled_ms == 500
    session.feed(mark(marks_in(effects)[0]))
    assert session.stalled_ms == 0


@given(st.lists(st.sampled_from(["say", "media", "echo", "interrupt", "move", "stop", "finish"]), max_size=60))
def test_whatever_happens_every_byte_is_heard_dropped_or_pending(moves: list[str]) -> None:
    session, marks, stream = talking(), [], 0
    for move in moves:
        sid = f"MZ{stream}" if stream else FIRST
        effects: list[Effect] = []
        match move:
            case "say":
                effects = session.say(pcm(0.33))[1]
            case "media":
                effects = session.feed(media(LOUD, sid))
            case "echo" if marks:
                effects = session.feed(mark(marks.pop(0), sid))
            case "interrupt":
                effects = session.interrupt()[1]
            case "move":
                stream += 1
                effects = session.feed(start(f"MZ{stream}"))
            case "stop":
                effects = session.feed(stop(sid))
            case "finish":
                effects = session.finish_utterance()
        marks += marks_in(effects)
        outbox = session.outbox
        assert outbox.heard + outbox.dropped + outbox.pending == outbox.accepted
        assert len(session.recording.near) == len(session.recording.far)
        assert session.recording.unplayed_bytes <= 8000 or not outbox.in_flight


class Player:
    """Twilio's side, by the letter: plays what it was sent in the order it came, 20 ms a frame, and returns marks."""

    def __init__(self) -> None:
        self.heard = bytearray()
        self._queue: deque[bytes | str] = deque()

    def take(self, effects: list[Effect]) -> None:
        for message in (effect.message for effect in effects if isinstance(effect, Transmit)):
            self._queue.append(message.media.payload if isinstance(message, AppMedia) else message.mark.name)

    def play(self) -> list[str]:
        """Play 20 ms; return the marks that were passed."""
        passed, left = [], 160
        while self._queue and (left or isinstance(self._queue[0], str)):
            item = self._queue.popleft()
            if isinstance(item, str):
                passed.append(item)
                continue
            self.heard += item[:left]
            if len(item) > left:
                self._queue.appendleft(item[left:])
            left -= min(left, len(item))
        self.heard += QUIET[:left]
        return passed


def test_ten_minutes_are_heard_without_a_gap_and_without_a_drift() -> None:
    """Nothing paces the sending but the marks that come back; this far end has no other clock than its frames."""
    said = np.random.default_rng(7).integers(0, 127, 600 * 8000, dtype=np.uint8).tobytes()  # no two frames are alike
    session, twilio = talking(), Player()
    for _ in range(25):  # half a second of silence first
        session.feed(media())
        twilio.play()
    twilio.take(session.say_ulaw(said)[1])
    for _ in range(600 * 50):
        session.feed(media())
        for name in twilio.play():
            twilio.take(session.feed(mark(name)))
    assert bytes(twilio.heard) == QUIET * 25 + said
    assert session.recording.near == twilio.heard
    assert session.outbox.pending == 0
