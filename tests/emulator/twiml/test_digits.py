from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from twilio_emulator.twiml.digits import DigitCollector, GatherEnding

KEYS = "0123456789*#ABCD"


@given(st.text(KEYS, max_size=30), st.sampled_from(["", *"0123456789*#"]), st.integers(0, 8))
def test_the_digits_are_the_keys_before_the_end_and_the_ending_says_why(keys, finish, num_digits):
    collector = DigitCollector(finish_on_key=finish, num_digits=num_digits)
    for key in keys:
        collector.press(key)
    before_finish, met, _ = keys.partition(finish) if finish else (keys, "", "")
    digits = before_finish[:num_digits] if num_digits else before_finish
    assert collector.digits == digits
    if num_digits and len(digits) == num_digits:
        assert (collector.ending, collector.finished_on_key) == (GatherEnding.ALL_DIGITS, "")
    elif met:
        assert (collector.ending, collector.finished_on_key) == (GatherEnding.FINISH_KEY, finish)
    else:
        assert (collector.ending, collector.finished_on_key) == (None, "")


class Collecting(RuleBasedStateMachine):
    """Keys and outside reasons in any order: what has ended stays as it ended."""

    @initialize(finish=st.sampled_from(["", "#"]), num_digits=st.integers(0, 4))
    def begin(self, finish, num_digits):
        self.collector = DigitCollector(finish_on_key=finish, num_digits=num_digits)
        self.ended = None

    @rule(key=st.sampled_from(KEYS))
    def press(self, key):
        self.collector.press(key)

    @rule(reason=st.sampled_from(GatherEnding))
    def end(self, reason):
        self.collector.end(reason)
        assert self.collector.ending is not None

    @invariant()
    def an_end_is_final(self):
        if not hasattr(self, "collector"):
            return
        now = (self.collector.digits, self.collector.finished_on_key, self.collector.ending)
        assert self.ended in (None, now)
        if self.collector.ending is not None:
            self.ended = now


TestCollecting = Collecting.TestCase
