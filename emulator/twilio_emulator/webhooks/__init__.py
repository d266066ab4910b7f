"""Requests from Twilio to the application."""
