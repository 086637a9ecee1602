"""The programmes and countries that come with Homeward, as the files they are written in."""

from PyInstaller.utils.hooks import collect_data_files

datas = collect_data_files("forms.casework", includes=["programmes/*.toml", "countries/*.toml"])
