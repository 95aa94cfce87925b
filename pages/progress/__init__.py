"""The way to 2030: a unit's indicators by goal, against its targets and the path to them."""
