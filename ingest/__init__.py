"""A file becomes typed rows in raw. Imports neither Airflow nor dbt."""
