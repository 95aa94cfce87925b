# A replica signs in with the same user; the image's own rules let nobody follow the server.
echo "host replication all all scram-sha-256" >> "$PGDATA/pg_hba.conf"
