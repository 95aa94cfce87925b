"""An indicator: what it is, how it is made, every unit, who is missing, what the plan says."""
