"""The functions that expressions can call, by subject. Importing this package registers them all."""

from forms.expression.functions import core, dates, digests, geo, nodesets, odk, text
from forms.expression.functions.registry import (
    checked_function,
    function_names,
    function_of,
    functions_by_name,
)

__all__ = [
    "checked_function",
    "core",
    "dates",
    "digests",
    "function_names",
    "function_of",
    "functions_by_name",
    "geo",
    "nodesets",
    "odk",
    "text",
]
