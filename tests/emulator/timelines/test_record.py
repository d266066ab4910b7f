"""`<Record>`, to the millisecond."""

from pathlib import Path

import pytest
from sounds import tone_line
from timeline_bench import Scene, golden_timeline
from twilio.twiml.voice_response import VoiceResponse

from twilio_emulator import CallOver

FIXTURES = Path(__file__).parents[3] / "fixtures_audio"
MESSAGE = tone_line(440, 1.5)


def mailbox(**attributes: object) -> VoiceResponse:
    response = VoiceResponse()
    response.say("Leave a message.")
    response.record(**attributes)
    response.say("We heard nothing.")
    return response


def thanks() -> VoiceResponse:
    response = VoiceResponse()
    response.say("Thank you.")
    return response


@golden_timeline(repetitions=50)
async def test_a_key_ends_the_message(scene: Scene) -> None:
    callback = f"{scene.customer.url}/recording"
    scene.pages["/voice"] = mailbox(
        action="/recorded",
        finish_on_key="#",
        recording_status_callback=callback,
        recording_status_callback_event="in-progress completed absent",
    )
    scene.pages["/recorded"] = thanks()
    line = await scene.dial()
    await line.wait_for_speech()
    await line.wait_for_silence(0.5)
    await line.play(MESSAGE)
    await line.press("1#")
    await line.wait_until("completed")


@golden_timeline()
async def test_silence_ends_the_message_and_is_trimmed(scene: Scene) -> None:
    scene.pages["/voice"] = mailbox(action="/recorded", timeout=3, play_beep=False, method="GET")
    scene.pages["/recorded"] = thanks()
    line = await scene.dial()
    await line.wait_for_speech()
    await line.wait_for_silence(0.5)
    await line.play(MESSAGE)
    await line.wait_until("completed")


@golden_timeline()
async def test_the_longest_message_ends_by_itself(scene: Scene) -> None:
    scene.pages["/voice"] = mailbox(action="/recorded", max_length=2, trim="do-not-trim")
    scene.pages["/recorded"] = thanks()
    line = await scene.dial()
    await line.wait_for_speech()
    with pytest.raises(CallOver):
        await line.play(MESSAGE * 4)


@golden_timeline()
async def test_a_caller_who_says_nothing_goes_on_to_the_next_verb(scene: Scene) -> None:
    scene.pages["/voice"] = mailbox(
        action="/recorded",
        recording_status_callback="/recording",
        recording_status_callback_event="absent",
    )
    line = await scene.dial()
    await line.wait_until("completed")


@golden_timeline()
async def test_a_caller_who_hangs_up_has_left_a_message(scene: Scene) -> None:
    scene.pages["/voice"] = mailbox(action="/recorded", recording_status_callback="/recording")
    scene.pages["/recorded"] = thanks()
    line = await scene.dial()
    await line.wait_for_speech()
    await line.wait_for_silence(0.5)
    await line.play(MESSAGE)
    await line.hang_up()


@golden_timeline()
async def test_a_message_is_written_down(scene: Scene) -> None:
    scene.pages["/voice"] = mailbox(action="/recorded", timeout=2, transcribe=True, transcribe_callback="/text")
    scene.pages["/recorded"] = thanks()
    line = await scene.dial()
    await line.wait_for_speech()
    await line.wait_for_silence(0.5)
    await line.play(FIXTURES / "speech" / "book_a_table.wav")
    await line.wait_until("completed")
    transcriptions = scene.twilio.client().transcriptions
    [listed] = transcriptions.list()
    assert transcriptions(listed.sid).fetch().transcription_text == listed.transcription_text


@golden_timeline()
async def test_a_message_of_a_second_is_not_written_down(scene: Scene) -> None:
    scene.pages["/voice"] = mailbox(timeout=2, transcribe=True, transcribe_callback="/text", action="/recorded")
    line = await scene.dial()
    await line.wait_for_speech()
    await line.wait_for_silence(0.5)
    await line.play(tone_line(440, 1.0))
    await line.wait_until("completed")
