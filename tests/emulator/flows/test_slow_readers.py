"""An application that stops reading its socket: as at Twilio its caller's audio is dropped, and nobody else's is."""

import asyncio

from customer import Customer
from journal_views import codes
from stream_app import StreamApp
from stream_bench import BareApp, BareSocket

from twilio_emulator import TwilioEmulator
from twilio_emulator.journal import Problem, StreamMoved

NUMBER = "+15550001111"
CALLER = "+15557770001"
OTHER = "+15557770002"
SPEED = 25
LONGEST_S = 600


def connect(url: str) -> str:
    return f"<Response><Connect><Stream url='{url}'/></Connect></Response>"


async def test_an_app_that_stops_reading_costs_its_own_caller_and_no_other(streams: StreamApp) -> None:
    release = asyncio.Event()

    async def reads_nothing(bare_socket: BareSocket) -> None:
        await release.wait()

    server = await asyncio.start_server(BareApp(reads_nothing), "127.0.0.1", 0)
    stuck = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/stuck"
    async with TwilioEmulator(speed=SPEED, speech="murmur") as twilio:
        customer = Customer(twilio.auth_token)
        await customer.start()
        customer.pages["/stuck"], customer.pages["/well"] = connect(stuck), connect(streams.url)
        twilio.add_number(NUMBER, voice_url=f"{customer.url}/stuck")
        twilio.add_number("+15550002222", voice_url=f"{customer.url}/well")
        unheard = await twilio.handset(CALLER).dial(NUMBER)
        heard = await twilio.handset(OTHER).dial("+15550002222")
        await heard.wait_until("in-progress")
        for _ in range(LONGEST_S // 5):
            await heard.silence(5)
            if codes(twilio):  # a machine with other work to do may take its time to get the streams going
                break
        assert heard.status == unheard.status == "in-progress"  # no idle timeout, and no hang-up
        await unheard.hang_up()
        await heard.hang_up()
        await twilio.wait_until_idle()
        release.set()
        await streams.closed()
        chunks = [int(message["media"]["chunk"]) for message in streams.of("media")]
        assert chunks == list(range(1, len(chunks) + 1))
        assert codes(twilio) == [31930]
        (warning,) = [entry for entry in twilio.journal.of(Problem) if entry.code == 31930]
        assert (warning.call_sid, warning.level) == (unheard.call_sid, "warning")
        summaries = {
            entry.call_sid: entry.detail for entry in twilio.journal.of(StreamMoved) if entry.event == "summary"
        }
        assert "dropped" in summaries[unheard.call_sid]
        assert f"sent {len(chunks)} frames," in summaries[heard.call_sid]
        await customer.stop()
    server.close()
    await server.wait_closed()
