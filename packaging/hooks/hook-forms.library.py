"""The forms that come with Homeward, as the tables they are written in."""

from PyInstaller.utils.hooks import collect_data_files

datas = collect_data_files("forms.library", includes=["*/form.md"])
