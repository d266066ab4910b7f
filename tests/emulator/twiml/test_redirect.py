from __future__ import annotations

import pytest
from twilio.twiml.voice_response import VoiceResponse

from twilio_emulator.journal import Problem
from twilio_emulator.twiml.flow import DocumentArrived, Fetch, HangUp


def test_another_document_takes_over_and_the_rest_is_dropped(playbook):
    response = VoiceResponse()
    response.say("Please hold.")
    response.redirect("https://other.example.com/next", method="GET")
    response.say("never said")
    call = playbook(response).says("Please hold.")
    call.does(Fetch("https://other.example.com/next", "GET", {}, "redirect"))
    call.hears(DocumentArrived("https://other.example.com/next", "text/xml", b"<Response/>"))
    call.does(HangUp()).is_over()
    assert call.verbs == ["Say", "Redirect"]


def test_a_ringing_call_goes_on_ringing(playbook):
    call = playbook("<Response><Redirect>next</Redirect></Response>", answered=False)
    call.does(Fetch("https://app.example.com/voice/next", "POST", {}, "redirect")).still_waits()


@pytest.mark.parametrize("body", ["", "  "])
def test_without_a_url_the_same_document_is_asked_again(playbook, document_url, body):
    call = playbook(f"<Response><Redirect>{body}</Redirect></Response>")
    call.does(Fetch(document_url, "POST", {}, "redirect")).still_waits()


def test_relative_urls_start_from_the_document_that_has_them(playbook):
    call = playbook("<Response><Redirect>https://b.example.com/deep/two</Redirect></Response>")
    call.does(Fetch("https://b.example.com/deep/two", "POST", {}, "redirect"))
    call.hears(
        DocumentArrived(
            # The request was redirected by HTTP: the final URL is the document's.
            "https://c.example.com/final/two",
            "text/xml",
            b"<Response><Redirect>three</Redirect></Response>",
        )
    )
    call.does(Fetch("https://c.example.com/final/three", "POST", {}, "redirect")).still_waits()


def test_a_wrong_method_warns_with_13710_and_is_post(playbook):
    call = playbook('<Response><Redirect method="PUT">/a</Redirect></Response>')
    call.does(Fetch("https://app.example.com/a", "POST", {}, "redirect")).still_waits()
    assert call.codes == [13710]


def test_an_inline_document_cannot_be_asked_again(playbook, inline):
    call = playbook(inline("<Response><Redirect/></Response>"))
    assert call.codes == [11100]
    assert "own URL" in call.entries(Problem)[0].message
    call.says("We're sorry, an application error has occurred. Goodbye.").does(HangUp()).is_over()
