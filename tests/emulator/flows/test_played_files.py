"""Files that `<Play>` fetches: long ones, and those that need not be fetched again."""

import numpy as np
from aiohttp import web
from customer import Customer
from sounds import seconds_of, tone_pcm

from twilio_emulator import TwilioEmulator
from twilio_emulator.journal import WebhookSent
from twilio_wire.audio import wav_bytes

NUMBER = "+15550001111"
CALLER = "+15557770001"


async def test_a_file_of_more_than_ten_minutes_is_heard_to_its_end(twilio: TwilioEmulator, customer: Customer) -> None:
    quiet = np.zeros(8000 * 605, np.int16)
    customer.files["/long.wav"] = ("audio/wav", wav_bytes(np.concatenate([quiet, tone_pcm(440, 2.0)]), rate=8000))
    customer.pages["/voice"] = "<Response><Play>/long.wav</Play></Response>"
    twilio.add_number(NUMBER, voice_url=f"{customer.url}/voice")
    line = await twilio.handset(CALLER).dial(NUMBER)
    await line.wait_until("completed", timeout=700)
    assert line.heard.seconds > 606
    assert seconds_of(440, line.heard.pcm[-8000 * 4 :]) > 1.9


async def test_a_file_with_a_max_age_is_not_asked_for_again_before_it_is_old(
    twilio: TwilioEmulator, customer: Customer, monkeypatch
) -> None:
    tone = wav_bytes(tone_pcm(440, 0.5), rate=8000)
    customer.pages["/voice"] = (
        "<Response><Play>/tone.wav</Play><Play>/tone.wav</Play><Pause length='5'/><Play>/tone.wav</Play></Response>"
    )
    answer = customer._answer

    async def with_age(request: web.Request) -> web.Response:
        if request.path != "/tone.wav":
            return await answer(request)
        return web.Response(body=tone, content_type="audio/wav", headers={"Cache-Control": "max-age=4"})

    monkeypatch.setattr(customer, "_answer", with_age)
    await customer.stop()
    await customer.start()
    twilio.add_number(NUMBER, voice_url=f"{customer.url}/voice")
    line = await twilio.handset(CALLER).dial(NUMBER)
    await line.wait_until("completed")
    fetched = [entry.at_ms for entry in twilio.journal.of(WebhookSent) if entry.purpose == "media"]
    assert len(fetched) == 2
    assert fetched[1] - fetched[0] > 4000
    assert seconds_of(440, line.heard.pcm) > 1.4
