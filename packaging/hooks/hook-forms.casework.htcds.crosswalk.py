"""How HTCDS and our meanings answer each other is data beside its module."""

from PyInstaller.utils.hooks import collect_data_files

datas = collect_data_files("forms.casework.htcds", includes=["htcds.toml"])
