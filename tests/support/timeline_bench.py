"""Golden timelines: a script plays a call, and what comes of it is one text, the same to the millisecond every time.

    @golden_timeline()
    async def test_a_caller_leaves_a_message(scene: Scene) -> None:
        response = VoiceResponse()
        response.record(action="/recorded")
        scene.pages["/voice"] = response
        line = await scene.dial()
        ...

The text is in `golden/<file>/<test>.txt` beside the test: the documents, every entry of the journal with the parameters
of every webhook, and what the phones heard. Identifiers are numbered as they come (CA1, RE1), ports and dates are left
out. `pytest --update-timelines` writes the files anew; what it changes is for the author to read and to stand for.
"""

import difflib
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from customer import Customer
from stream_app import StreamApp
from timeline_text import timeline_text
from twilio.twiml.voice_response import VoiceResponse

from twilio_emulator import Handset, Line, TwilioEmulator
from twilio_emulator.quirks import Quirks

NUMBER = "+15550001111"
CALLER = "+15557770001"

REPETITIONS = 3
"""How often a timeline is played unless its test asks for more."""

Script = Callable[["Scene"], Awaitable[None]]


class Pages:
    """The customer's documents: the SDK's builders, or anything else that a `Customer` serves."""

    def __init__(self, customer: Customer) -> None:
        self._customer = customer

    def __setitem__(self, path: str, page: object) -> None:
        self._customer.pages[path] = str(page) if isinstance(page, VoiceResponse) else page


class Scene:
    """What a script plays with: an emulator, a customer with a number, and the caller's phone."""

    def __init__(self, twilio: TwilioEmulator, customer: Customer, streams: StreamApp) -> None:
        self.twilio = twilio
        self.customer = customer
        self.streams = streams
        self.pages = Pages(customer)
        self.files = customer.files
        self.lines: list[Line] = []
        # The SDK loads what it needs when it is asked for it first, which takes a while: not in the middle of a call.
        self._calls = twilio.client().calls
        self.caller = twilio.handset(CALLER, behavior="ring")
        twilio.add_number(NUMBER, voice_url=f"{customer.url}/voice")

    async def dial(self, script: list[dict[str, object]] | None = None) -> Line:
        """The caller dials the customer's number."""
        return self.watch(await self.caller.dial(NUMBER, script=script))

    async def take_call(self, phone: Handset | None = None) -> Line:
        """The next call that comes to a phone (the caller's own), answered."""
        line = self.watch(await (phone or self.caller).next_call())
        await line.answer()
        return line

    def watch(self, line: Line) -> Line:
        """Tell in the timeline what this line hears."""
        self.lines.append(line)
        return line

    def redirect(self, line: Line, **changes: object) -> None:
        """Somebody changes the call by REST."""
        self._calls(line.call_sid).update(**changes)


def golden_timeline(
    *, repetitions: int = REPETITIONS, quirks: Quirks | None = None
) -> Callable[[Script], Callable[[pytest.FixtureRequest], Awaitable[None]]]:
    """Make a test of a script: it plays so many times, and gives the text in its golden file each time."""

    def decorate(script: Script) -> Callable[[pytest.FixtureRequest], Awaitable[None]]:
        golden = golden_file(Path(script.__code__.co_filename), script.__name__)

        async def test(request: pytest.FixtureRequest) -> None:
            first = await play(script, quirks)
            if request.config.getoption("--update-timelines"):
                golden.parent.mkdir(parents=True, exist_ok=True)
                golden.write_text(first, encoding="utf-8")
            expected = golden.read_text(encoding="utf-8") if golden.exists() else ""
            _compare(expected, first, f"{golden.name} (golden)", "as it went now")
            for repetition in range(2, repetitions + 1):
                again = await play(script, quirks)
                _compare(first, again, "the first time", f"the {repetition}th time")

        test.__name__ = test.__qualname__ = script.__name__
        test.__doc__, test.__module__ = script.__doc__, script.__module__
        return test

    return decorate


def golden_file(test_file: Path, test_name: str) -> Path:
    """Where the timeline of a test is."""
    folder = test_file.parent / "golden" / test_file.stem.removeprefix("test_")
    return folder / f"{test_name.removeprefix('test_')}.txt"


async def play(script: Script, quirks: Quirks | None = None) -> str:
    """Play a script once, in a world of its own, to the end of all its calls."""
    async with TwilioEmulator(speed="max", speech="murmur", quirks=quirks) as twilio:
        customer, streams = Customer(twilio.auth_token), StreamApp()
        await customer.start()
        await streams.start()
        try:
            scene = Scene(twilio, customer, streams)
            await script(scene)
            await twilio.wait_until_idle()
        finally:
            await streams.stop()
            await customer.stop()
        assert not customer.unsigned, "the official validator refused a signature"
        return timeline_text(scene)


def _compare(expected: str, actual: str, expected_name: str, actual_name: str) -> None:
    if expected != actual:
        lines = difflib.unified_diff(
            expected.splitlines(), actual.splitlines(), expected_name, actual_name, lineterm="", n=4
        )
        advice = "If that is as it should be: pytest --update-timelines."
        pytest.fail("The call went otherwise.\n" + "\n".join(lines) + f"\n{advice}", pytrace=False)
