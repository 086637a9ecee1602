"""The server's migrations: Alembic looks for their sources in a folder, and imports them from there."""

from PyInstaller.utils.hooks import collect_data_files

datas = collect_data_files("sync_server.storage", subdir="migrations", include_py_files=True)
hiddenimports = ["sqlalchemy.dialects.sqlite.pysqlcipher", "sqlalchemy.dialects.postgresql.psycopg"]
