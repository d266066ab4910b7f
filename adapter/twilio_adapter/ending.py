"""Hangs a call up, politely: what was already handed to Twilio is heard first.

Laws: whoever says goodbye and hangs up is heard to the end (a second at most is on its way). A call that is over
already is as good as hung up. When this returns the stream has stopped.
"""

import logging
from collections.abc import Awaitable, Callable

from twilio_adapter.call import Event
from twilio_adapter.errors import AdapterError
from twilio_adapter.live import LiveCall
from twilio_adapter.mouth import Mouth
from twilio_adapter.rest import Rest
from twilio_adapter.tasks import Tasks
from twilio_adapter.verbs import Verbs

logger = logging.getLogger(__name__)


async def hang_up(verbs: Verbs, mouth: Mouth, *, rest: Rest, tasks: Tasks) -> None:
    """End the call; verbs that are under way in it raise CallEnded.

    Raises:
        TwilioRefused, TwilioUnreachable: the request did not go through; the call is still up.
    """
    call = verbs.call
    if call.over:
        return
    if call.sid is None:
        await verbs.waits.until(
            lambda: call.sid is not None or call.over, limit_s=verbs.limits.rest_s * 2, expired=verbs.ended
        )
    mouth.cut_off()
    try:
        if call.line is not None:
            await _be_heard(mouth)
        await tasks.outlive(complete(call, rest.complete_call))
        await verbs.until_over()
    finally:
        mouth.resume()


async def complete(call: LiveCall, end: Callable[[str], Awaitable[None]]) -> None:
    """Tell Twilio by `end` to end the call; a stream that is up will stop in its own time."""
    if call.over or call.sid is None:
        return
    call.progress.hanging_up = True  # the stop may come before the reply
    try:
        await end(call.sid)
    except AdapterError:
        call.not_hung_up()
        raise
    call.happen(Event.HUNG_UP)


async def _be_heard(mouth: Mouth) -> None:
    try:
        await mouth.drain()
    except AdapterError as error:
        logger.warning("Hanging up before all was heard: %s", error)
