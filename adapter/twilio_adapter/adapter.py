"""`TwilioAgentAdapter`: the test bench's end of a telephone call.

One telephone with one number. It serves Twilio's webhooks and media stream on one local port and drives calls with
awaited verbs; the same object runs against real Twilio and against the offline emulator.

Laws: seconds in a call are call time, counted in received audio, and pass as fast as the call does. Every wait has a
limit which its error names. What is set up before a call and undone after it is in `telephone`.
"""

from collections.abc import AsyncIterator, Collection
from typing import ClassVar, Final

from twilio_adapter.addresses import checked_public_url
from twilio_adapter.bench import Settings, check_credentials
from twilio_adapter.chunk import AudioChunk
from twilio_adapter.dial import allowed_numbers, check_callee
from twilio_adapter.dial import phone_number as checked_number
from twilio_adapter.digits import DigitCallback
from twilio_adapter.ear import to_bytes
from twilio_adapter.ending import hang_up
from twilio_adapter.errors import CallInProgress, CallStillUp, ConfigurationError
from twilio_adapter.events import CallEvent, DigitPressed
from twilio_adapter.keypad import DtmfMethod
from twilio_adapter.limits import Limits
from twilio_adapter.pace import Pace
from twilio_adapter.roles import AgentRole, Capabilities
from twilio_adapter.session import silence_ulaw
from twilio_adapter.telephone import Telephone
from twilio_adapter.tunnel import Tunnel
from twilio_adapter.voice_activity import Vad

DEFAULT_PORT: Final = 8765
_FALLEN_SILENT_S: Final = 0.3
"""Longer than the gaps inside words, shorter than any answer; docs/measures.md counts it so as well."""
_LONGEST_TURN_S: Final = 300.0


