"""What both ends of a Twilio call agree on: codec, tones, digits, audio files, stream messages, identifiers.

Laws: pure code, no event loop, no sockets; only `twilio_wire.audio` reads and writes files. This package
imports neither the emulator nor the adapter. Nothing is re-exported here: import the module you mean.
"""
