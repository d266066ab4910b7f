"""Callers in a conference: a number whose TwiML leads into it, and handsets that dial it."""

from __future__ import annotations

from customer import Customer
from twilio.rest.api.v2010.account.conference import ConferenceInstance
from twilio.rest.api.v2010.account.conference.participant import ParticipantInstance
from twilio.twiml.voice_response import Dial, VoiceResponse

from twilio_emulator import Line, TwilioEmulator

NUMBER = "+15550001111"
ROOM = "Room 1234"
EVERYTHING = "start end join leave mute hold modify speaker announcement"


def conference_twiml(name: str = ROOM, *, dial: dict[str, object] | None = None, **attributes: object) -> str:
    """A document that leads into a conference, and says so when the call is out again."""
    response, verb = VoiceResponse(), Dial(**(dial or {}))
    verb.conference(name, **attributes)
    response.append(verb)
    response.say("You are out.")
    return str(response)


class Meeting:
    """Callers come in one after another, each by a document of its own."""

    def __init__(self, twilio: TwilioEmulator, customer: Customer) -> None:
        self.twilio = twilio
        self.customer = customer
        self.lines: list[Line] = []
        twilio.add_number(NUMBER, voice_url=f"{customer.url}/voice")

    async def join(self, name: str = ROOM, *, dial: dict[str, object] | None = None, **attributes: object) -> Line:
        """Somebody dials in; quiet and without music unless it says otherwise."""
        quiet: dict[str, object] = {"beep": "false", "wait_url": ""}
        self.customer.pages["/voice"] = conference_twiml(name, dial=dial, **(quiet | attributes))
        line = await self.twilio.handset(f"+1555777{len(self.lines):04}").dial(NUMBER)
        self.lines.append(line)
        await line.wait_until("in-progress")
        return line

    @property
    def conference(self) -> ConferenceInstance:
        """The newest, as REST has it."""
        return self.twilio.client().conferences.list(limit=1)[0]

    def participant(self, line: Line) -> ParticipantInstance:
        """A caller's part in it, as REST has it."""
        return self.conference.participants(line.call_sid).fetch()

    @property
    def told(self) -> list[str]:
        """The events that the app was told of, in order."""
        return [form["StatusCallbackEvent"] for form in self.customer.forms("/events")]
