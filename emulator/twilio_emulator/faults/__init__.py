"""What goes wrong on purpose: bad lines, lost sockets, webhooks that fail, REST that refuses; seeded, to repeat."""
