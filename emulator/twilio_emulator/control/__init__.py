"""The language-neutral control API."""
