"""A version for an XForm whose author gave it none.

Every record names the version of the form that it was filled in with, so there is none without. Made
from the content, it stays the same while the form does, and is another one once the form is changed.
"""

from __future__ import annotations

import hashlib
import re

_NO_VERSION = re.compile(r"""\sversion=(?:""|'')""")
_COMMENTS = r"(?:\s|<!--.*?-->)*"
#: The start tag of the first element inside of the first instance that holds any: the form's data.
_ROOT = re.compile(rf"(<(?:[\w.-]+:)?instance\b[^>]*(?<!/)>{_COMMENTS}<)([\w.:-]+)([^<>]*>)", re.DOTALL)


def with_version(xml: str) -> str:
    """The XForm with a version; the form must have been loaded, and have none."""
    digest = hashlib.blake2b(xml.encode("utf-8", "replace"), digest_size=6).hexdigest()

    def name(found: re.Match[str]) -> str:
        before, tag, rest = found.groups()
        return f'{before}{tag} version="{digest}"{_NO_VERSION.sub("", rest)}'

    return _ROOT.sub(name, xml, count=1)
