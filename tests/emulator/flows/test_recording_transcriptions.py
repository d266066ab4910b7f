"""What `<Record transcribe="true">` leaves behind, as REST shows it."""

from pathlib import Path

import pytest
from customer import Customer
from twilio.base.exceptions import TwilioRestException

from twilio_emulator import TwilioEmulator

NUMBER = "+15550001111"
CALLER = "+15557770001"
SPOKEN = Path(__file__).parents[3] / "fixtures_audio" / "speech" / "book_a_table.wav"
SENTENCE = "I would like to book a table for two on Friday evening."


async def test_a_transcription_is_found_by_account_and_by_recording_until_it_is_deleted(
    twilio: TwilioEmulator, customer: Customer
) -> None:
    customer.pages["/voice"] = '<Response><Record transcribe="true" action="/recorded"/></Response>'
    twilio.add_number(NUMBER, voice_url=f"{customer.url}/voice")
    line = await twilio.handset(CALLER).dial(NUMBER)
    await line.wait_for_speech()
    await line.wait_for_silence(0.1)
    await line.play(SPOKEN)
    await line.hang_up()
    await twilio.wait_until_idle()
    assert customer.forms("/recorded")[0]["Digits"] == "hangup"
    client = twilio.client()
    [recording] = client.recordings.list()
    of_recording = client.recordings(recording.sid).transcriptions
    [listed] = client.transcriptions.list()
    [same] = of_recording.list()
    assert same.sid == listed.sid
    assert (listed.status, listed.transcription_text, listed.recording_sid) == ("completed", SENTENCE, recording.sid)
    assert of_recording(listed.sid).fetch().duration == recording.duration
    assert (
        client.transcriptions(listed.sid)
        .fetch()
        .uri.endswith(f"/Recordings/{recording.sid}/Transcriptions/{listed.sid}.json")
    )
    of_recording(listed.sid).delete()
    assert client.transcriptions.list() == of_recording.list() == []
    with pytest.raises(TwilioRestException) as caught:
        client.transcriptions(listed.sid).fetch()
    assert caught.value.code == 20404
