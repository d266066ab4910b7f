"""Two legs joined by the network: what one plays the other receives, and what one does the other learns."""

from twilio_emulator.calls.far_end import Crossing, LegEnding
from twilio_wire.g711 import IDLE_FRAME


class Leg:
    call_sid = "CA" + "2" * 32

    def __init__(self) -> None:
        self.told: list[str] = []

    def far_rang(self) -> None:
        self.told.append("rang")

    def far_answered(self) -> None:
        self.told.append("answered")

    def far_ended(self, ending: LegEnding) -> None:
        self.told.append(str(ending))


def joined() -> tuple[Crossing, Crossing, Leg, Leg]:
    near, far = Crossing.pair()
    near.leg, far.leg = Leg(), Leg()
    return near, far, near.leg, far.leg


def test_frames_cross_in_order_and_the_line_is_idle_when_there_are_none() -> None:
    near, far, _, _ = joined()
    near.hear(b"one")
    near.hear(b"two")
    assert [far.speak(), far.speak(), far.speak()] == [b"one", b"two", IDLE_FRAME]
    assert near.speak() == IDLE_FRAME


def test_the_answer_of_the_called_leg_reaches_the_calling_one() -> None:
    _, far, calling, called = joined()
    far.answered()
    assert (calling.told, called.told) == (["answered"], [])


def test_an_end_is_told_to_the_other_leg_once() -> None:
    near, far, calling, called = joined()
    near.ended(LegEnding.HUNG_UP)
    far.ended(LegEnding.HUNG_UP)
    near.ended(LegEnding.HUNG_UP)
    assert called.told == ["hung up"]
    assert calling.told == ["hung up"]


def test_a_crossing_keeps_no_more_than_a_moment_of_audio() -> None:
    near, far, _, _ = joined()
    for number in range(100):
        near.hear(bytes([number]))
    assert far.speak() == bytes([90])
