"""Asking the application for a document."""

from __future__ import annotations

from twilio_emulator.twiml.context import CallContext
from twilio_emulator.twiml.errors import TwimlError
from twilio_emulator.twiml.flow import DocumentArrived, Event, Fetch, FetchFailed, Steps, until
from twilio_emulator.twiml.outcomes import GoTo


def fetch(place: GoTo, context: CallContext) -> Steps[DocumentArrived]:
    """Request a document. Its final URL is the one that relative ones in it are resolved against.

    Raises:
        TwimlError: it cannot be had.
    """
    yield Fetch(place.url, place.method, place.parameters, place.purpose)
    reply: Event = yield from until(DocumentArrived, FetchFailed)
    if isinstance(reply, FetchFailed):
        raise TwimlError(reply.code, reply.message, url=reply.url)
    assert isinstance(reply, DocumentArrived)
    context.document_url = reply.url
    return reply
