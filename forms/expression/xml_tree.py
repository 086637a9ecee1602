"""XML text -> nodes. `read_document` keeps all that XPath can see; `read_instance` is lean, for data.

Nothing outside the text is read. A document type may be named, but nothing may be declared in it: that
is how entities grow without end.
"""

from __future__ import annotations

from typing import Any
from xml.parsers import expat

from forms.errors import FormProblem
from forms.expression.nodes import Kind, Node, add_child

MAX_SIZE = 16 * 1024 * 1024
MAX_DEPTH = 100
MAX_NODES = 2_000_000
XFORMS = "http://www.w3.org/2002/xforms"
XML_NAMESPACE = "http://www.w3.org/XML/1998/namespace"


class XmlNode(Node):
    """A node of a whole document: comments, instructions, namespaces and text have nodes of their own.

    CDATA has one too, as in the DOM; XPath's data model would join it with the text around it.
    """

    __slots__ = ("_declared", "_namespaces", "_written", "namespace", "prefix")

    def __init__(
        self, kind: Kind, name: str, parent: XmlNode | None = None, text: str = "", prefix: str = ""
    ) -> None:
        super().__init__(kind, name, parent, text)
        self.prefix = prefix
        self.namespace: str | None = ""
        self._declared: dict[str, XmlNode] = {}
        self._namespaces: list[Node] | None = None
        self._written: list[Node] = []

    @property
    def text(self) -> str:
        if self.kind not in ("element", "root"):
            return self._text
        return "".join(node._text for node in self.descendants() if node.kind == "text")

    def named(self, name: str) -> list[Node]:
        return [
            child
            for child in self.children
            if child.name == name and child.kind == "element" and child.namespace in ("", XFORMS)
        ]

    def declare(self, prefix: str, uri: str) -> None:
        """Notes a declaration `xmlns:prefix="uri"` of this element."""
        self._declared[prefix] = XmlNode("namespace", prefix, self, uri)
        self._written.append(self._declared[prefix])

    def write(self, attribute: XmlNode) -> None:
        """Adds an attribute of this element."""
        self.attributes.append(attribute)
        self._written.append(attribute)

    def settle_namespaces(self) -> None:
        """Works out the namespaces of the element and its attributes, when all that it declares is known.

        An attribute without a prefix is in none; a prefix that nobody declares stands for itself.
        """
        self.namespace = self.namespace_of(self.prefix) or self.prefix
        for attribute in self.attributes:
            if attribute.prefix and isinstance(attribute, XmlNode):
                attribute.namespace = self.namespace_of(attribute.prefix) or attribute.prefix

    def namespace_of(self, prefix: str) -> str | None:
        if prefix == "xml":
            return XML_NAMESPACE
        node: Node | None = self
        if self.kind == "root":
            # Seen from above everything, what the outermost element declares.
            node = next((child for child in self.children if child.kind == "element"), None)
        while node is not None:
            found = node._declared.get(prefix) if isinstance(node, XmlNode) else None
            if found is not None:
                return found._text
            node = node.parent
        return None

    def namespaces(self) -> list[Node]:
        """All that is in scope but the prefix `xml`, what is declared furthest out first."""
        if self._namespaces is None:
            scope: dict[str, XmlNode] = {}
            if self.kind == "element":
                for node in (*reversed(list(self.ancestors())), self):
                    if isinstance(node, XmlNode):
                        scope.update(node._declared)
            self._namespaces = [
                node if node.parent is self else XmlNode("namespace", prefix, self, node._text)
                for prefix, node in scope.items()
                if node._text
            ]
        return self._namespaces

    def marks(self) -> list[Node]:
        inherited = [node for node in self.namespaces() if node not in self._declared.values()]
        return [*inherited, *self._written]


def read_document(xml: str) -> XmlNode:
    """The root above the outermost element. Raises FormProblem `form.xml.…` for what is no XML, is too
    large or too deep, or declares entities."""
    builder = _DocumentBuilder()
    parser = _parser(builder)
    parser.CommentHandler = builder.comment
    parser.ProcessingInstructionHandler = builder.instruction
    parser.StartCdataSectionHandler = builder.cdata
    parser.EndCdataSectionHandler = builder.flush
    _feed(parser, xml)
    return builder.root


