"""Records of calls, to be written, read and compared: one that is easy to read, and any."""

from hypothesis import strategies as st

from twilio_wire.cassette import (
    CallRecord,
    DigitEntry,
    HangUpEntry,
    InterruptEntry,
    SayEntry,
    StateEntry,
    StepEntry,
    VerbEntry,
    WebhookEntry,
)
from twilio_wire.cassette.record import STATUSES

SPEECH = bytes(range(256)) * 50


def a_call(**different: object) -> CallRecord:
    """1.6 s of a menu: we are asked, and press 1."""
    facts = {
        "direction": "outbound",
        "status": "completed",
        "from_number": "+15551110001",
        "to_number": "+15551110002",
        "far": SPEECH,
        "near": SPEECH[::-1],
        "entries": (
            StateEntry(0, "ringing"),
            StateEntry(0, "answered"),
            DigitEntry(700, "near", "1"),
            StateEntry(1600, "completed"),
        ),
        "seen_by": "adapter",
        "is_real": False,
        "versions": {"twilio-testbench": "0.1.0"},
    }
    return CallRecord(**(facts | different))


_texts = st.text(st.characters() | st.sampled_from("\ud800\x7f\x00+0"), max_size=12) | st.sampled_from(
    ["+15551110001", "", '"\\\n\x7f']
)
_tables = st.dictionaries(_texts, _texts, max_size=3)
_sides = st.sampled_from(["far", "near"])
_moments = st.integers(0, 100_000)
entries = st.one_of(
    st.builds(StateEntry, _moments, _texts),
    st.builds(DigitEntry, _moments, _sides, st.sampled_from("0123456789ABCD*#")),
    st.builds(VerbEntry, _moments, _texts, _tables, _texts),
    st.builds(WebhookEntry, _moments, _texts, _texts, _texts, st.integers(0, 599), _tables),
    st.builds(SayEntry, _moments, _sides, _texts),
    st.builds(StepEntry, _moments, _texts, _texts, st.integers(100_000, 200_000)),
    st.builds(InterruptEntry, _moments, _sides),
    st.builds(HangUpEntry, _moments, _sides),
)


@st.composite
def call_records(draw: st.DrawFn) -> CallRecord:
    """Any record that there can be."""
    length = draw(st.integers(0, 400))
    sound = st.binary(min_size=length, max_size=length)
    return CallRecord(
        direction=draw(st.sampled_from(["inbound", "outbound"])),
        status=draw(st.sampled_from(sorted(STATUSES))),
        from_number=draw(_texts),
        to_number=draw(_texts),
        far=draw(sound),
        near=draw(sound),
        entries=tuple(draw(st.lists(entries, max_size=6))),
        handset=draw(_sides),
        seen_by=draw(st.sampled_from(["adapter", "emulator"])),
        is_real=draw(st.booleans()),
        versions=draw(_tables),
    )
