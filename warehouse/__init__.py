"""The lowest layer: settings, clock, database, catalogue access, logging, Airflow's processes."""
