"""Simulated telephones."""
