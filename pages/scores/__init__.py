"""Score sheets: who has how many points and why, and which unit is recognised."""
