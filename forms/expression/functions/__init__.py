"""The functions that expressions can call, by subject. Importing this package registers them all."""

from forms.expression.functions import core, dates, odk, text
from forms.expression.functions.registry import functions_by_name

__all__ = ["core", "dates", "functions_by_name", "odk", "text"]
