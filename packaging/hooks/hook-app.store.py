"""The device's migrations: SQL that the store reads from beside its code."""

from PyInstaller.utils.hooks import collect_data_files

datas = collect_data_files("app.store", includes=["migrations/*.sql"])
