"""Pressing keys in a live call.

There is no message for it on a stream (twilio.com/docs/voice/media-streams). Two ways remain. `play`: Twilio is told
by REST to play the digits and to come back to us on a new stream; replacing the TwiML ends the old one. `inband`: the
tones go out as our own audio, which Twilio's own `<Gather>` does not take for keys
(github.com/MakingChatbots/ivr-tester/issues/56). `auto` is `play`, as every listener takes that for keys, and `inband`
if Twilio refuses to play: a key that may be missed is better than none. A request that got no answer, or a 5xx, may
have been carried out, so it is not repeated in band: a key pressed twice is another key.

Laws: digits are checked before anything happens. What was said before is heard first, for the old stream's buffer dies
with it. Once REST has been asked, a cancellation leaves the move to its end: half a move is a lost call.
"""

import asyncio
import logging
from typing import Final, Literal, TypeAlias, get_args

from twilio_adapter.call import Event, Phase
from twilio_adapter.errors import AdapterError, ConfigurationError, StreamNotBack, TwilioRefused
from twilio_adapter.mouth import Mouth
from twilio_adapter.reception import Reception
from twilio_adapter.rest import ALREADY_OVER, Rest
from twilio_adapter.tasks import Tasks
from twilio_adapter.verbs import Verbs
from twilio_wire.dtmf import parse_digits, synthesize
from twilio_wire.g711 import SAMPLE_RATE, encode

logger = logging.getLogger(__name__)
DtmfMethod: TypeAlias = Literal["play", "inband", "auto"]

_SERVER_ERROR: Final = 500


class Keypad:
    """The verb that presses keys."""

    def __init__(self, verbs: Verbs, mouth: Mouth, *, reception: Reception, rest: Rest, tasks: Tasks) -> None:
        self._verbs = verbs
        self._mouth = mouth
        self._reception = reception
        self._rest = rest
        self._tasks = tasks
        self._one_at_a_time = asyncio.Lock()

    async def press(self, digits: str, method: DtmfMethod) -> None:
        """Press keys (0-9, A-D, *, #; w and W pause) and return when the far end has heard them.

        Raises:
            InvalidDigits: something in `digits` is no key.
            ConfigurationError: there is no such method.
            CallEnded: the call is over.
            StreamNotBack: the digits were played, and the conversation could not be resumed; it was hung up.
        """
        parse_digits(digits)
        if method not in get_args(DtmfMethod):
            raise ConfigurationError(f"There is no DTMF method {method!r}: use 'play', 'inband' or 'auto'.")
        if not digits:
            return
        async with self._one_at_a_time:
            if method == "inband":
                await self._sound(digits)
            elif method == "play":
                await self._play(digits)
            else:
                await self._play_or_sound(digits)

    async def _play_or_sound(self, digits: str) -> None:
        try:
            await self._play(digits)
        except TwilioRefused as error:
            if self._verbs.call.over or error.status >= _SERVER_ERROR:
                raise
            logger.warning("Pressing keys as tones in the stream, which not every listener takes for keys: %s", error)
            await self._sound(digits)

    async def _sound(self, digits: str) -> None:
        session = self._verbs.call.session
        dropped_before = session.outbox.dropped
        await self._mouth.say_ulaw(encode(synthesize(digits)))
        await self._mouth.drain()
        if session.outbox.dropped == dropped_before:  # nobody has interrupted us
            self._verbs.call.carry_out(session.pressed(digits))

    async def _play(self, digits: str) -> None:
        call = self._verbs.call
        await self._mouth.drain()
        if call.over:
            raise self._verbs.ended()
        if not await self._tasks.outlive(self._move(digits)):
            await self._verbs.until_over()
            raise self._verbs.ended()
        lasts_s = synthesize(digits).size / SAMPLE_RATE
        limit_s = lasts_s + self._verbs.limits.reattach_s
        try:
            await self._verbs.waits.until(
                lambda: call.progress.phase is not Phase.MOVING,
                limit_s=limit_s,
                expired=lambda: _not_back(limit_s),
            )
        except StreamNotBack:
            call.happen(Event.GIVEN_UP)
            raise
        if call.over:
            raise self._verbs.ended()
        call.carry_out(call.session.pressed(digits))

    async def _move(self, digits: str) -> bool:
        """Ask Twilio to play the digits and come back; return False if the call is over for Twilio.

        The old stream may stop before Twilio has answered us, so the call counts as moving from the moment we ask.
        """
        call = self._verbs.call
        assert call.sid is not None
        call.happen(Event.MOVE_ASKED)
        try:
            await self._rest.update_call(call.sid, self._reception.stream_twiml(call, digits=digits))
        except AdapterError as error:
            over = isinstance(error, TwilioRefused) and error.code in ALREADY_OVER
            if call.line is not None:
                call.happen(Event.MOVE_REFUSED)
            else:
                call.happen(Event.TERMINAL_STATUS if over else Event.GIVEN_UP)
            if not over:
                raise
            return False
        return True


def _not_back(limit_s: float) -> StreamNotBack:
    return StreamNotBack(
        f"The digits were sent, but the call's media stream did not come back within {limit_s:g} s, so it was hung up: "
        "the far end had hung up, or the tunnel does not pass WebSockets.",
        limit_s=limit_s,
    )
