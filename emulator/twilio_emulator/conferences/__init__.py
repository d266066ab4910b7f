"""Conferences: the resource and its rules, the live rooms, and what TwiML and REST want of them."""
