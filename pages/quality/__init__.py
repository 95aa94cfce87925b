"""Quality: what was wrong in reports, and what the checks found."""
