"""This morning: who has not reported, why, who was reminded, and what would fix most at once."""
