from __future__ import annotations

import pytest
from twilio.twiml.voice_response import Connect, Start, VoiceResponse

from twilio_emulator.journal import Problem
from twilio_emulator.quirks import Quirks
from twilio_emulator.twiml.flow import HangUp, OpenStream, StartTimer, StreamSpec, Track


def connected(playbook, attributes, **options):
    """A call whose document is one `<Connect><Stream …>`."""
    return playbook(f"<Response><Connect><Stream {attributes}/></Connect></Response>", **options)


def opens(url, **fields):
    return OpenStream(StreamSpec(url=url, bidirectional=True, **fields))


def test_everything_the_sdk_can_say_arrives_in_the_spec(playbook):
    connect = Connect()
    stream = connect.stream(
        name="agent",
        url="wss://app.example.com:8443/media",
        track="inbound_track",
        status_callback="https://app.example.com/events",
        status_callback_method="GET",
        audio_format="audio/x-mulaw",
        sample_rate="8000",
    )
    stream.parameter(name="token", value="a b&c")
    stream.parameter(name="empty", value="")
    response = VoiceResponse()
    response.append(connect)
    call = playbook(response).does(
        opens(
            "wss://app.example.com:8443/media",
            name="agent",
            parameters=(("token", "a b&c"), ("empty", "")),
            status_callback="https://app.example.com/events",
            status_callback_method="GET",
        )
    )
    call.still_waits()
    assert call.codes == []


@pytest.mark.parametrize(
    "url", ["wss://app.example.com", "wss://app.example.com/", "wss://user:pw@app.example.com/a//b%20c"]
)
def test_the_url_stays_as_written_because_it_is_signed(playbook, url):
    connected(playbook, f'url="{url}"').does(opens(url)).still_waits()


def test_a_query_string_is_dropped_with_a_warning(playbook):
    call = connected(playbook, 'url="wss://app.example.com/media?token=1&amp;x=2#frag"')
    call.does(opens("wss://app.example.com/media", has_query=True)).still_waits()
    (problem,) = call.entries(Problem)
    assert (problem.code, problem.level) == (0, "warning")
    assert "<Parameter>" in problem.hint
    assert "31920" in problem.hint


def test_ws_passes_with_a_warning(playbook):
    call = connected(playbook, 'url="ws://localhost:8080/media"').does(opens("ws://localhost:8080/media"))
    call.still_waits()
    assert [(problem.code, problem.level) for problem in call.entries(Problem)] == [(31922, "warning")]


def test_ws_is_refused_where_the_emulator_is_told_to(playbook):
    call = connected(playbook, 'url="ws://localhost/media"', quirks=Quirks(allow_ws=False)).does(HangUp())
    call.is_over()
    assert [(problem.code, problem.level) for problem in call.entries(Problem)] == [(31922, "error")]


@pytest.mark.parametrize("url", ["https://app.example.com/media", "http://app.example.com", "tcp://x:1"])
def test_another_scheme_is_31922(playbook, url):
    call = connected(playbook, f'url="{url}"').does(HangUp())
    call.is_over()
    assert [(problem.code, problem.level) for problem in call.entries(Problem)] == [(31922, "error")]


@pytest.mark.parametrize("attribute", ["", 'url=""', 'url="wss://"', 'url="wss://[::1"', 'url="wss://a:99999/"'])
def test_what_is_no_url_is_31923(playbook, inline, attribute):
    for call in (
        connected(playbook, attribute),
        playbook(inline(f"<Response><Connect><Stream {attribute}/></Connect></Response>")),
    ):
        call.does(HangUp()).is_over()
        assert call.codes == [31923]
        assert call.entries(Problem)[0].hint == 'Write url="wss://host/path".'


@pytest.mark.parametrize(
    ("document", "meant"),
    [
        ("https://app.example.com/voice/a?b=c", "wss://app.example.com/media"),
        ("http://localhost:1/", "ws://localhost:1/media"),
    ],
)
def test_a_relative_url_starts_from_the_document(playbook, document, meant):
    call = connected(playbook, 'url="/media"', url=document).does(opens(meant))
    call.still_waits()
    assert call.codes == []


def test_a_relative_url_in_an_inline_document_has_no_base(playbook, inline):
    call = playbook(inline('<Response><Connect><Stream url="/media"/></Connect></Response>')).does(HangUp())
    call.is_over()
    assert call.codes == [31923]
    assert "inline" in call.entries(Problem)[0].hint


@pytest.mark.parametrize(("chars", "kept"), [(499, True), (500, False)])
def test_a_parameter_must_stay_under_500_characters(playbook, chars, kept):
    start = Start()
    stream = start.stream(url="wss://app.example.com/media")
    stream.parameter(name="key", value="v" * (chars - 3))
    response = VoiceResponse()
    response.append(start)
    response.pause()
    call = playbook(response)
    parameters = (("key", "v" * (chars - 3)),) if kept else ()
    spec = StreamSpec(url="wss://app.example.com/media", bidirectional=False, parameters=parameters)
    call.does(OpenStream(spec), StartTimer("pause", 1000)).still_waits()
    assert call.codes == ([] if kept else [0])


def test_a_parameter_without_a_name_is_dropped(playbook):
    call = playbook(
        "<Response><Connect><Stream url='wss://a.example.com'><Parameter value='x'/></Stream></Connect></Response>"
    )
    call.does(opens("wss://a.example.com")).still_waits()
    assert call.codes == [12200]


def test_of_two_parameters_with_one_name_the_last_is_kept_with_a_warning(playbook):
    call = playbook(
        "<Response><Connect><Stream url='wss://a.example.com'>"
        "<Parameter name='a' value='1'/><Parameter name='b' value='2'/><Parameter name='a' value='3'/>"
        "</Stream></Connect></Response>"
    )
    call.does(opens("wss://a.example.com", parameters=(("a", "3"), ("b", "2")))).still_waits()
    assert call.codes == [0]


def test_a_relative_status_callback_is_not_used(playbook):
    call = connected(playbook, 'url="wss://a.example.com" statusCallback="/events"').does(opens("wss://a.example.com"))
    call.still_waits()
    assert call.codes == [21609]


def test_a_connector_is_not_installed(playbook):
    call = connected(playbook, 'connectorName="Dialogflow"').does(HangUp())
    call.is_over()
    assert call.codes == [31940]


def test_another_audio_format_is_not_offered(playbook):
    call = connected(playbook, 'url="wss://a.example.com" audioFormat="audio/l16" sampleRate="16000"')
    call.does(opens("wss://a.example.com", track=Track.INBOUND)).still_waits()
    assert call.codes == [12200, 12200]
