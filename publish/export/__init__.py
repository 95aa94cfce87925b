"""Marts as files, for who cannot connect: CSV with a data contract beside each."""
