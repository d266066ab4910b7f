"""What a test does around its waits: gives up, does several things at once, acts while the app is still thinking."""

import asyncio
import threading
from itertools import pairwise

import pytest
from customer import Customer
from journal_views import spoken

from twilio_emulator import CallOver, Line, NeverHappened, TwilioEmulator
from twilio_emulator.journal import PhoneActed

NUMBER = "+15550001111"
CALLER = "+15557770001"
TALK = "<Response><Say>Hello.</Say><Pause length='600'/></Response>"


async def dial(twilio: TwilioEmulator, customer: Customer, page: object = TALK) -> Line:
    customer.pages["/voice"] = page
    twilio.add_number(NUMBER, voice_url=f"{customer.url}/voice", status_callback=f"{customer.url}/status")
    return await twilio.handset(CALLER).dial(NUMBER)


class ThinkingApp:
    """A page that takes as long as the test wants."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.may_answer = asyncio.Event()

    async def page(self, _: dict[str, str]) -> str:
        self.asked.set()
        await self.may_answer.wait()
        return TALK


async def test_a_caller_may_hang_up_while_the_app_is_still_thinking(twilio: TwilioEmulator, customer: Customer) -> None:
    app = ThinkingApp()
    line = await dial(twilio, customer, app.page)
    waiting = asyncio.ensure_future(line.wait_until("in-progress"))
    await app.asked.wait()
    await line.hang_up()
    assert [form["CallStatus"] for form in customer.forms("/status")] == ["no-answer"]
    app.may_answer.set()
    with pytest.raises(CallOver):
        await waiting
    await twilio.wait_until_idle()
    assert spoken(twilio) == []
    assert "11205" not in twilio.timeline()


async def test_no_time_passes_while_the_app_is_thinking(twilio: TwilioEmulator, customer: Customer) -> None:
    app = ThinkingApp()
    line = await dial(twilio, customer, app.page)
    waiting = asyncio.ensure_future(line.wait_until("in-progress"))
    await app.asked.wait()
    twilio.client().calls.list()
    assert line.heard.seconds == 0
    app.may_answer.set()
    await waiting


async def test_a_wait_that_is_given_up_lets_no_more_time_pass(twilio: TwilioEmulator, customer: Customer) -> None:
    line = await dial(twilio, customer)
    await line.wait_until("in-progress")
    waiting = asyncio.ensure_future(line.wait_for_digits(1, timeout=3600))
    await line.silence(1.0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    twilio.client().calls.list()
    heard = line.heard.seconds
    twilio.client().calls.list()
    assert line.heard.seconds == heard < 1.5
    await line.silence(1.0)
    assert line.heard.seconds == pytest.approx(heard + 1.0, abs=0.04)


async def test_several_things_happen_at_the_same_time(twilio: TwilioEmulator, customer: Customer) -> None:
    echo = "<Response><Gather numDigits='1' action='/echo'/></Response>"
    customer.pages["/echo"] = lambda form: f"<Response><Play digits='{form['Digits']}'/><Pause/></Response>"
    line = await dial(twilio, customer, echo)
    await line.wait_until("in-progress")
    _, heard, _ = await asyncio.gather(line.press("8"), line.wait_for_digits(1), line.wait_for_speech())
    assert heard == "8"


async def test_what_follows_a_wait_happens_at_that_very_moment_while_others_wait_on(
    twilio: TwilioEmulator, customer: Customer
) -> None:
    line = await dial(twilio, customer)
    until_the_end = asyncio.ensure_future(line.wait_until("completed", timeout=3600))
    for _ in range(20):
        waits = [asyncio.ensure_future(line.silence(0.1)) for _ in range(2)]
        await asyncio.wait_for(asyncio.gather(*waits), 5)
        await line.press("1")
    await line.hang_up()
    await until_the_end
    pressed = [entry.at_ms for entry in twilio.journal.of(PhoneActed) if entry.action == "presses"]
    # Twice 100 ms of silence, 200 ms of key and pause, and after each the frame in which its end is noticed.
    assert [later - earlier for earlier, later in pairwise(pressed)] == [440] * 19


async def test_a_line_is_used_from_another_loop_in_another_thread(twilio: TwilioEmulator, customer: Customer) -> None:
    line = await dial(twilio, customer)

    def somebody_else() -> None:
        asyncio.run(line.wait_for_speech())

    thread = threading.Thread(target=somebody_else)
    thread.start()
    await line.wait_until("in-progress")
    await asyncio.to_thread(thread.join)
    assert line.heard.seconds > 0


async def test_a_wait_in_vain_says_what_was_waited_for(twilio: TwilioEmulator, customer: Customer) -> None:
    line = await dial(twilio, customer)
    await line.wait_until("in-progress")
    with pytest.raises(NeverHappened, match=r"3 s of call time for 2 keys, in vain \(the call is in-progress\)"):
        await line.wait_for_digits(2, timeout=3)
    waiting = asyncio.gather(line.wait_for_silence(5), return_exceptions=True)
    await line.silence(0.1)
    await line.hang_up()
    (error,) = await waiting
    assert "5 s of silence" in str(error)


async def test_a_status_that_does_not_exist_is_named(twilio: TwilioEmulator, customer: Customer) -> None:
    line = await dial(twilio, customer)
    with pytest.raises(ValueError, match=r"complete.*completed"):
        await line.wait_until("complete")
    with pytest.raises(ValueError, match=r"complete.*completed"):
        await twilio.wait_for_call(line.call_sid, "complete")
    with pytest.raises(ValueError, match="CA0"):
        await twilio.wait_for_call("CA0")


async def test_a_status_that_has_been_and_gone_counts_as_reached(twilio: TwilioEmulator, customer: Customer) -> None:
    line = await dial(twilio, customer, "<Response><Say>Hi.</Say></Response>")
    await line.wait_until("completed")
    await line.wait_until("in-progress")
    await twilio.wait_for_call(line.call_sid, "ringing")
    with pytest.raises(CallOver):
        await twilio.wait_for_call(line.call_sid, "busy")


async def test_a_reset_in_the_middle_of_a_call_leaves_no_trace(twilio: TwilioEmulator, customer: Customer) -> None:
    line = await dial(twilio, customer)
    await line.wait_for_speech()
    await twilio.reset()
    assert line.status == "completed"
    assert [form["CallStatus"] for form in customer.forms("/status")] == ["completed"]
    assert twilio.journal.entries == ()
    again = await dial(twilio, customer)
    await again.wait_for_speech()


async def test_a_reset_waits_only_so_long_for_an_app_that_does_not_answer(
    twilio: TwilioEmulator, customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("twilio_emulator.core._LAST_CALLBACKS_S", 0.05)
    app = ThinkingApp()
    customer.pages["/status"] = app.page
    line = await dial(twilio, customer)
    await line.wait_for_speech()
    await twilio.reset()
    assert len(twilio._core.rooms.tasks) == 0
    assert twilio.journal.entries == ()
    app.may_answer.set()


async def test_a_mistake_of_the_emulator_ends_the_call_instead_of_hanging_it(
    twilio: TwilioEmulator, customer: Customer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object, **__: object) -> bytes:
        raise RuntimeError("out of order")

    monkeypatch.setattr(twilio._core.rooms.speech, "synthesize", broken)
    line = await dial(twilio, customer)
    await line.wait_until("completed")
    assert "bug of the emulator" in caplog.text
    assert "the emulator failed" in twilio.timeline(line.call_sid)
