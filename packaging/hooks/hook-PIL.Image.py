"""In place of the hook of PyInstaller: a photo is a JPEG or a PNG; others bring libraries of their own."""

hiddenimports = ["PIL.JpegImagePlugin", "PIL.PngImagePlugin"]
excludedimports = ["PIL.AvifImagePlugin", "PIL.WebPImagePlugin"]
