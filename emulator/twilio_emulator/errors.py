"""What the emulator raises to the people who write tests. Each message says what happened and what to do.

TestBenchError
├── CallOver          the call ended before what was asked for could happen
├── NeverHappened     a wait ran into its limit
├── NotRinging        there is nothing to answer or to reject
├── CannotTransfer    a phone that is no SIP user's, or in no conversation, was to transfer one
├── NobodyThere       a handset dialled a number that the account does not own
├── NoApplication     a client dialled without an application, or with one that there is not
├── StillBusy         calls do not end
├── PortInUse         the emulator's port belongs to somebody else
├── CannotListen      the emulator's address cannot be listened on
├── NotStarted        the emulator is used outside its `async with`
├── BadScript         a phone script has a step that cannot be run
├── BadFault          a fault has a parameter that it cannot have
└── BadFaultFile      a file of faults cannot be read
"""

from __future__ import annotations


class TestBenchError(Exception):
    """Anything that the test bench raises on purpose."""

    __test__ = False  # the name begins with Test; pytest must not collect it


class CallOver(TestBenchError):
    """The call ended first."""

    def __init__(self, phone_number: str, status: str, waiting_for: str = "") -> None:
        waited = f" while it was waiting for {waiting_for}" if waiting_for else ""
        super().__init__(
            f"The call of {phone_number} is over ({status}){waited}; "
            f"read its timeline with twilio.timeline(line.call_sid)."
        )
        self.status = status


class NeverHappened(TestBenchError, TimeoutError):
    """A wait ran into its limit, counted in call time.

    Attributes:
        what: what was waited for.
    """

    def __init__(self, what: str, timeout_ms: int, phone_number: str, status: str) -> None:
        self.what = what
        super().__init__(
            f"{phone_number} waited {timeout_ms / 1000:g} s of call time for {what}, in vain (the call is {status}); "
            f"give a larger timeout=, or read twilio.timeline(line.call_sid)."
        )


class NotRinging(TestBenchError):
    """Nothing to answer or to reject."""

    def __init__(self, verb: str, phone_number: str, status: str) -> None:
        super().__init__(
            f"{phone_number} cannot {verb}: its call is {status}, not an incoming call that rings. "
            f'A handset with behavior="answer" picks up by itself; use behavior="ring" to decide in the test.'
        )


class CannotTransfer(TestBenchError):
    """Nobody to transfer, or nobody who could."""

    def __init__(self, phone_number: str, status: str) -> None:
        super().__init__(
            f"{phone_number} cannot transfer its call, which is {status}: only a SIP user in a conversation can. "
            f'Put the phone at twilio.handset("sip:bob@example.com").'
        )


class NobodyThere(TestBenchError):
    """The number dialled is not on this network."""

    def __init__(self, phone_number: str) -> None:
        super().__init__(
            f"Nobody answers at {phone_number}: the account owns no such number. "
            f"Add it with twilio.add_number({phone_number!r}, voice_url=...)."
        )


class NoApplication(TestBenchError):
    """Nothing answers what a client dials."""

    def __init__(self, phone_number: str, application_sid: str) -> None:
        missing = f"there is no application {application_sid}" if application_sid else "it has no application"
        super().__init__(
            f"{phone_number} cannot dial: {missing}. Create one by REST with a voice_url, and give its sid to "
            f"twilio.handset({phone_number!r}, application=...)."
        )


class PortInUse(TestBenchError):
    """The port is taken."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(
            f"Port {port} on {host} is in use by another program; give another with --port (or port=), or 0 for any."
        )


class CannotListen(TestBenchError):
    """The address is not ours to listen on."""

    def __init__(self, host: str, port: int, why: str) -> None:
        super().__init__(
            f"Cannot listen on {host}, port {port} ({why}); give another --host or --port (or host= or port=)."
        )


class NotStarted(TestBenchError):
    """The emulator is not running."""

    def __init__(self) -> None:
        super().__init__("The emulator is not running; use it inside `async with TwilioEmulator() as twilio:`.")


class StillBusy(TestBenchError, TimeoutError):
    """Calls that do not end."""

    def __init__(self, live_calls: tuple[str, ...], timeout_ms: int) -> None:
        super().__init__(
            f"After {timeout_ms / 1000:g} s of call time these calls are still up: {', '.join(live_calls) or 'none'}; "
            f"hang them up, or give a larger timeout=."
        )


class BadScript(TestBenchError):
    """A script step that cannot be run."""

    def __init__(self, position: int, problem: str) -> None:
        super().__init__(f"Step {position} of the script cannot be run: {problem}")
        self.position = position


class BadFault(TestBenchError, ValueError):
    """A fault that there is not, or with a parameter that it cannot have."""

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(f"Fault {name!r}: {problem}.")
        self.name = name


class BadFaultFile(TestBenchError, ValueError):
    """A file of faults that cannot be read."""

    def __init__(self, path: object, error: Exception) -> None:
        super().__init__(f"The faults in {path} cannot be read: {error}. docs/faults.md shows such a file.")
