"""The pages inside Airflow's user interface, behind Airflow's own sign-in."""
