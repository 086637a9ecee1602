"""In place of the hook of PyInstaller, which brings the dates and plurals of a thousand locales."""

from PyInstaller.utils.hooks import collect_data_files

#: Those that app/ui/i18n.py names, and those that each of them inherits from.
_LOCALES = ("root", "en", "en_001", "en_GB", "fr", "sq", "ar", "ar_MA", "uk")

datas = collect_data_files("babel", includes=["global.dat"])
datas += collect_data_files("babel", includes=[f"locale-data/{each}.dat" for each in _LOCALES])

# A locale's data are pickled objects of these.
hiddenimports = ["babel.dates", "babel.localedata", "babel.plural", "babel.numbers"]
