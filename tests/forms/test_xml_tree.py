"""XML as XPath sees it, with every kind of node; nothing from outside, nothing without end."""

import pytest

from forms.conformance.expressions import node_at, path_of
from forms.errors import FormProblem
from forms.expression.compile import Expression
from forms.expression.xml_tree import MAX_DEPTH, read_document, read_instance
from tests.forms.small_form import SmallForm

DOCUMENT = """<!DOCTYPE html>
<a xmlns="urn:one" xmlns:p="urn:two" p:x="1" y="2"><!--c--><p:b>t<![CDATA[<d>]]></p:b><?go now?>
<c xmlns="" id="i" xml:lang="sq-AL"><d/></c></a>"""


class Reader(SmallForm):
    def __init__(self):
        super().__init__()
        self.root = read_document(DOCUMENT)

    def paths(self, source, at="/"):
        return [
            path_of(node) for node in Expression(source, self, node_at(self.root, at), "nodes").evaluate()
        ]

    def text(self, source, at="/"):
        return Expression(source, self, node_at(self.root, at), "text").evaluate()


@pytest.fixture(scope="module")
def reader():
    return Reader()


@pytest.mark.parametrize(
    ("source", "paths"),
    [
        ("/", ["/"]),
        ("/a", []),
        ("/*", ["/*[1]"]),
        ("/*/p:b", ["/*[1]/*[1]"]),
        ("/*/c", ["/*[1]/*[2]"]),
        ("//d/ancestor::c", ["/*[1]/*[2]"]),
        ("/*/comment()", ["/*[1]/comment()[1]"]),
        ("//processing-instruction('go')", ["/*[1]/processing-instruction()[1]"]),
        ("//processing-instruction('stop')", []),
        ("/*/p:b/text()", ["/*[1]/*[1]/text()[1]", "/*[1]/*[1]/text()[2]"]),
        ("/*/@p:x", ["/*[1]/@*[name()='p:x']"]),
        ("/*/@y", ["/*[1]/@*[name()='y']"]),
        ("/*/@p:*", ["/*[1]/@*[name()='p:x']"]),
        ("id('i')", ["/*[1]/*[2]"]),
        ("/*/c/@id/following::node()", ["/*[1]/*[2]/*[1]"]),
        ("//d/preceding::*", ["/*[1]/*[1]"]),
        ("//c/namespace::*", ["/*[1]/*[2]/@*[name()='xmlns:p']"]),
        ("/*/@* | /* | //comment()", ["/*[1]", "/*[1]/@*[name()='p:x']", "/*[1]/@*[name()='y']",
                                      "/*[1]/comment()[1]"]),
    ],
)  # fmt: skip
def test_paths_find_nodes_of_every_kind_in_their_order(reader, source, paths):
    assert reader.paths(source) == paths


@pytest.mark.parametrize(
    ("source", "at", "text"),
    [
        ("name()", "/*[1]/*[1]", "p:b"),
        ("local-name()", "/*[1]/*[1]", "b"),
        ("namespace-uri()", "/*[1]/*[1]", "urn:two"),
        ("namespace-uri(.)", "/*[1]", "urn:one"),
        ("namespace-uri(@y)", "/*[1]", ""),
        ("string()", "/*[1]/*[1]", "t<d>"),
        ("string(/)", "/", "t<d>\n"),
        ("string()", "/*[1]/comment()[1]", "c"),
        ("name()", "/*[1]/processing-instruction()[1]", "go"),
        ("string(namespace::p)", "/*[1]", "urn:two"),
        ("lang('sq')", "/*[1]/*[2]/*[1]", "true"),
        ("lang('sq-al')", "/*[1]/*[2]", "true"),
        ("lang('s')", "/*[1]/*[2]", "false"),
        ("lang('sq')", "/*[1]", "false"),
    ],
)
def test_nodes_tell_their_names_and_texts(reader, source, at, text):
    assert reader.text(source, at) == text


def test_a_path_without_a_node_is_a_problem(reader):
    with pytest.raises(FormProblem):
        node_at(reader.root, "/*[1]/*[9]")


def test_data_is_read_lean():
    root = read_instance('<root xmlns="urn:x">\n <item id="1"><n>a &amp; b</n><!-- no --></item>\n</root>')
    item = root.named("root")[0].named("item")[0]
    assert [child.name for child in item.children] == ["n"]
    assert item.named("n")[0].text == "a & b"
    assert item.attribute("id").text == "1"


@pytest.mark.parametrize("read", [read_document, read_instance])
@pytest.mark.parametrize(
    ("xml", "code"),
    [
        ("<a>", "form.xml.not_well_formed"),
        ("no xml", "form.xml.not_well_formed"),
        ("", "form.xml.not_well_formed"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "form.xml.doctype_forbidden"),
        ('<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>', "form.xml.doctype_forbidden"),
        ('<!DOCTYPE a [<!ATTLIST a b CDATA "c">]><a/>', "form.xml.doctype_forbidden"),
        ("<a>" * (MAX_DEPTH + 1) + "</a>" * (MAX_DEPTH + 1), "form.xml.too_deep"),
    ],
)
def test_what_is_no_xml_or_no_harmless_one_is_refused(read, xml, code):
    with pytest.raises(FormProblem) as problem:
        read(xml)
    assert problem.value.code == code


@pytest.mark.parametrize("read", [read_document, read_instance])
def test_a_document_type_that_is_only_named_reads_nothing(read):
    assert read('<!DOCTYPE a SYSTEM "http://nowhere.invalid/a.dtd"><a>b</a>').text == "b"
