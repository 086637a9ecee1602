"""The server's database: one contract, kept by an embedded SQLCipher file and by PostgreSQL."""