class TwilioAgentAdapter(Telephone):
    """A telephone in the hands of a test. Use it in `async with`, or between `connect()` and `disconnect()`.

    Args:
        account_sid: the Twilio account, `AC…`.
        auth_token: its secret; also checks the signatures of Twilio's requests.
        phone_number: a number of the account, E.164: calls are placed from it and taken at it.
        http_port: local port for webhooks and media stream; 0 is any free one.
        public_base_url: where Twilio reaches that port, `https://…`, as through a tunnel that is up. Not needed if the
            API is on this machine.
        tunnel: what opens a way to that port instead, from `connect()` to `disconnect()`.
        allowed_callers: who may call, E.164; None or "*" is anybody. Others are rejected.
        allowed_callees: whom `place_call` may dial, E.164; None is the account's own numbers, "*" anybody.
        on_dtmf: called, or awaited, with each key the far end presses.
        role: whom this telephone connects a script to: AGENT (the far end is the agent under test, we are its user) or
            USER (the far end is the user, we are the agent).
        validate_signature: whether to refuse requests that Twilio has not signed.
        api_base_url: where the REST API is, if not at Twilio: an emulator's base URL.
        pace: told when call time is waited for, by harnesses that share a process with the emulator. Others need none:
            an emulator at speed="max" learns it from how its pings are answered.
        limits: how long to wait, on the wall, for other people's code.
        vad: how the far end's speech is told from what is none, for `events()`.

    Raises:
        ConfigurationError: an account, a number or a URL that cannot work.
    """

    capabilities: ClassVar[Capabilities] = Capabilities()

    def __init__(
        self,
        *,
        account_sid: str,
        auth_token: str,
        phone_number: str,
        http_port: int = DEFAULT_PORT,
        public_base_url: str | None = None,
        tunnel: Tunnel | None = None,
        allowed_callers: Collection[str] | None = None,
        allowed_callees: Collection[str] | None = None,
        on_dtmf: DigitCallback | None = None,
        role: AgentRole = AgentRole.AGENT,
        validate_signature: bool = True,
        api_base_url: str | None = None,
        pace: Pace | None = None,
        limits: Limits | None = None,
        vad: Vad | None = None,
    ) -> None:
        if public_base_url and tunnel is not None:
            raise ConfigurationError("There are two ways in: pass public_base_url or tunnel, not both.")
        check_credentials(account_sid, auth_token)
        self.role = role
        settings = Settings(
            role=role,
            account_sid=account_sid,
            auth_token=auth_token,
            phone_number=checked_number(phone_number),
            http_port=http_port,
            public_base_url=public_base_url and checked_public_url(public_base_url, api_base_url),
            allowed_callers=allowed_numbers(allowed_callers),
            allowed_callees=allowed_numbers(allowed_callees),
            on_dtmf=on_dtmf,
            validate_signature=validate_signature,
            api_base_url=api_base_url,
            tunnel=tunnel,
            pace=pace,
            limits=limits or Limits(),
            vad=vad or Vad(),
        )
        super().__init__(settings)

    # --- calls ----------------------------------------------------------------------------------------------------

    async def lease_number(self) -> None:
        """Let calls to our number come here, until `disconnect()` restores the number as it was.

        `wait_for_call` does it by itself. Do it before, if the call is triggered before `wait_for_call` is awaited: a
        call that comes in is answered, and waits with all it has said.

        Raises:
            PublicUrlMissing: Twilio cannot reach this machine.
            NumberOnTrunkError: a SIP trunk takes the number's calls.
            NumberInUseError: another adapter has the number; says which process, and since when.
            TunnelLost: the tunnel has broken down.
            TwilioRefused, TwilioUnreachable: the number could not be changed.
        """
        await self._connected().lease_number()

    async def wait_for_call(self, timeout: float = 120.0) -> str:
        """Wait for a call to our number; return its SID when its media stream has started.

        Args:
            timeout: limit in seconds on the wall.

        Raises:
            NobodyCalled: no call came in time.
            CallInProgress: the adapter is in a call.
            PublicUrlMissing, NumberOnTrunkError, NumberInUseError, TunnelLost, TwilioRefused, TwilioUnreachable: see
                `lease_number`.
        """
        conversation = await self._connected().take_call(timeout)
        return str(conversation.call.sid)

    async def place_call(self, to: str, *, timeout: float = 60.0, time_limit: int = 600) -> str:
        """Call a number; return the call's SID when the callee has answered and the media stream has started.

        Args:
            to: E.164.
            timeout: how long the callee may ring, in seconds.
            time_limit: after how many seconds Twilio ends the call whatever happens: no test bills for ever.

        Raises:
            InvalidPhoneNumber: `to` is not E.164.
            ConfigurationError: `timeout` or `time_limit` leaves no time for a call.
            CalleeNotAllowedError: `allowed_callees` does not list it.
            CallBusy, CallNotAnswered, CallCanceled, CallFailed: it did not become a conversation; nothing is left open.
            CallInProgress, PublicUrlMissing, TunnelLost, TwilioRefused, TwilioUnreachable: it could not be tried.
        """
        bench = self._connected()
        callee = checked_number(to)
        if timeout <= 0 or time_limit < 1:
            raise ConfigurationError(
                f"A call that may ring {timeout:g} s and last {time_limit} s is none: give both more than zero."
            )
        if bench.reception.live_call is not None:
            raise CallInProgress("The adapter is in a call already: hang up first, or use a second adapter.")
        await check_callee(bench.rest, callee, self._settings.allowed_callees)
        conversation = await bench.place_call(callee, ring_s=timeout, time_limit_s=time_limit)
        return str(conversation.call.sid)

    async def hang_up(self) -> None:
        """End the call, after what was handed to Twilio has been heard: a second at most, none after an `interrupt()`.

        A call that is over already is fine. Returns when the media stream has stopped.

        Raises:
            NoCall: there has been none.
            TwilioRefused, TwilioUnreachable: the call is still up.
        """
        bench, talk = self._connected(), self._talk()
        await hang_up(talk.verbs, talk.mouth, rest=bench.rest, tasks=bench.tasks)

    async def wait_until_ended(self, timeout: float = 60.0) -> None:
        """Return when the call is over.

        Raises:
            CallStillUp: it is not after `timeout` seconds of call time.
            NoMedia: it is up, and nothing arrives.
        """
        call = self._talk().call
        received = call.session.recording.far
        limit = len(received) + to_bytes(timeout)

        def ended() -> bool:
            if not call.over and len(received) >= limit:
                raise CallStillUp(
                    f"The call is still up after {timeout:g} s of call time: hang up, or wait longer.", limit_s=timeout
                )
            return call.over

        await self._talk().verbs.until(ended)

    # --- speaking -------------------------------------------------------------------------------------------------

    async def send_audio(self, chunk: AudioChunk) -> None:
        """Speak. Returns when all of it has been handed to Twilio, that is, when all but the last second was heard.

        Pieces that are sent one after the other join without a seam. The last 20 to 40 ms follow as soon as no further
        piece does. An `interrupt()` meanwhile ends it too.

        Raises:
            CallEnded: the call is over.
            PlaybackStalled, NoMedia: playback does not come forward.
        """
        await self._talk().mouth.say(chunk)

    async def send_silence(self, seconds: float) -> None:
        """Send digital silence, like `send_audio`."""
        await self._talk().mouth.say_ulaw(silence_ulaw(seconds))

    async def drain(self) -> None:
        """Return when everything sent has been heard, or was dropped by an interruption.

        Raises:
            CallEnded, PlaybackStalled, NoMedia: that will not happen any more.
        """
        await self._talk().mouth.drain()

    async def interrupt(self) -> int:
        """Stop speaking at once: what has not been heard is dropped, here and at Twilio.

        Returns:
            How many milliseconds that is, as far as the received audio tells.
        """
        dropped_ms = self._talk().mouth.interrupt()
        await self._connected().waits.flush()
        return dropped_ms

    async def barge_in(self, chunk: AudioChunk, *, after: float = 0.0, timeout: float = 30.0) -> AudioChunk:
        """Interrupt the far end: wait until it speaks, and speak over it.

        Returns when all of ours has been heard and the far end has fallen silent.

        Args:
            chunk: what we say.
            after: for how many seconds of call time it may have spoken by then.
            timeout: how many seconds of call time to wait for it to speak.

        Returns:
            The far end's turn that was interrupted, to its end: a silence of 0.3 s that outlasts what we say. What it
            says while we speak is not its answer.

        Raises:
            NothingHeard: the far end did not speak.
            TurnTooLong: it did not stop within five minutes.
            CallEnded, PlaybackStalled, NoMedia: the call does not go on.
        """
        talk = self._talk()
        await talk.ear.speech(timeout_s=timeout)
        await talk.ear.seconds(after)
        if talk.call.session.outbox.pending:
            talk.mouth.interrupt()
        await talk.mouth.say(chunk)
        await talk.mouth.drain()
        said = len(talk.call.session.recording.far)
        return await talk.ear.turn(timeout_s=timeout, tail_s=_FALLEN_SILENT_S, longest_s=_LONGEST_TURN_S, beyond=said)

    async def send_dtmf(self, digits: str, *, method: DtmfMethod = "play") -> None:
        """Press keys: 0-9, A-D, *, #; w pauses half a second, W a whole one. Returns when they have been sent.

        Args:
            digits: the keys.
            method: "play" lets Twilio press them, which leaves and resumes the conversation without a trace in the
                received audio; "inband" sends the tones as our audio, which not every listener takes for keys;
                "auto" is "play", and "inband" if Twilio refuses to play.

        Raises:
            InvalidDigits: something in `digits` is no key.
            CallEnded: the call is over.
            StreamNotBack: the conversation could not be resumed.
        """
        self._connected()
        await self._talk().keypad.press(digits, method)

    # --- listening ------------------------------------------------------------------------------------------------

    async def recv_audio(
        self, timeout: float = 30.0, *, tail_silence: float = 0.7, longest: float = _LONGEST_TURN_S
    ) -> AudioChunk:
        """Return what the far end says next: from its first sound to its last before `tail_silence` of silence.

        It is looked for from where the last turn ended: what was said meanwhile is not lost.

        Args:
            timeout: how many seconds of call time to wait for a first sound.
            tail_silence: how many seconds of silence end the turn; the end of the call ends it too.
            longest: how many seconds a turn may last.

        Raises:
            NothingHeard: no sound came.
            TurnTooLong: no silence came.
            CallEnded: the call was over before a sound.
            NoMedia: nothing arrives at all.
        """
        return await self._talk().ear.turn(timeout_s=timeout, tail_s=tail_silence, longest_s=longest)

    async def hear(self, timeout: float = 30.0) -> AudioChunk:
        """Return the next piece of what the far end says as soon as it is heard: a turn, bit by bit.

        Pieces of a turn join to what `recv_audio` would have returned, pauses included. `NothingHeard` tells that the
        turn is over, if the piece before was followed by `timeout` seconds of silence.

        Args:
            timeout: how many seconds of call time to wait for a sound, or for the turn to go on.

        Raises:
            NothingHeard: no sound came.
            CallEnded: the call was over before a sound.
            NoMedia: nothing arrives at all.
        """
        return await self._talk().ear.sound(timeout_s=timeout)

    def unheard(self) -> AudioChunk | None:
        """Return what the far end has said since the last piece or turn, up to now; None if it was silent."""
        return self._talk().ear.unheard()

    def listen(self) -> AsyncIterator[AudioChunk]:
        """Iterate over the received audio in pieces of 20 ms, from the end of the last turn until the call ends.

        Each piece comes one frame after it was heard, as the conversion to 24 kHz needs what follows. A listener always
        waits for the next piece, so with a clock that moves only while somebody waits it keeps time running, also
        between the verbs beside it.
        """
        return self._talk().ear.frames()

    async def wait_for_speech(self, *, timeout: float = 30.0) -> None:
        """Return as soon as the far end makes a sound of 40 ms or more, from now on; it may be speaking already.

        It is for what has to happen while the far end speaks; `recv_audio` returns all of it all the same.

        Raises:
            NothingHeard: it did not within `timeout` seconds of call time.
            CallEnded, NoMedia: there is nothing more to hear.
        """
        await self._talk().ear.speech(timeout_s=timeout)

    async def wait_for_digits(self, count: int, *, timeout: float = 30.0) -> str:
        """Return the next `count` keys the far end presses, from where the last wait for keys ended.

        Raises:
            ConfigurationError: `count` is less than one key.
            KeysMissing: it pressed fewer within `timeout` seconds of call time; they are kept for the next wait.
            CallEnded, NoMedia: there is nothing more to hear.
        """
        if count < 1:
            raise ConfigurationError(f"{count} keys cannot be waited for: give one or more.")
        return await self._talk().ear.keys(count, timeout_s=timeout)

    async def wait_for_silence(self, seconds: float = 1.0, *, timeout: float = 30.0) -> None:
        """Return when the far end has been silent for so many seconds of call time, from now on.

        Raises:
            NotSilent: it has not within `timeout` seconds of call time.
            CallEnded, NoMedia: there is nothing more to hear.
        """
        await self._talk().ear.silence(seconds, timeout_s=timeout)

    async def wait_for_seconds(self, seconds: float) -> None:
        """Return when so many seconds of call time have passed.

        Raises:
            CallEnded, NoMedia: time does not pass any more.
        """
        await self._talk().ear.seconds(seconds)

    async def call(
        self, chunk: AudioChunk | None = None, *, timeout: float = 30.0, tail_silence: float = 0.7
    ) -> AudioChunk:
        """Speak, if there is something to say, and return the far end's next turn: `send_audio`, then `recv_audio`."""
        if chunk is not None:
            await self.send_audio(chunk)
        return await self.recv_audio(timeout, tail_silence=tail_silence)

    # --- watching -------------------------------------------------------------------------------------------------

    def events(self, timeout: float = 120.0) -> AsyncIterator[CallEvent]:
        """Iterate over what happens in the call, from its beginning until it is over; without a call, in the next one.

        Like a listener, whoever iterates keeps time running, also between the verbs beside it: to look back instead,
        read `timeline`.

        Args:
            timeout: limit for a call to begin, in seconds on the wall.

        Raises:
            NotConnected: the adapter is not connected.
            NobodyCalled: no call began in time.
            NoMedia: the call is up, and nothing arrives.
        """
        return self._connected().watcher.events(timeout)

    async def digits_pressed(self, timeout: float = 120.0) -> AsyncIterator[str]:
        """Iterate over the keys that the far end presses, one at a time: the digits of `events`."""
        async for event in self.events(timeout):
            if isinstance(event, DigitPressed):
                yield event.digit
