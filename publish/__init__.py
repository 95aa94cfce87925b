"""What people open: templates to fill in, annex workbooks, score sheets."""
