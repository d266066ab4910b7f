"""At speed="max" a script comes out the same every time: the journal to the letter, what is heard to the bit."""

import pytest
from customer import Customer
from journal_views import normalised
from stream_app import Message, Stream, StreamApp

from twilio_emulator import TwilioEmulator

NUMBER = "+15550001111"
CALLER = "+15557770001"
CALLEE = "+15557770002"
RUNS = 20
SPEECH = bytes(range(256)) * 25


async def a_menu_and_a_callback() -> tuple[str, bytes]:
    """A caller asks by key to be called back, hangs up, and is called: webhooks, speech, keys, REST, callbacks."""
    async with TwilioEmulator(speed="max", speech="murmur") as twilio:
        customer = Customer(twilio.auth_token)
        await customer.start()

        def choice(form: dict[str, str]) -> str:
            twilio.client().calls.create(
                to=CALLEE,
                from_=NUMBER,
                url=f"{customer.url}/callback",
                send_digits="w9",
                status_callback=f"{customer.url}/status",
                status_callback_event=["initiated", "ringing", "answered", "completed"],
            )
            return f"<Response><Say>You pressed {form['Digits']}.</Say><Redirect>/voice</Redirect></Response>"

        customer.pages = {
            "/voice": "<Response><Gather numDigits='1' action='/choice'><Say>Press a key.</Say></Gather></Response>",
            "/choice": choice,
            "/callback": "<Response><Say>This is your callback.</Say><Hangup/></Response>",
        }
        twilio.add_number(NUMBER, voice_url=f"{customer.url}/voice", status_callback=f"{customer.url}/status")
        called = twilio.handset(CALLEE, answer_after=0.7)
        line = await twilio.handset(CALLER).dial(NUMBER)
        await line.wait_for_speech()
        await line.press("4")
        callback = await called.next_call()
        await callback.wait_for_digits(1)
        await line.hang_up()
        await callback.wait_until("completed")
        await twilio.wait_until_idle()
        await customer.stop()
        assert not customer.unsigned
        return normalised(twilio.journal.to_jsonl()), line.heard.pcm.tobytes() + callback.heard.pcm.tobytes()


async def an_echo_over_a_stream() -> tuple[str, bytes]:
    """An app answers over its stream with what it hears, marks every tenth piece, and hangs up by REST."""
    async with TwilioEmulator(speed="max", speech="murmur") as twilio:
        customer, streams = Customer(twilio.auth_token), StreamApp()
        await customer.start()
        await streams.start()

        async def echo(stream: Stream, message: Message) -> None:
            if message["event"] == "media":
                await stream.echo(message)
                if int(message["media"]["chunk"]) % 10 == 0:
                    await stream.mark(message["media"]["chunk"])
            elif message["event"] == "dtmf":
                await stream.clear()
                call_sid = streams.of("start")[0]["start"]["callSid"]
                twilio.client().calls(call_sid).update(twiml="<Response><Say>Goodbye.</Say></Response>")

        streams.react = echo
        customer.pages["/voice"] = f"<Response><Connect><Stream url='{streams.url}'/></Connect></Response>"
        twilio.add_number(NUMBER, voice_url=f"{customer.url}/voice")
        line = await twilio.handset(CALLER).dial(NUMBER)
        await line.wait_until("in-progress")
        await line.play(SPEECH)
        await line.wait_for_silence(0.3)
        await line.press("#")
        await line.wait_until("completed")
        await twilio.wait_until_idle()
        await streams.stop()
        await customer.stop()
        return normalised(twilio.journal.to_jsonl()), line.heard.pcm.tobytes()


async def a_conversation_in_words() -> tuple[str, bytes]:
    """A caller answers two questions by voice, the second over its prompt; every word is told as it ends."""
    async with TwilioEmulator(speed="max", speech="murmur") as twilio:
        customer = Customer(twilio.auth_token)
        await customer.start()
        ask = """<Response><Gather input="speech dtmf" speechTimeout="auto" action="/{next}"
            partialResultCallback="/partial"><Say>{question}</Say></Gather></Response>"""
        customer.pages = {
            "/voice": ask.format(question="What is your name?", next="name"),
            "/name": lambda form: ask.format(question=f"{form['SpeechResult']} Is that right?", next="right"),
            "/right": lambda form: f"<Response><Say>{form['Confidence']}</Say></Response>",
        }
        twilio.add_number(NUMBER, voice_url=f"{customer.url}/voice")
        line = await twilio.handset(CALLER).dial(NUMBER)
        await line.wait_for_silence(0.4)
        await line.say("My name, if you must know, is Joe.")
        await line.wait_for_speech()
        await line.play(SPEECH, text="Yes, that is right.", confidence=0.5)
        await line.wait_until("completed")
        await twilio.wait_until_idle()
        await customer.stop()
        assert not customer.unsigned
        return normalised(twilio.journal.to_jsonl()), line.heard.pcm.tobytes()


@pytest.mark.parametrize("script", [a_menu_and_a_callback, an_echo_over_a_stream, a_conversation_in_words])
async def test_a_script_comes_out_the_same_every_time(script) -> None:
    journal, heard = await script()
    assert journal.count("\n") > 20
    assert any(heard)
    for _ in range(RUNS - 1):
        again, heard_again = await script()
        assert again == journal
        assert heard_again == heard
