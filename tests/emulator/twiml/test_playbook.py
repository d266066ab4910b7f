"""The Playbook judges all other tests here, so it is judged itself."""

from __future__ import annotations

import pytest

from twilio_emulator.twiml.flow import AudioReady, HangUp, Synthesize

DOCUMENT = "<Response><Say>Hi</Say></Response>"
SPEAKS = Synthesize("Hi", "man", "en-US")


@pytest.mark.parametrize("expected", [(), (HangUp(),), (SPEAKS, HangUp()), (Synthesize("Hi", "woman", "en-US"),)])
def test_another_order_of_commands_fails_with_both_timelines(playbook, expected):
    call = playbook(DOCUMENT)
    with pytest.raises(pytest.fail.Exception) as caught:
        call.does(*expected)
    told = str(caught.value)
    assert "expected" in told
    assert "actual" in told
    assert repr(SPEAKS) in told


def test_a_command_that_the_script_does_not_mention_fails(playbook):
    call = playbook(DOCUMENT)
    with pytest.raises(pytest.fail.Exception, match="Synthesize"):
        call.hears(AudioReady(b"x"))


def test_a_script_that_ends_too_early_fails(playbook):
    call = playbook(DOCUMENT).does(SPEAKS)
    with pytest.raises(pytest.fail.Exception, match="waits"):
        call.is_over()


def test_a_script_that_goes_on_too_long_fails(playbook):
    call = playbook("<Response/>").does(HangUp())
    with pytest.raises(pytest.fail.Exception, match="is over"):
        call.hears(AudioReady(b"x"))


def test_a_failure_shows_audio_by_its_length(playbook):
    call = playbook("<Response><Say>Hello.</Say></Response>")
    with pytest.raises(
        pytest.fail.Exception, match=r"StartPlayback\(audio=<9000 bytes, [0-9a-f]{8}>, says=None\)"
    ) as failure:
        call.says("Hello.").plays(b"\x01" * 9000)
    assert len(str(failure.value)) < 2000
