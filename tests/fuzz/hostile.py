"""Inputs that were made to hurt, written down one by one: each is refused in words, or used, within the
limits that hold for every case.
"""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

from forms.check import check_file
from forms.definition import FormDefinition
from forms.entry import FormEntry
from forms.errors import FormProblem
from forms.expression.compile import Expression
from forms.xform.load import load_form
from forms.xlsform.to_xform import xform_from_xlsform
from tests.forms.everything import EVERYTHING
from tests.forms.recalculation import NOON, SteadyChance, begin
from tests.fuzz.cases import explained

_HEAD = (
    '<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" '
    'xmlns:jr="http://openrosa.org/javarosa"><h:head><h:title>T</h:title><model>'
)
_FORM = """
| survey |
| | type | name | label | calculation | repeat_count | constraint |
| | integer | size | Size | | | |
| | text | name | Name | | | regex(., ${pattern}) |
| | text | pattern | Pattern | | | |
| | begin_repeat | member | Member | | ${size} | |
| | integer | age | Age | | | |
| | calculate | place | | concat(position(..), count(${member}), sum(${age})) | | |
| | end_repeat | | | | | |
| | calculate | all | | sum(${age}) | | |
"""


def xform(
    instance: str = "<name/>", binds: str = "", body: str = "", doctype: str = "", lists: str = ""
) -> str:
    """A small XForm around what is given."""
    data = f'<instance><data id="t">{instance}</data></instance>'
    body = body or '<input ref="/data/name"><label>N</label></input>'
    return (
        f'<?xml version="1.0"?>{doctype}{_HEAD}{data}{lists}{binds}</model></h:head>'
        f"<h:body>{body}</h:body></h:html>"
    )


def _laughs() -> str:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return xform("<name>&l9;</name>", doctype=f'<!DOCTYPE d [<!ENTITY l0 "ha">{entities}]>')


def _outside(entity: str) -> str:
    return xform("<name>&x;</name>", doctype=f"<!DOCTYPE d [<!ENTITY x {entity}>]>")


def _load(xml: str) -> None:
    entry = begin(load_form(xml))
    entry.outline()
    entry.values()


def _table(table: str) -> None:
    _load(xform_from_xlsform(table).xml)


