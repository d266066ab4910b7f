"""The limits on the wall clock, in one table: how long we wait for other people's code.

Law: what happens *in* a call is counted in received audio and is not here.
"""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Seconds on the wall. The defaults suit real Twilio; the offline emulator never gets near them.

    Attributes:
        rest_s: for one REST request.
        retry_s: before a hang-up that did not get through is tried again; each further pause is twice as long.
        call_s: how long a call that came in may last, then we hang up. A placed call has its `time_limit`.
        answer_grace_s: what a placed call may take beyond its ring time. Some routes ring 5 s longer
            (twilio.com/docs/voice/api/call-resource), then the stream has to connect.
        stream_start_s: from a socket's opening to its `start`, and from our answer to a caller to the `start`.
        media_gap_s: with nothing at all on the stream. Twilio sends 50 messages a second, also in silence.
        stop_s: from the end of a call by REST to the stream's `stop`.
        last_word_s: from the end of a placed call to the status callback that says so.
        tunnel_s: until a tunnel's URL leads to us; its name is new, and has to get round.
        reattach_s: for the stream to come back, beyond the time the digits themselves take.
    """

    rest_s: float = 30.0
    retry_s: float = 1.0
    call_s: float = 1800.0
    answer_grace_s: float = 15.0
    stream_start_s: float = 15.0
    media_gap_s: float = 30.0
    stop_s: float = 10.0
    last_word_s: float = 3.0
    tunnel_s: float = 90.0
    reattach_s: float = 20.0
