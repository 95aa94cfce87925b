"""The catalogue's CSV files: what their yml allows, and which cells break it, before dbt loads them."""
