"""The ground floor: settings, clock, database, catalogue access, logging. Imports nothing of ours."""
