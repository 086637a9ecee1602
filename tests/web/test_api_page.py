"""The description of the API, as JSON for programs and as a page for people."""

from __future__ import annotations

from typing import Any


def test_every_route_of_the_description_is_on_the_page(office: Any) -> None:
    told = office.client.get("/v1/openapi.json").json
    page = office.client.get("/v1/openapi")
    assert page.mimetype == "text/html"
    for path, item in told["paths"].items():
        for method in item:
            if method != "parameters":
                assert f"{method.upper()} {path}" in page.text
    for message in told["components"]["schemas"]:
        assert f'id="{message}"' in page.text


def test_the_page_runs_no_script_and_asks_nobody_else_for_anything(office: Any) -> None:
    page = office.client.get("/v1/openapi")
    assert "<script" not in page.text
    assert "://" not in page.text
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'sha256-")
