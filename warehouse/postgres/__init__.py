"""The PostgreSQL server: the embedded one, its roles and their passwords."""
