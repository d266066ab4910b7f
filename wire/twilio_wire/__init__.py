"""What both ends of a Twilio call agree on: codec, tones, digits, audio files, stream messages, identifiers, cassettes.

Laws: pure code, no event loop, no sockets; only `twilio_wire.audio` and the reader and writer of `twilio_wire.cassette`
touch files. This package imports neither the emulator nor the adapter. Nothing is re-exported here: import the module
you mean.
"""
