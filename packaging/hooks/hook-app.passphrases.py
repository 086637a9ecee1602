"""The words that passphrases are made of."""

from PyInstaller.utils.hooks import collect_data_files

datas = collect_data_files("app.words", includes=["*.txt"])

hiddenimports = ["app.words"]
