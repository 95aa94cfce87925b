"""Who may sign in to the pages, for which unit and with which role: accounts, invitations, sessions, audit trail."""
