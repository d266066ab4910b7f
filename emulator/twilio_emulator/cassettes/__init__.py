"""Calls that the emulator sees, as records and as cassettes: see docs/golden.md."""
