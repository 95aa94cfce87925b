"""Superset on this machine: environment, service, what is imported into it, and its answers beside the marts."""
