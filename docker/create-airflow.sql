-- Airflow keeps its own state beside the warehouse, in a database of its own.
create database airflow;
