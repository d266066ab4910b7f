"""Turns are dealt out evenly, whichever of the lines one looks at."""

import pytest

from twilio_emulator.media.rota import Rota


@pytest.mark.parametrize("every", [1, 2, 20, 40])
def test_lines_that_share_a_phase_have_their_turns_spread_over_all_frames(every):
    """Of 50 lines, each on its own in an even deal, no more than a few may meet."""
    rota = Rota(50)
    turns = [rota.next() for _ in range(50 * every)][::every]

    assert set(turns) <= set(range(50))
    assert max(map(turns.count, turns)) <= 3
    assert len(set(turns)) >= 30
