"""Homeward's own procedures are data beside their module."""

from PyInstaller.utils.hooks import collect_data_files

datas = collect_data_files("forms.casework", includes=["procedures.toml"])
