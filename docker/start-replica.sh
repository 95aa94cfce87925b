# The first start copies the primary; every start follows it. A reader's transaction may last fifteen minutes.
set -eu
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  rm -rf "${PGDATA:?}"
  pg_basebackup --host postgres --username baocao --pgdata "$PGDATA" --wal-method stream --write-recovery-conf
  chmod 0700 "$PGDATA"
fi
exec postgres -c hot_standby_feedback=on -c max_standby_streaming_delay=900s
