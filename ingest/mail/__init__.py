"""Mail that brings reports: the mailbox that is watched, and what a mail holds; nothing is decided here."""