def _check_bytes(content: bytes, name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        report = check_file(path)
    if report.problem is not None:
        raise report.problem


@cache
def _form() -> FormDefinition:
    return load_form(xform_from_xlsform(_FORM).xml)


def _answer(**answers: str) -> None:
    entry = begin(_form())
    for path, raw in answers.items():
        entry.answer(path, raw)
    entry.outline()
    entry.values()


def _everything(**answers: str) -> None:
    entry = begin(load_form(xform_from_xlsform(EVERYTHING).xml))
    for path, raw in answers.items():
        entry.answer(path, raw)
    entry.outline()
    entry.values()


def _evaluate(source: str) -> None:
    entry = begin(_form())
    Expression(source, entry._world, entry._document.at("name"), "value").evaluate()


def _resume(values: dict[str, object]) -> None:
    FormEntry(_form(), values, now=lambda: NOON, random=SteadyChance()).values()


def _packed() -> bytes:
    """A workbook of a few kilobytes whose sheet unpacks to 400 MB."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/worksheets/sheet1.xml", "w") as sheet,
    ):
        for _ in range(400):
            sheet.write(b" " * 1_000_000)
    return target.getvalue()


def _many_binds(count: int) -> str:
    names = [f"n{number}" for number in range(count)]
    return xform(
        "".join(f"<{name}/>" for name in names),
        "".join(
            f'<bind nodeset="/data/{name}" relevant="/data/{names[place - 1]} != \'\'"/>'
            for place, name in enumerate(names)
            if place
        ),
        "".join(f'<input ref="/data/{name}"/>' for name in names),
    )


_ITEMS = '<instance id="x"><root>{}</root></instance>'

CASES: dict[str, Callable[[], None]] = {
    "a billion laughs": lambda: _load(_laughs()),
    "an entity that is a file": lambda: _load(_outside('SYSTEM "file:///etc/passwd"')),
    "an entity that is far away": lambda: _load(_outside('SYSTEM "http://192.0.2.1/x"')),
    "an entity that is a parameter": lambda: _load(
        xform(doctype='<!DOCTYPE d [<!ENTITY % p SYSTEM "http://192.0.2.1/x"> %p;]>')
    ),
    "an entity that has no end": lambda: _load(
        xform("<name>&a;</name>", doctype='<!DOCTYPE d [<!ENTITY a "&b;"><!ENTITY b "&a;">]>')
    ),
    "quadratic growth of one entity": lambda: _load(
        xform(f"<name>{'&a;' * 50_000}</name>", doctype=f'<!DOCTYPE d [<!ENTITY a "{"x" * 50_000}">]>')
    ),
    "a stylesheet and an inclusion": lambda: _load(
        xform('<name xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="/etc/passwd"/></name>')
    ),
    "elements 50,000 deep": lambda: _load(xform("<a>" * 50_000 + "</a>" * 50_000)),
    "elements 50,000 deep in the body": lambda: _load(xform(body="<group>" * 50_000 + "</group>" * 50_000)),
    "elements 1,000,000 deep": lambda: _load("<a>" * 1_000_000 + "</a>" * 1_000_000),
    "1,000,000 choices": lambda: _load(xform(lists=_ITEMS.format("<i><n>1</n></i>" * 1_000_000))),
    "1,000,000 empty elements": lambda: _load(xform("<name/>" + "<n/>" * 1_000_000)),
    "100,000 choices": lambda: _load(
        xform(
            lists=_ITEMS.format("".join(f"<item><name>{n}</name></item>" for n in range(100_000))),
            body='<select1 ref="/data/name"><itemset nodeset="instance(\'x\')/root/item">'
            '<value ref="name"/><label ref="name"/></itemset></select1>',
        )
    ),
    "1,000,000 attributes": lambda: _load(
        xform("<name " + " ".join(f'a{n}="1"' for n in range(1_000_000)) + "/>")
    ),
    "5,000 questions in a chain": lambda: _load(_many_binds(5_000)),
    "a text of 15 MB": lambda: _load(xform(f"<name>{'x' * 15_000_000}</name>")),
    "100,000 namespaces": lambda: _load(
        xform("<name " + " ".join(f'xmlns:a{n}="urn:{n}"' for n in range(100_000)) + "/>")
    ),
    "invalid UTF-8 in a table": lambda: _check_bytes(
        b"| survey |\n| | type | name |\n| | text | \xff |\n", "f.md"
    ),
    "invalid UTF-8 in an XForm": lambda: _check_bytes(xform().encode()[:-20] + b"\xc3\x28</h:html>", "f.xml"),
    "UTF-16 that says it is UTF-8": lambda: _check_bytes(xform().encode("utf-16"), "f.xml"),
    "half characters in an XForm": lambda: _load(xform("<name>\ud800</name>")),
    "half characters in a table": lambda: _table(_FORM.replace("Size", "S\udfffze")),
    "NUL in a table": lambda: _table(_FORM.replace("Size", "S\x00ze")),
    "a workbook that unpacks to 400 MB": lambda: _check_bytes(_packed(), "f.xlsx"),
    "a workbook of noise": lambda: _check_bytes(b"PK\x03\x04" + bytes(range(256)) * 4000, "f.xlsx"),
    "groups 3,000 deep in a table": lambda: _table(
        "| survey |\n| | type | name | label |\n"
        + "".join(f"| | begin_group | g{n} | G |\n" for n in range(3000))
        + "| | text | t | T |\n"
        + "| | end_group | | |\n" * 3000
    ),
    "a count of a thousand million": lambda: _answer(size="1000000000"),
    "a count of 1e300": lambda: _load(
        xform(
            '<m jr:template=""><a/></m>',
            body='<group ref="/data/m"><repeat nodeset="/data/m" jr:count="1e300"><input ref="/data/m/a"/>'
            "</repeat></group>",
        )
    ),
    "a count in a count in a count": lambda: _load(
        xform(
            "<m><n><o><a/></o></n></m>",
            body='<group ref="/data/m"><repeat nodeset="/data/m" jr:count="1000"><group ref="/data/m/n">'
            '<repeat nodeset="/data/m/n" jr:count="1000"><group ref="/data/m/n/o">'
            '<repeat nodeset="/data/m/n/o" jr:count="1000"><input ref="/data/m/n/o/a"/></repeat></group>'
            "</repeat></group></repeat></group>",
        )
    ),
    "a thousand instances that look for each other": lambda: _everything(size="1000"),
    "a pattern that goes back for ever": lambda: _answer(pattern="(a+)+$", name="a" * 5000 + "!"),
    "a pattern of a thousand times a thousand": lambda: _answer(pattern="((a{1000}){1000}){1000}", name="a"),
    "a pattern with groups 10,000 deep": lambda: _answer(pattern="(" * 10_000 + ")" * 10_000, name="a"),
    "a pattern that looks back": lambda: _answer(pattern=r"(a)\1(?<=b)", name="aa"),
    "half a character for a pattern": lambda: _answer(pattern="\ud800", name="\udc00"),
    "an answer of a megabyte": lambda: _answer(name="x" * 1_000_000),
    "a number of a million digits": lambda: _answer(size="9" * 1_000_000),
    "a number of a million foreign digits": lambda: _answer(size="٣" * 1_000_000),
    "an expression 50,000 deep": lambda: _evaluate("(" * 50_000 + "1" + ")" * 50_000),
    "an expression of 50,000 terms": lambda: _evaluate("1" + "+1" * 50_000),
    "an expression of 9,000 terms": lambda: _evaluate("1" + "+1" * 9_000),
    "an expression of 4,000 signs": lambda: _evaluate("-" * 4_000 + "1"),
    "an expression of 5,000 filters": lambda: _evaluate("/data/name" + "[1]" * 5_000),
    "an expression of 5,000 steps": lambda: _evaluate("." + "/.." * 5_000),
    "functions 5,000 deep": lambda: _evaluate("not(" * 5_000 + "1" + ")" * 5_000),
    "filters 150 deep": lambda: _evaluate("//*[" * 150 + "1" + "]" * 150),
    "everything of everything": lambda: _evaluate("count(//*[count(//*[count(//*[count(//*)>1])>1])>1])"),
    "a text that doubles itself": lambda: _evaluate(
        "concat(" * 25 + "'xxxxxxxxxx'" + "".join(", 'y')" for _ in range(25))
    ),
    "a rounding to a million places": lambda: _evaluate("round(1.5, 1000000) + round(1.5, -1000000)"),
    "powers of powers": lambda: _evaluate("pow(pow(10, 300), pow(10, 300)) + exp(100000)"),
    "a format of a thousand parts": lambda: _evaluate(f"format-date(today(), '{'%A' * 1000}')"),
    "dates at the end of time": lambda: _evaluate(
        "concat(date('9999-12-31') + 1, date('0001-01-01') - 1, date(1e18), format-date(1e9, '%Y'))"
    ),
    "a record with 1,000,000 paths": lambda: _resume({f"x{n}": n for n in range(1_000_000)}),
    "a record with foreign types": lambda: _resume(
        {"name": {"a": 1}, "size": [1, [2]], "member[0123456789abcdef]": 10**30, "pattern": True}
    ),
    "a record with 100,000 instances": lambda: _resume({f"member[{n:016x}]": n for n in range(100_000)}),
}


def attempt(name: str) -> str:
    """Tries one; 'accepted', or the code of the problem."""
    try:
        CASES[name]()
    except FormProblem as problem:
        return explained(problem)
    return "accepted"
