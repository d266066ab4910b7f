"""Golden calls: whether a call is still what it was when it was recorded.

Laws: all is pure but `assertion`, `artefacts`, `picture` and `command`. Nothing here knows the emulator: a call is a
`CallRecord`, whoever saw it.
"""
