"""What is to be sent and what was: the ladder planned, messages queued and settled, failures tried again."""
