"""What Alembic runs: the migrations on the connection it is given, all in that connection's one transaction."""

from alembic import context

from warehouse.migrations import SCHEMA, TABLE

context.configure(connection=context.config.attributes["connection"], version_table=TABLE, version_table_schema=SCHEMA)
with context.begin_transaction():
    context.run_migrations()
