"""A small record that expressions are evaluated over, without a form around it."""

from datetime import UTC, datetime
from random import Random
from zoneinfo import ZoneInfo

from forms.expression.compile import Expression
from forms.expression.xml_tree import read_instance

FORM = """
<data version="7">
  <age>17</age><blank/><flags>true</flags><seed>3.9</seed><word>winter</word>
  <house><room>1</room><room>2</room><who><name>Ana</name><toy>ball</toy><toy>kite</toy></who></house>
  <house><who><name>Besa</name><toy>drum</toy></who><who><name>Cem</name></who></house>
  <point>0.5 0.5 0 0</point>
  <shape>0 0;0 1;1 1;1 0;0 0</shape>
</data>
"""
PRICES = """
<root>
  <item><key>1</key><label>One</label></item>
  <item><key>02</key><label>Two</label></item>
  <item><key>x y</key><label>Three</label></item>
</root>
"""


class SmallForm:
    language = "fr"
    version = "7"

    def __init__(self, zone="Europe/Tirane"):
        self.zone = ZoneInfo(zone)
        self.random = Random(3)
        self.root = read_instance(FORM)
        self.prices = read_instance(PRICES)

    def now(self):
        return datetime(2026, 7, 1, 12, 30, tzinfo=UTC)

    def instance(self, name):
        return {"prices": self.prices}.get(name)

    def choice_label(self, node, name):
        return name

    def text(self, key):
        return ""

    def property(self, name):
        return ""

    def __call__(self, source, at=("data",), kind="value"):
        node = self.root
        for name in at:
            node = node.named(name)[0]
        return Expression(source, self, node, kind).evaluate()
