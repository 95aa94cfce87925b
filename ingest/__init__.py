"""A file becomes typed rows in raw. Knows no Airflow and no dbt."""
