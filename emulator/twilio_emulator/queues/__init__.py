"""Queues: who waits, who serves, and how the two meet."""
