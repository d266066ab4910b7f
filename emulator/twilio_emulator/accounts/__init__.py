"""Accounts: who they are, who may speak for them, and what they own beside calls."""
