"""`<Leave>` in a queue is in test_enqueue.py; here it is where there is none."""

from twilio_emulator.twiml.flow import HangUp, StartTimer, TimerFired


def test_outside_a_queue_there_is_nothing_to_leave(playbook):
    call = playbook("<Response><Leave/><Pause/></Response>").does(StartTimer("pause", 1000))
    call.hears(TimerFired("pause")).does(HangUp()).is_over()
    assert call.codes == [0]
