"""`<Enqueue>`: the call waits in a queue until an agent takes it. Source: twilio.com/docs/voice/twiml/enqueue.

Meanwhile it hears Twilio's music, or what `waitUrl` answers, which is asked for again each time its document has run
out. When the call is out of the queue, `action` is told how (`QueueResult`) and takes over; without one, the verb below
runs. The action is told also when the caller has hung up, or REST has given the call other TwiML.

What no source says, and how we read it: a mistake in a `waitUrl` document ends the stay (`error`), one in the document
of an agent's `<Queue url>` does not keep the two apart. An agent who is gone before they talk leaves a caller behind
whose result is `bridging-in-process`. A wait document that takes no time is asked for once a second.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Final, Never

from twilio_emulator.media.hold_music import hold_music
from twilio_emulator.queues.queue import MAX_NAME_CHARS
from twilio_emulator.twiml.aside import run_aside
from twilio_emulator.twiml.context import CallContext
from twilio_emulator.twiml.errors import TwimlError, quoted
from twilio_emulator.twiml.flow import (
    WAIT,
    Event,
    FarEndHungUp,
    Fetch,
    Replaced,
    StartTimer,
    Steps,
    TimerFired,
    last_request,
    until,
)
from twilio_emulator.twiml.outcomes import End, GoTo, Leave, Next, Outcome
from twilio_emulator.twiml.queue_flow import (
    AgentGone,
    EnterQueue,
    LeaveQueue,
    LookAtQueue,
    MeetAgent,
    QueueEntered,
    QueueRefused,
    QueueSeen,
    Taken,
)
from twilio_emulator.twiml.schema import Attribute, Tag, Use, Verb
from twilio_emulator.twiml.sounds import play
from twilio_emulator.twiml.underway import overheard, run_until, takes_time
from twilio_emulator.twiml.values import METHOD, TEXT, matching, whole_number
from twilio_emulator.twiml.verbs.gather import GATHER
from twilio_emulator.twiml.verbs.hangup import HANGUP
from twilio_emulator.twiml.verbs.leave import LEAVE_QUEUE
from twilio_emulator.twiml.verbs.pause import PAUSE
from twilio_emulator.twiml.verbs.play import PLAY
from twilio_emulator.twiml.verbs.redirect import REDIRECT
from twilio_emulator.twiml.verbs.say import SAY

SOURCE: Final = "twilio.com/docs/voice/twiml/enqueue"

ACTION: Final = Attribute("action", "", TEXT, source=SOURCE)
ENQUEUE_METHOD: Final = Attribute("method", "POST", METHOD, code=14201, level="error", source=SOURCE)
WAIT_URL: Final = Attribute("waitUrl", "", TEXT, source=SOURCE)
WAIT_URL_METHOD: Final = Attribute("waitUrlMethod", "POST", METHOD, code=14206, level="error", source=SOURCE)
MAX_QUEUE_SIZE: Final = Attribute("maxQueueSize", 0, whole_number(1), source="the SDKs")
WORKFLOW_SID: Final = Attribute(
    "workflowSid",
    "",
    matching(r"WW[0-9a-fA-F]{32}", "the SID of a workflow, WW and 32 hex digits"),
    code=14220,
    level="error",
    source=SOURCE,
)

INVALID_WAIT_URL: Final = 14202
INVALID_ACTION: Final = 14203
NAME_TOO_SHORT: Final = 14204
NAME_TOO_LONG: Final = 14205
QUEUE_FULL: Final = 14207
INVALID_TASK: Final = 14221

TASK: Final = Tag(
    name="Task",
    attributes=(Attribute("priority", 0, whole_number(0)), Attribute("timeout", 0, whole_number(0))),
    has_text=True,
)
"""Attributes of a TaskRouter task, as JSON [twilio.com/docs/taskrouter/twiml-queue-calls]."""

WAIT_DOCUMENT: Final = Tag(
    name="Response",
    children={verb.name: verb for verb in (GATHER, HANGUP, LEAVE_QUEUE, PAUSE, PLAY, REDIRECT, SAY)},
)
"""What may be heard in a queue."""

WHISPER_DOCUMENT: Final = Tag(name="Response", children={verb.name: verb for verb in (PAUSE, PLAY, REDIRECT, SAY)})
"""What the caller may hear when it has been taken [twilio.com/docs/voice/twiml/queue]."""

TIMER: Final = "between wait documents"
HASTY_DOCUMENT_MS: Final = 1000


class QueueResult(StrEnum):
    """How a stay ended [twilio.com/docs/voice/twiml/enqueue, "QueueResult values"]."""

    BRIDGED = "bridged"
    BRIDGING_IN_PROCESS = "bridging-in-process"
    ERROR = "error"
    HANGUP = "hangup"
    LEAVE = "leave"
    REDIRECTED = "redirected"
    REDIRECTED_FROM_BRIDGED = "redirected-from-bridged"
    QUEUE_FULL = "queue-full"
    SYSTEM_ERROR = "system-error"


class Phase(StrEnum):
    """How far a stay has come."""

    ENTERING = "entering"
    WAITING = "waiting"
    TAKEN = "taken"
    TALKING = "talking"


_P, _R = Phase, QueueResult

IF_HUNG_UP: Final[Mapping[Phase, QueueResult]] = {
    _P.ENTERING: _R.SYSTEM_ERROR,
    _P.WAITING: _R.HANGUP,
    _P.TAKEN: _R.HANGUP,
    _P.TALKING: _R.BRIDGED,
}
IF_REPLACED: Final[Mapping[Phase, QueueResult]] = {
    _P.ENTERING: _R.SYSTEM_ERROR,
    _P.WAITING: _R.REDIRECTED,
    _P.TAKEN: _R.BRIDGING_IN_PROCESS,
    _P.TALKING: _R.REDIRECTED_FROM_BRIDGED,
}
"""The results of a stay that something from outside has ended, by how far it had come."""


def run(use: Use, context: CallContext) -> Steps[Outcome]:
    """Wait in the queue; then tell `action` if there is one, or else go on."""
    stay = _Stay(use, context)
    try:
        result = yield from stay.go_through()
    except FarEndHungUp:
        yield from stay.last_words(IF_HUNG_UP[stay.phase])
        raise
    except Replaced:
        yield from stay.last_words(IF_REPLACED[stay.phase])
        raise
    action = yield from stay.action(result)
    return Next() if action is None else action


class _Stay:
    """One `<Enqueue>` under way."""

    def __init__(self, use: Use, context: CallContext) -> None:
        self.phase = Phase.ENTERING
        self._use = use
        self._context = context
        self._queue_sid = ""

    def go_through(self) -> Steps[QueueResult]:
        """Everything from the door to the way out; says how it ended."""
        try:
            yield from self._check()
            yield EnterQueue(self._name, self._use[MAX_QUEUE_SIZE])
            entered: Event = yield from until(QueueEntered, QueueRefused)
            if isinstance(entered, QueueRefused):
                message = f"The queue {self._name!r} is full: {entered.limit} calls wait in it; this one goes on."
                yield self._context.warning(QUEUE_FULL, message, "Raise MaxSize or maxQueueSize, or take calls out.")
                return QueueResult.QUEUE_FULL
            assert isinstance(entered, QueueEntered)
            self._queue_sid, self.phase = entered.queue_sid, Phase.WAITING
            ending: Leave | Taken = entered.taken or (yield from run_until(self._wait(), Taken))
        except TwimlError as error:
            yield self._context.failure(error)
            if self.phase is Phase.WAITING:
                yield LeaveQueue()
            return QueueResult.ERROR
        if isinstance(ending, Taken):
            return (yield from self._meet(ending))
        yield LeaveQueue()
        return QueueResult.LEAVE

    def action(self, result: QueueResult) -> Steps[GoTo | None]:
        """The request that tells how it ended, if somebody wants to know."""
        if not self._use[ACTION]:
            return None
        try:
            url = self._resolve(self._use[ACTION], INVALID_ACTION)
        except TwimlError:
            return None  # told at the door
        parameters = {"QueueResult": result.value}
        if self._queue_sid:
            seen = yield from self._look()
            parameters |= {"QueueSid": self._queue_sid, "QueueTime": str(seen.time_s)}
        return GoTo(url, self._use[ENQUEUE_METHOD], parameters, purpose="enqueue action")

    def last_words(self, result: QueueResult) -> Steps[None]:
        """Tell how it ended; nobody carries out what is answered."""
        action = yield from self.action(result)
        if action is not None:
            yield from last_request(Fetch(action.url, action.method, action.parameters, action.purpose))

    # --- the door ---------------------------------------------------------------------------------------------------

    @property
    def _name(self) -> str:
        return self._use.text or self._use[WORKFLOW_SID]

    def _check(self) -> Steps[None]:
        """See that everything is as it should be.

        Raises:
            TwimlError: it is not.
        """
        if self._use.fault is not None:
            raise self._use.fault
        if not self._name:
            raise self._error(NAME_TOO_SHORT, "The queue has no name.", "Write <Enqueue>support</Enqueue>.")
        if len(self._name) > MAX_NAME_CHARS:
            message = f"The name of the queue has {len(self._name)} characters: {quoted(self._name)}."
            raise self._error(NAME_TOO_LONG, message, f"Use {MAX_NAME_CHARS} at most.")
        if self._use[ACTION]:
            self._resolve(self._use[ACTION], INVALID_ACTION)
        if self._use[WAIT_URL]:
            self._resolve(self._use[WAIT_URL], INVALID_WAIT_URL)
        yield from self._check_task()

    def _check_task(self) -> Steps[None]:
        for task in self._use.children:
            try:
                json.loads(task.text or "{}")
            except (ValueError, RecursionError) as error:
                raise self._error(INVALID_TASK, f"<Task> is not JSON: {error}.", "Write an object.") from error
        if self._use.children or self._use.has(WORKFLOW_SID):
            yield self._context.warning(
                0,
                f"{self._use.place} makes no task: the emulator has no TaskRouter. The call waits in {self._name!r}.",
                "Take it with <Dial><Queue>, or by REST, where a worker would.",
            )

    def _error(self, code: int, message: str, hint: str) -> TwimlError:
        return TwimlError(code, message, self._use.element.line, self._use.element.column, hint=hint)

    def _resolve(self, url: str, code: int) -> str:
        try:
            return self._context.resolve(url)
        except TwimlError as error:
            raise self._error(code, error.message, error.hint) from error

    # --- inside -----------------------------------------------------------------------------------------------------

    def _wait(self) -> Steps[Leave]:
        """Hear what there is to hear, for as long as it takes."""
        if not self._use.has(WAIT_URL):
            while True:
                yield from play(hold_music())
        if not self._use[WAIT_URL]:
            yield from _for_ever()
        url = self._resolve(self._use[WAIT_URL], INVALID_WAIT_URL)
        while True:
            seen = yield from self._look()
            place = GoTo(url, self._use[WAIT_URL_METHOD], self._wait_parameters(seen), purpose="queue wait")
            has_taken_time = False

            def notice(event: Event | None) -> None:
                nonlocal has_taken_time
                has_taken_time = has_taken_time or takes_time(event)

            outcome = yield from overheard(run_aside(place, replace(self._context), WAIT_DOCUMENT), notice)
            match outcome:
                case Leave():
                    return outcome
                case End():
                    yield from _for_ever()  # <Hangup> has ended the call, which is about to be thrown in
            if not has_taken_time:
                yield StartTimer(TIMER, HASTY_DOCUMENT_MS)
                yield from until(TimerFired)

    def _wait_parameters(self, seen: QueueSeen) -> dict[str, str]:
        return {
            "QueueSid": self._queue_sid,
            "QueuePosition": str(seen.position),
            "QueueTime": str(seen.time_s),
            "AvgQueueTime": str(seen.average_time_s),
            "CurrentQueueSize": str(seen.current_size),
            "MaxQueueSize": str(seen.max_size),
        }

    def _meet(self, taken: Taken) -> Steps[QueueResult]:
        """Hear what the agent's document says first, then talk."""
        self.phase = Phase.TAKEN
        if taken.url:
            gone = yield from run_until(self._whisper(taken), AgentGone)
            if gone is not None:
                return QueueResult.BRIDGING_IN_PROCESS
        self.phase = Phase.TALKING
        yield MeetAgent()
        ended = yield from until(AgentGone)
        return QueueResult.BRIDGED if ended.was_bridged else QueueResult.BRIDGING_IN_PROCESS

    def _whisper(self, taken: Taken) -> Steps[None]:
        seen = yield from self._look()
        parameters = {
            "QueueSid": self._queue_sid,
            "QueueTime": str(seen.time_s),
            "DequeingCallSid": taken.agent_call_sid,
        }
        place = GoTo(taken.url, taken.method, parameters, purpose="queue whisper")
        try:
            yield from run_aside(place, replace(self._context), WHISPER_DOCUMENT)
        except TwimlError as error:
            yield self._context.failure(error)

    def _look(self) -> Steps[QueueSeen]:
        yield LookAtQueue()
        return (yield from until(QueueSeen))


def _for_ever() -> Steps[Never]:
    """Wait until something comes from outside."""
    while True:
        yield WAIT


ENQUEUE: Final = Verb(
    name="Enqueue",
    attributes=(ACTION, ENQUEUE_METHOD, WAIT_URL, WAIT_URL_METHOD, MAX_QUEUE_SIZE, WORKFLOW_SID),
    children={"Task": TASK},
    has_text=True,
    owns_faults=True,
    run=run,
    source=SOURCE,
)
