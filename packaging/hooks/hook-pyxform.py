"""The language tags that pyxform checks labels against. Its Java validator stays behind: we never call it."""

from PyInstaller.utils.hooks import collect_data_files

datas = collect_data_files("pyxform", includes=["validators/pyxform/iana_subtags/*.txt"])
