"""One module a screen. A screen asks the fieldbook for a view, and draws it in the language of the moment."""