def read_instance(xml: str) -> Node:
    """The root above the outermost element, without namespaces, comments and blank text between elements,
    as the data of a form and its lists are kept. Raises FormProblem like `read_document`.
    """
    builder = _InstanceBuilder()
    _feed(_parser(builder), xml)
    return builder.root


class _Builder:
    """What both have in common: text is gathered until something else comes."""

    def __init__(self) -> None:
        self.gathered: list[str] = []
        self.count = 0
        self.depth = 0

    def opened(self, attributes: list[str]) -> list[tuple[str, str]]:
        self.depth += 1
        self.count += 1 + len(attributes) // 2
        if self.depth > MAX_DEPTH:
            raise FormProblem("form.xml.too_deep", limit=MAX_DEPTH)
        if self.count > MAX_NODES:
            raise FormProblem("form.xml.too_many_elements", limit=MAX_NODES)
        return list(zip(attributes[::2], attributes[1::2], strict=True))

    def text(self, data: str) -> None:
        self.gathered.append(data)

    def taken(self) -> str:
        text = "".join(self.gathered)
        self.gathered.clear()
        return text


class _DocumentBuilder(_Builder):
    def __init__(self) -> None:
        super().__init__()
        self.root = XmlNode("root", "")
        self.open = self.root

    def flush(self) -> None:
        text = self.taken()
        if text and self.open is not self.root:
            self.add("text", "", text)

    cdata = flush

    def add(self, kind: Kind, name: str, text: str = "") -> None:
        self.count += 1
        self.open.children.append(XmlNode(kind, name, self.open, text))

    def start(self, name: str, attributes: list[str]) -> None:
        self.flush()
        prefix, _, local = name.rpartition(":")
        node = XmlNode("element", local, self.open, "", prefix)
        for key, value in self.opened(attributes):
            prefix, _, local = key.rpartition(":")
            if key == "xmlns" or prefix == "xmlns":
                node.declare(local if prefix else "", value)
            else:
                node.write(XmlNode("attribute", local, node, value, prefix))
        node.settle_namespaces()
        self.open.children.append(node)
        self.open = node

    def end(self, name: str) -> None:
        self.flush()
        self.depth -= 1
        assert isinstance(self.open.parent, XmlNode)
        self.open = self.open.parent

    def comment(self, text: str) -> None:
        self.flush()
        self.add("comment", "", text)

    def instruction(self, target: str, text: str) -> None:
        self.flush()
        self.add("processing-instruction", target, text)


class _InstanceBuilder(_Builder):
    def __init__(self) -> None:
        super().__init__()
        self.root = Node("root", "")
        self.open = self.root

    def start(self, name: str, attributes: list[str]) -> None:
        self.taken()
        node = add_child(self.open, "element", name.rpartition(":")[2])
        for key, value in self.opened(attributes):
            if key != "xmlns" and not key.startswith("xmlns:"):
                add_child(node, "attribute", key.rpartition(":")[2], value)
        self.open = node

    def end(self, name: str) -> None:
        text = self.taken()
        if not self.open.children:
            self.open._text = text
        self.depth -= 1
        assert self.open.parent is not None
        self.open = self.open.parent


def _parser(builder: _DocumentBuilder | _InstanceBuilder) -> Any:
    parser = expat.ParserCreate()
    parser.ordered_attributes = True
    parser.buffer_text = True
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.text
    parser.EntityDeclHandler = _refuse
    parser.AttlistDeclHandler = _refuse
    parser.ElementDeclHandler = _refuse
    parser.ExternalEntityRefHandler = _refuse
    return parser


def _refuse(*_declared: object) -> int:
    raise FormProblem("form.xml.doctype_forbidden")


def _feed(parser: Any, xml: str) -> None:
    encoded = xml.encode("utf-8", "replace")
    if len(encoded) > MAX_SIZE:
        raise FormProblem("form.xml.too_large", limit=MAX_SIZE)
    try:
        parser.Parse(encoded, True)
    except (expat.ExpatError, ValueError) as problem:
        raise FormProblem("form.xml.not_well_formed", reason=str(problem)) from problem
