"""How far a call has come."""

from itertools import permutations

import pytest

from twilio_adapter.call import ENDINGS, TERMINAL, TRANSITIONS, Direction, Event, IllegalEvent, Phase, Progress


def at(phase: Phase) -> Progress:
    progress = Progress(Direction.OUTBOUND)
    progress.phase = phase
    return progress


@pytest.mark.parametrize("phase", Phase)
@pytest.mark.parametrize("event", Event)
def test_every_event_in_every_phase_is_in_the_table_or_illegal(phase: Phase, event: Event) -> None:
    progress = at(phase)
    if (phase, event) in TRANSITIONS:
        progress.happen(event)
        assert progress.phase is TRANSITIONS[phase, event]
    else:
        with pytest.raises(IllegalEvent, match=f"{event} cannot happen while {phase}"):
            progress.happen(event)
        assert progress.phase is phase


@pytest.mark.parametrize("event", Event)
def test_nothing_brings_a_finished_call_back(event: Event) -> None:
    progress = at(Phase.TALKING)
    progress.happen(Event.STREAM_STOPPED)
    assert not progress.happen(event)
    assert progress.over
    assert progress.ended_by is Event.STREAM_STOPPED


def test_every_event_that_can_end_a_call_has_words_for_it() -> None:
    ending = {event for (phase, event), then in TRANSITIONS.items() if then is Phase.OVER and phase is not Phase.OVER}
    assert ending == set(ENDINGS)


@pytest.mark.parametrize("order", list(permutations(["initiated", "ringing", "in-progress", "completed"])))
def test_status_callbacks_in_any_order_end_in_the_same_status(order: tuple[str, ...]) -> None:
    progress = Progress(Direction.OUTBOUND)
    seen = []
    for status in order:
        progress.hear_status(status)
        seen.append(progress.status)
    assert progress.status == "completed"
    assert "completed" not in seen[: order.index("completed")]


@pytest.mark.parametrize("terminal", sorted(TERMINAL))
def test_a_terminal_status_is_the_last_word(terminal: str) -> None:
    progress = Progress(Direction.OUTBOUND)
    assert progress.hear_status(terminal)
    for other in ("ringing", "in-progress", *TERMINAL):
        progress.hear_status(other)
    assert progress.status == terminal


def test_a_status_nobody_knows_is_ignored() -> None:
    progress = Progress(Direction.OUTBOUND)
    assert not progress.hear_status("pondering")
    assert progress.status == "queued"


def test_a_status_cannot_end_a_call_whose_stream_is_up() -> None:
    progress = Progress(Direction.OUTBOUND)
    progress.happen(Event.STREAM_STARTED)
    progress.hear_status("completed")
    assert not progress.happen(Event.TERMINAL_STATUS)
    assert progress.happen(Event.STREAM_STOPPED)


def test_a_stream_makes_the_call_answered_and_its_stop_completed() -> None:
    progress = Progress(Direction.INBOUND)
    assert progress.status == "ringing"
    progress.happen(Event.STREAM_STARTED)
    assert progress.status == "in-progress"
    progress.happen(Event.STREAM_STOPPED)
    assert progress.status == "completed"


def test_a_call_we_hung_up_ended_because_of_us_though_its_stream_stopped_last() -> None:
    progress = Progress(Direction.INBOUND)
    progress.happen(Event.STREAM_STARTED)
    progress.happen(Event.HUNG_UP)
    progress.happen(Event.STREAM_STOPPED)
    assert progress.ending == "we hung up"
