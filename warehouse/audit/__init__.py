"""The audit chain: what was received, decided, sent and published, recorded so that no later change goes unseen."""
