"""The department for `<Dial>`: rings legs for a call, bridges one of them, and lets go of them.

Laws
----
* Every leg is told of once: as it ends, or, if the call has parted with it, when the flow asks to drop its legs.
* The call has one bridge at a time; it comes down with the leg, with the call, and when REST redirects either.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from twilio_emulator.by_type import ByType
from twilio_emulator.calls.call import Call, CallStatus
from twilio_emulator.calls.caller_ids import CallerIds
from twilio_emulator.calls.department import Host, LegNews, PlacedLeg, Tell
from twilio_emulator.calls.requests import CallRequest
from twilio_emulator.journal import PartiesTalked
from twilio_emulator.media.bridge import Bridge
from twilio_emulator.rooms import Rooms
from twilio_emulator.twiml import dial_flow as flow
from twilio_emulator.twiml.dial_flow import LegOrder
from twilio_emulator.twiml.flow import Event, PartyCommand

LEG_TIME_LIMIT_S: Final = 86_400
"""The most that any call may last; how long a Dial may is counted by its TwiML."""


class Dialling:
    """The legs of one call."""

    def __init__(self, host: Host, rooms: Rooms) -> None:
        self._host = host
        self._rooms = rooms
        self._legs: dict[int, _DialledLeg] = {}
        self._bridge: Bridge | None = None
        self._bridged: _DialledLeg | None = None
        self._tell: Tell = _nobody_cares

    def carry_out(self, command: PartyCommand, tell: Tell) -> None:
        """Do what the flow asks. A call that is over begins nothing."""
        self._tell = tell
        self._do(command)

    def part(self) -> None:
        """Drop every leg; the flow hears of them when it asks."""
        self._tell = _nobody_cares
        for leg in tuple(self._legs.values()):
            leg.placed.end("the call that dialled it has let go of it")

    @ByType
    def _do(self, command: PartyCommand) -> None:
        raise AssertionError(f"<Dial> asked for {type(command).__name__}, which nobody carries out.")

    @_do.register
    def _place(self, command: flow.PlaceLeg) -> None:
        if self._host.call.status.is_final:
            self._tell(flow.LegEnded(command.leg, "", CallStatus.CANCELED))
            return
        shown, problem = CallerIds(self._rooms.store).choose(self._host.call, command.order)
        if problem is not None:
            self._rooms.journal.write(problem)
        if not shown:
            self._tell(flow.LegEnded(command.leg, "", CallStatus.FAILED))
            return
        self._legs = {number: leg for number, leg in self._legs.items() if not leg.placed.call.status.is_final}
        leg = self._legs[command.leg] = _DialledLeg(command.leg)
        leg.placed = self._host.place_leg(self._request(command.order, shown), lambda news: self._hear(leg, news))

    @_do.register
    def _drop(self, command: flow.DropLeg) -> None:
        leg = self._legs.get(command.leg)
        if leg is not None:
            leg.placed.end("TwiML dropped the leg")

    @_do.register
    def _drop_all(self, _: flow.DropLegs) -> None:
        for leg in tuple(self._legs.values()):
            leg.placed.end("TwiML dropped the leg")
            self._account_for(leg)

    @_do.register
    def _hand_over(self, command: flow.HandOverLeg) -> None:
        leg = self._legs.get(command.leg)
        if leg is not None:
            leg.placed.redirect(command.instructions)

    @_do.register
    def _bridge_leg(self, command: flow.BridgeLeg) -> None:
        leg = self._legs.get(command.leg)
        if leg is None or self._host.call.status.is_final:
            return
        self._bridge = Bridge(self._host.leg, leg.placed.leg)
        self._bridged = leg
        self._note(leg, "bridged")

    # --- what becomes of legs ---------------------------------------------------------------------------------------

    def _hear(self, leg: _DialledLeg, news: LegNews) -> None:
        match news:
            case LegNews.RANG:
                self._tell(flow.LegRang(leg.number))
            case LegNews.READY:
                self._tell(flow.LegReady(leg.number))
            case LegNews.REFERRED:
                self._tell(flow.LegReferred(leg.number, leg.placed.refer_target))
            case LegNews.LEFT | LegNews.ENDED:
                self._unbridge(leg)
                self._account_for(leg)
            case LegNews.ANSWERED:
                pass  # what follows at once is a key, a question, or that it is ready

    def _account_for(self, leg: _DialledLeg) -> None:
        """Tell the flow how a leg ended. If it does not listen now, the leg is kept until it asks."""
        if self._tell is not _nobody_cares:
            self._legs.pop(leg.number, None)
            self._tell(self._ending(leg))

    def _ending(self, leg: _DialledLeg) -> Event:
        call = leg.placed.call
        answered = call.answered_ms is not None
        return flow.LegEnded(
            leg.number,
            call.sid,
            call.status if call.status.is_final else CallStatus.COMPLETED,
            call.seconds_since_answer(self._rooms.clock.now_ms) if answered else None,
            _sip_facts(call),
        )

    def _unbridge(self, leg: _DialledLeg) -> None:
        if self._bridge is not None and self._bridged is leg:
            self._bridge.take_down()
            self._bridge = self._bridged = None
            self._note(leg, "parted")

    def _note(self, leg: _DialledLeg, what: str) -> None:
        self._rooms.journal.write(
            PartiesTalked(call_sid=self._host.call.sid, other_call_sid=leg.placed.call.sid, event=what)
        )

    def _request(self, order: LegOrder, shown: str) -> CallRequest:
        call = self._host.call
        return CallRequest(
            account_sid=call.account_sid,
            to=order.to or call.to_number,
            route=order.route,
            parameters=order.parameters,
            from_=shown,
            instructions=order.screening,
            parent_call_sid=call.sid,
            status_callback=order.status_callback,
            timeout_s=order.timeout_s + self._rooms.quirks.dial_timeout_buffer_s,
            time_limit_s=LEG_TIME_LIMIT_S,
            send_digits=order.send_digits,
            machine_detection=order.machine_detection,
        )


def _sip_facts(call: Call) -> dict[str, str]:
    """What the action is told of a SIP leg besides [twilio.com/docs/voice/twiml/sip]."""
    if call.sip_call_id is None:
        return {}
    code = call.sip_response_code or HTTPStatus.OK
    return {"DialSipCallId": call.sip_call_id, "DialSipResponseCode": str(int(code))}


class _DialledLeg:
    """A leg, by the number that the flow gave it."""

    placed: PlacedLeg

    def __init__(self, number: int) -> None:
        self.number = number


def _nobody_cares(_: Event) -> None:
    """The call has parted with its legs."""
