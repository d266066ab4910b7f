"""The queue toward the far end: what is heard when, and when each mark is due."""

from hypothesis import given, settings
from hypothesis import strategies as st

from twilio_emulator.media.playback import Playback
from twilio_wire.g711 import FRAME_BYTES, IDLE_FRAME

FRAME = bytes(range(160))


def test_with_nothing_queued_every_frame_is_the_idle_frame_itself():
    playback = Playback()

    assert playback.next_frame() == (IDLE_FRAME, [])
    assert playback.next_frame()[0] is IDLE_FRAME


def test_audio_comes_out_in_the_order_it_was_queued_across_pieces_of_any_length():
    playback = Playback()
    audio = bytes(index % 251 for index in range(480))
    for start, end in ((0, 1), (1, 7), (7, 300), (300, 300), (300, 480)):
        playback.play(audio[start:end])

    assert b"".join(playback.next_frame()[0] for _ in range(3)) == audio
    assert playback.is_empty


def test_the_last_piece_of_audio_is_filled_up_with_the_idle_code():
    playback = Playback()
    playback.play(b"\x01" * 10)

    assert playback.next_frame()[0] == b"\x01" * 10 + b"\xff" * 150


def test_a_mark_behind_100_ms_of_audio_is_due_after_exactly_five_frames():
    playback = Playback()
    playback.play(FRAME * 5)
    assert playback.mark("done") == []

    assert [playback.next_frame()[1] for _ in range(6)] == [[], [], [], [], [], ["done"]]


def test_a_mark_behind_part_of_a_frame_is_due_when_that_frame_has_been_heard():
    playback = Playback()
    playback.play(FRAME + b"\x01")
    playback.mark("a")

    assert [playback.next_frame()[1] for _ in range(3)] == [[], [], ["a"]]


def test_a_mark_in_the_middle_of_a_frame_waits_for_its_end_and_no_longer():
    playback = Playback()
    playback.play(b"\x01" * 80)
    playback.mark("middle")
    playback.play(b"\x02" * 240)
    playback.mark("end")

    assert [playback.next_frame()[1] for _ in range(4)] == [[], ["middle"], ["end"], []]


def test_a_mark_with_nothing_to_be_heard_is_due_at_once():
    playback = Playback()

    assert playback.mark("now") == ["now"]


def test_a_mark_that_comes_while_the_last_frame_sounds_waits_for_its_end():
    playback = Playback()
    playback.play(FRAME)
    playback.next_frame()

    assert playback.is_empty
    assert playback.mark("after") == []
    assert playback.next_frame() == (IDLE_FRAME, ["after"])
    assert playback.mark("later") == ["later"]


def test_a_later_mark_never_overtakes_an_earlier_one():
    playback = Playback()
    playback.play(FRAME)
    playback.mark("first")
    playback.next_frame()

    assert playback.mark("second") == []
    assert playback.next_frame()[1] == ["first", "second"]


def test_clear_drops_the_audio_and_returns_the_pending_marks_in_order():
    playback = Playback()
    playback.play(FRAME * 3)
    playback.mark("a")
    playback.play(FRAME)
    playback.mark("b")
    playback.next_frame()

    assert playback.clear() == ["a", "b"]
    assert playback.next_frame() == (IDLE_FRAME, [])
    assert playback.clear() == []
    assert playback.mark("c") == ["c"]


def test_a_mark_after_a_clear_is_due_at_once():
    playback = Playback()
    playback.play(FRAME * 2)
    playback.next_frame()
    playback.clear()

    assert playback.mark("now") == ["now"]


def test_after_a_clear_new_audio_starts_at_once_and_its_marks_count_from_it():
    playback = Playback()
    playback.play(FRAME * 10)
    playback.next_frame()
    playback.clear()
    playback.play(FRAME)
    playback.mark("new")

    assert playback.next_frame() == (FRAME, [])
    assert playback.next_frame() == (IDLE_FRAME, ["new"])


def test_it_tells_how_much_is_queued():
    playback = Playback()
    playback.play(FRAME + FRAME[:40])

    assert (playback.queued_bytes, playback.queued_ms, playback.is_empty) == (200, 25, False)


def test_audio_beyond_the_limit_is_discarded_from_its_end_and_counted():
    playback = Playback(limit_bytes=400)

    assert playback.play(b"\x01" * 300) == 0
    assert playback.play(b"\x02" * 300) == 200
    assert playback.play(b"\x03") == 1
    assert playback.queued_bytes == 400
    assert b"".join(playback.next_frame()[0] for _ in range(3)) == b"\x01" * 300 + b"\x02" * 100 + b"\xff" * 80
    assert playback.play(b"\x04") == 0


def test_the_default_limit_is_ten_minutes():
    playback = Playback()

    assert playback.play(bytes(4_800_001)) == 1


class Naive:
    """The same queue, one byte or mark a step, as slow and as plain as can be."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.items: list[int | str] = []
        self.sounding = False

    def play(self, audio: bytes) -> int:
        room = self.limit - sum(isinstance(item, int) for item in self.items)
        self.items += audio[:room]
        return len(audio[room:])

    def mark(self, name: str) -> list[str]:
        if not self.items and not self.sounding:
            return [name]
        self.items.append(name)
        return []

    def clear(self) -> list[str]:
        marks = [item for item in self.items if isinstance(item, str)]
        self.items = []
        self.sounding = False
        return marks

    def next_frame(self) -> tuple[bytes, list[str]]:
        due = []
        while self.items and isinstance(self.items[0], str):
            due.append(self.items.pop(0))
        frame = []
        passed: list[int | str] = []
        while len(frame) < 160 and self.items:
            item = self.items.pop(0)
            (frame if isinstance(item, int) else passed).append(item)
        self.items = passed + self.items
        self.sounding = bool(frame)
        return bytes(frame).ljust(160, b"\xff"), due


STEPS = st.one_of(
    st.tuples(st.just("play"), st.integers(0, 700)),
    st.tuples(st.just("mark"), st.integers(0, 99)),
    st.tuples(st.just("clear"), st.just(0)),
    st.tuples(st.just("next_frame"), st.integers(1, 4)),
)


@given(st.lists(STEPS, max_size=60), st.integers(0, 1500))
@settings(deadline=None, derandomize=True, max_examples=200)
def test_it_behaves_like_a_naive_queue_of_bytes_and_marks(steps: list[tuple[str, int]], limit: int):
    playback, naive = Playback(limit_bytes=limit), Naive(limit)
    played = 0
    for verb, number in steps:
        if verb == "play":
            audio = bytes((played + index) % 251 for index in range(number))
            played += number
            assert playback.play(audio) == naive.play(audio)
        elif verb == "mark":
            assert playback.mark(str(number)) == naive.mark(str(number))
        elif verb == "clear":
            assert playback.clear() == naive.clear()
        else:
            for _ in range(number):
                assert playback.next_frame() == naive.next_frame()
        assert playback.queued_bytes == sum(isinstance(item, int) for item in naive.items)


@given(st.lists(st.binary(min_size=1, max_size=700), max_size=5), st.integers(0, 12), st.integers(1, 6))
def test_what_is_upcoming_is_what_comes(pieces: list[bytes], passed: int, wanted: int) -> None:
    playback = Playback()
    for piece in pieces:
        playback.play(piece)
    for _ in range(passed):
        playback.next_frame()
    audio, begin, end = playback.upcoming(wanted)
    upcoming = audio[begin:end]
    assert len(upcoming) <= wanted * FRAME_BYTES
    assert upcoming == b"".join(playback.next_frame()[0] for _ in range(len(upcoming) // FRAME_BYTES))
