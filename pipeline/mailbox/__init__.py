"""The step `fetch`: reports that arrive as answers to letters, from the mailbox to their receipts."""
