"""Airflow's processes on this machine: environment, supervisor, services, REST client."""
