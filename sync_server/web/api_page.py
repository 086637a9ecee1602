"""The OpenAPI description as a page for people: plain HTML, no script, nothing from elsewhere."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from typing import Any

from flask import Flask, Response, render_template_string

ADDRESS = "/v1/openapi"

_STYLE = (
    "body{font:16px/1.45 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;"
    "color:#16262B;background:#F6F4EF}section{background:#fff;border:1px solid #DAD5CA;"
    "border-radius:14px;padding:0 1rem;margin:1rem 0}code{overflow-wrap:anywhere}"
    "th,td{text-align:start;vertical-align:top;padding:.2rem 1rem .2rem 0}"
)
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{{ info.title }}</title><style>{{ style|safe }}</style></head><body>
<h1>{{ info.title }}</h1><p>{{ info.description }} Version {{ info.version }};
as JSON: <a href="openapi.json">openapi.json</a>. A body may be folded with zstd.</p>
{% for one in operations %}<section><h2><code>{{ one.method }} {{ one.path }}</code></h2>
<p>{{ one.text }}</p>
{% if one.guarded %}<p>Needs the device's token: <code>Authorization: Bearer …</code></p>{% endif %}
{% if one.body %}<p>Body: <a href="#{{ one.body }}">{{ one.body }}</a></p>{% endif %}
<table>{% for status, answer in one.answers %}<tr><th>{{ status }}</th><td>{{ answer.text }}
{% if answer.schema %}<a href="#{{ answer.schema }}">{{ answer.schema }}</a>{% endif %}</td></tr>{% endfor %}
</table></section>{% endfor %}
<h2>Messages</h2>{% for name, fields in messages %}<section><h3 id="{{ name }}">{{ name }}</h3>
<table>{% for field in fields %}<tr><th><code>{{ field.name }}</code></th><td>{{ field.kind }}</td>
<td>{{ "required" if field.required }}</td></tr>{% endfor %}</table></section>{% endfor %}
</body></html>"""

_METHODS = ("get", "put", "post", "patch", "delete", "head")


def install(app: Flask, spec: Any) -> None:
    """Serve the page beside the JSON; it is made anew from what the routes say at each request."""

    @app.get(ADDRESS)
    def openapi_page() -> Response:
        told = spec.to_dict()
        page = render_template_string(
            _PAGE, style=_STYLE, info=told["info"], operations=_operations(told), messages=_messages(told)
        )
        response = Response(page, mimetype="text/html")
        response.headers["Content-Security-Policy"] = (
            f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; frame-ancestors 'none'"
        )
        return response


def _operations(told: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "method": method.upper(),
            "path": path,
            "text": operation.get("description") or operation.get("summary", ""),
            "guarded": bool(operation.get("security")),
            "body": _schema_of(operation.get("requestBody", {})),
            "answers": [
                (status, {"text": _resolved(told, answer)["description"], "schema": _schema_of(answer)})
                for status, answer in sorted(operation.get("responses", {}).items())
            ],
        }
        for path, item in told["paths"].items()
        for method, operation in item.items()
        if method in _METHODS
    ]


def _messages(told: Mapping[str, Any]) -> list[tuple[str, list[dict[str, Any]]]]:
    return [
        (
            name,
            [
                {
                    "name": field,
                    "kind": facts.get("type") or _name(facts) or "any",
                    "required": field in schema.get("required", ()),
                }
                for field, facts in schema.get("properties", {}).items()
            ],
        )
        for name, schema in sorted(told.get("components", {}).get("schemas", {}).items())
    ]


def _schema_of(part: Mapping[str, Any]) -> str:
    """The name of the message in a body or an answer; empty where there is none."""
    for content in part.get("content", {}).values():
        return _name(content.get("schema", {}))
    return ""


def _name(schema: Mapping[str, Any]) -> str:
    return str(schema.get("$ref", "")).rsplit("/", 1)[-1]


def _resolved(told: Mapping[str, Any], answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """An answer that only names a shared one, replaced by it."""
    name = _name(answer)
    return told["components"]["responses"][name] if name else answer
