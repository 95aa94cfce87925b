"""Reminders and escalations: planned, sent and recorded, each once."""
