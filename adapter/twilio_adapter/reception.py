"""Decides what becomes of what Twilio brings: a caller, a status, a media stream.

Laws: synchronous. The adapter is one telephone: one call at a time, others hear busy. Only a stream with the current
token of the current call gets in. A caller's webhook may come twice (Twilio retries after a lost connection) and gets
the same answer twice. Status callbacks may come before the reply that names their call; they are kept until it does.
"""

import logging
from collections.abc import Callable, Collection, Mapping
from typing import Final

from twilio_adapter.addresses import Addresses
from twilio_adapter.call import TERMINAL, Direction
from twilio_adapter.errors import CallInProgress
from twilio_adapter.live import Line, LiveCall
from twilio_adapter.tickets import Tickets
from twilio_adapter.twiml import TOKEN_PARAMETER, connect_stream, reject
from twilio_adapter.voice_activity import Vad
from twilio_adapter.waits import Waits
from twilio_wire.messages import Start
from twilio_wire.redaction import redact_number

logger = logging.getLogger(__name__)
_EARLY_NEWS_KEPT: Final = 32


class Reception:
    """One telephone's front desk."""

    def __init__(
        self,
        *,
        addresses: Addresses,
        allowed_callers: Collection[str] | None,
        vad: Vad,
        waits: Waits,
        on_digit: Callable[[str], None],
        on_begin: Callable[[LiveCall], object],
        hang_up_later: Callable[[str], object],
    ) -> None:
        self.addresses = addresses
        self.call: LiveCall | None = None
        """The current call, or the last one."""
        self.open = True
        """Whether calls may come in."""
        self._allowed_callers = allowed_callers
        self._vad = vad
        self._waits = waits
        self._on_digit = on_digit
        self._on_begin = on_begin
        self._hang_up_later = hang_up_later
        self._tickets: Tickets[LiveCall] = Tickets()
        self._answer = ""
        self._early_news: list[tuple[str, str, str]] = []

    # --- for the verbs --------------------------------------------------------------------------------------------

    @property
    def live_call(self) -> LiveCall | None:
        """The current call, unless it is over."""
        return None if self.call is None or self.call.over else self.call

    def place(self, caller: str, callee: str) -> LiveCall:
        """Begin a call of our own.

        Raises:
            CallInProgress: there is one already.
        """
        if self.live_call is not None:
            raise CallInProgress(
                f"The adapter is in call {self.live_call.sid} already: hang up first, or use a second adapter."
            )
        return self._begin(Direction.OUTBOUND, sid=None, caller=caller, callee=callee)

    def placed(self, call: LiveCall, sid: str) -> None:
        """REST has named the call; news of it that came earlier counts now."""
        call.learn_sid(sid)
        early, self._early_news = self._early_news, []
        for about, status, sip_code in early:
            if about == sid:
                call.hear_status(status, sip_code)
        if call.over and not call.has_last_word:
            self._left_up(call)  # it was given up before it had a name
        self._waits.check()

    def stream_twiml(self, call: LiveCall, *, digits: str = "") -> str:
        """Return TwiML that connects a call to us, with a new token."""
        return connect_stream(self.addresses.stream_url, self._tickets.issue(call), digits=digits)

    async def flush(self) -> None:
        """Return when what was said in the current call is on the wire."""
        if self.call is not None and self.call.line is not None:
            await self.call.line.flushed()

    # --- for the server -------------------------------------------------------------------------------------------

    def voice(self, form: Mapping[str, str]) -> str:
        """Answer the webhook of a call to our number with TwiML."""
        sid, caller = form.get("CallSid", ""), form.get("From", "")
        current = self.live_call
        if current is not None and current.sid == sid and self._answer:
            return self._answer
        if not self.open or not self._may_call(caller):
            logger.info("Rejected a call from %s.", redact_number(caller))
            return reject("rejected")
        if current is not None:
            logger.info("Call %s hears busy: the adapter is in call %s.", sid, current.sid)
            return reject("busy")
        call = self._begin(Direction.INBOUND, sid=sid, caller=caller, callee=form.get("To", ""))
        self._answer = self.stream_twiml(call)
        return self._answer

    def status(self, form: Mapping[str, str]) -> None:
        """Take a status callback."""
        sid, status = form.get("CallSid", ""), form.get("CallStatus", "")
        sip_code = form.get("SipResponseCode", "")
        call = self.call
        if call is None:
            return
        if call.sid == sid:  # the last word on a call comes when it is over
            call.hear_status(status, sip_code)
        elif call.sid is None and not call.over:
            self._early_news = [*self._early_news, (sid, status, sip_code)][-_EARLY_NEWS_KEPT:]
        elif call.sid is None:
            self._disown(sid, status)

    def admit(self, line: Line, start: Start) -> LiveCall | None:
        """Let a media stream in, if its token is the right one; it carries the call from then on."""
        call = self._tickets.redeem(start.start.custom_parameters.get(TOKEN_PARAMETER, ""))
        if call is None or call.sid not in {None, start.start.call_sid}:
            logger.warning("Refused media stream %s: its token is not the current one.", start.stream_sid)
            return None
        call.attach(line, start)
        return call

    def no_stream_hint(self, call: LiveCall) -> str:
        """Say that a call's stream never came, and what to look at."""
        return (
            f"Call {call.sid} was answered, but its media stream never reached {self.addresses.stream_url}: the far "
            "end hung up at once, or the tunnel does not pass WebSockets (Twilio logs errors 31901 to 31924)."
        )

    def _begin(self, direction: Direction, *, sid: str | None, caller: str, callee: str) -> LiveCall:
        self._answer = ""
        self._early_news = []
        self.call = LiveCall(
            direction,
            sid=sid,
            caller=caller,
            callee=callee,
            vad=self._vad,
            waits=self._waits,
            on_digit=self._on_digit,
            on_over=self._call_is_over,
            on_left_up=self._left_up,
        )
        self._on_begin(self.call)
        self._waits.check()
        return self.call

    def _call_is_over(self, call: LiveCall) -> None:
        self._tickets.revoke(call)
        if call.line is not None:
            call.line.close("the call is over")

    def _left_up(self, call: LiveCall) -> None:
        """A call is over for us, and may be up at Twilio, where it is billed."""
        if call.sid is not None:
            self._hang_up_later(call.sid)
            return
        for about, status, _ in self._early_news:
            self._disown(about, status)

    def _disown(self, sid: str, status: str) -> None:
        """Twilio tells of a call that we asked for and gave up, because the reply with its name never came."""
        if status not in TERMINAL:
            logger.warning("Call %s was placed although its request failed; hanging up.", sid)
            self._hang_up_later(sid)

    def _may_call(self, caller: str) -> bool:
        return self._allowed_callers is None or "*" in self._allowed_callers or caller in self._allowed_callers
