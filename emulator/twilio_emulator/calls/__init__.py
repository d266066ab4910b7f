"""Calls: the resource, its state machine, and the exchange that connects legs."""
