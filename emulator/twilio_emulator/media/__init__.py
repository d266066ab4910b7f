"""Everything that is heard: the lines' heartbeat, playback, streams, recorders, mixers, and speech."""
