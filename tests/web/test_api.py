"""The routes over real use cases and a real database: what a device sends and gets."""

from __future__ import annotations

import hashlib
import json
import uuid
from typing import Any

import zstandard

from forms import library
from forms.xform.load import load_form
from sync_server.protocol import schema
from sync_server.protocol.messages import Reference, SyncResponse, forms_fingerprint


def sealed_name(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=32).hexdigest()


def test_what_one_device_pushes_another_one_pulls(office: Any) -> None:
    here, there = office.device(), office.device("coordinator")
    record, case = str(uuid.uuid4()), str(uuid.uuid4())
    pushed = here.sync(here.change({"stage": "shelter", "given_name": "Мирослава"}, record, case)).json
    assert schema.load(SyncResponse, pushed).accepted == (1,)
    (item,) = there.sync().json["page"]["items"]
    assert item["record"] == record
    assert item["author"] == "officer"
    assert item["values"] == {"stage": "shelter", "given_name": "Мирослава"}


def test_bodies_are_folded_both_ways_for_who_wants_it(office: Any) -> None:
    tablet = office.device()
    changes = [
        tablet.change({"notes": f"note {number}"}, str(uuid.uuid4()), str(uuid.uuid4()))
        for number in range(50)
    ]
    body = {
        "protocol": 1,
        "demo": True,
        "clock": {"now": office.clock.now_ms()},
        "batch": str(uuid.uuid4()),
        "changes": changes,
    }
    folded = zstandard.compress(json.dumps(body).encode())
    headers = {**tablet.headers, "Content-Encoding": "zstd", "Accept-Encoding": "zstd"}
    response = office.client.post("/v1/sync", data=folded, headers=headers)
    assert response.headers["Content-Encoding"] == "zstd"
    assert "Accept-Encoding" in response.headers["Vary"]
    unfolded = json.loads(zstandard.decompress(response.data))
    assert schema.load(SyncResponse, unfolded).accepted == tuple(range(1, 51))
    assert len(unfolded["page"]["items"]) == 50
    assert len(response.data) < len(json.dumps(unfolded)) / 3


def test_a_sync_with_nothing_to_do_takes_less_than_500_bytes_each_way(office: Any) -> None:
    tablet = office.device()
    first = tablet.sync().json
    forms = office.services.forms.current()
    request = {
        "protocol": 1,
        "demo": True,
        "clock": {"now": office.clock.now_ms(), "boot": "b" * 36, "uptime": 123456789},
        "cursor": first["page"]["cursor"],
        "forms": forms_fingerprint(forms),
        "reference": schema.load(Reference, first["reference"]).fingerprint,
    }
    body = json.dumps(request).encode()
    assert len(body) < 500
    response = office.client.post("/v1/sync", data=body, headers=tablet.headers)
    assert response.status_code == 200
    assert "forms" not in response.json
    assert "reference" not in response.json
    assert len(response.data) < 500


def test_a_lost_value_comes_back_to_its_author(office: Any) -> None:
    officer, coordinator = office.device(), office.device("coordinator")
    record, case = str(uuid.uuid4()), str(uuid.uuid4())
    base = officer.change({"carer": "anna", "risk": "low"}, record, case)
    officer.sync(base)
    parents = {"parents": [base["stamp"]]}
    office.clock.seconds += 60
    lost = officer.change({"carer": "ben", "stage": "travel"}, record, case, **parents)
    office.clock.seconds += 60
    kept = coordinator.change({"carer": "cleo", "risk": "high"}, record, case, **parents)
    coordinator.sync(kept)
    answer = officer.sync(lost).json
    (conflict,) = answer["conflicts"]
    assert (conflict["path"], conflict["lost"], conflict["kept"]) == ("carer", "ben", "cleo")
    (item,) = officer.sync().json["page"]["items"]
    assert item["values"] == {"carer": "cleo", "risk": "high", "stage": "travel"}


def test_a_form_comes_as_the_xform_that_was_published(office: Any) -> None:
    tablet = office.device()
    listed = tablet.sync().json["forms"]
    assert {form["id"] for form in listed} == {form_id for form_id, _ in library.forms()}
    for form in listed:
        response = office.client.get(f"/v1/forms/{form['id']}/{form['version']}", headers=tablet.headers)
        assert response.content_type == "application/xml; charset=utf-8"
        assert load_form(response.text).id == form["id"]
    missing = office.client.get("/v1/forms/case_file/99", headers=tablet.headers)
    assert (missing.status_code, missing.json["code"]) == (404, "form.not_found")


def test_a_sealed_file_is_kept_under_its_hash_and_may_be_sent_again(office: Any) -> None:
    tablet, sealed = office.device(), bytes(range(256)) * 1000
    path = f"/v1/attachments/{sealed_name(sealed)}"
    for _ in range(2):
        assert office.client.put(path, data=sealed, headers=tablet.headers).status_code == 204
    assert office.client.get(path, headers=tablet.headers).status_code == 404, "it is of no case yet"
    answer = {"cost/receipt_photo": f"{sealed_name(sealed)}:{'k' * 43}"}
    case, record = str(uuid.uuid4()), str(uuid.uuid4())
    assert tablet.sync(tablet.change(answer, record, case, form="assistance")).json["accepted"]
    response = office.client.get(path, headers={**tablet.headers, "Accept-Encoding": "zstd"})
    assert response.data == sealed
    assert response.content_type == "application/octet-stream"
    assert "Content-Encoding" not in response.headers


def test_a_file_under_a_wrong_hash_is_refused_and_not_kept(office: Any) -> None:
    tablet, name = office.device(), "0" * 64
    refused = office.client.put(f"/v1/attachments/{name}", data=b"other bytes", headers=tablet.headers)
    assert (refused.status_code, refused.json["code"]) == (422, "attachment.hash.mismatch")
    missing = office.client.get(f"/v1/attachments/{name}", headers=tablet.headers)
    assert (missing.status_code, missing.json["code"]) == (404, "attachment.not_found")
    assert [path.name for path in office.services.config.blobs.iterdir()] == []


def test_a_file_over_the_limit_is_refused(build_office: Any) -> None:
    office = build_office(max_attachment=64 * 1024)
    tablet, sealed = office.device(), bytes(64 * 1024 + 1)
    path = f"/v1/attachments/{sealed_name(sealed)}"
    refused = office.client.put(path, data=sealed, headers=tablet.headers)
    assert (refused.status_code, refused.json["code"]) == (413, "attachment.too_large")


def test_names_that_are_no_hashes_reach_no_file(office: Any) -> None:
    tablet = office.device()
    for name in ("..", "%2e%2e%2fserver.db", "A" * 64, "server.db"):
        response = office.client.get(f"/v1/attachments/{name}", headers=tablet.headers)
        assert response.status_code == 404


def test_the_description_names_every_route_and_our_error_shape(office: Any) -> None:
    described = office.client.get("/v1/openapi.json").json
    assert set(described["paths"]) == {
        "/v1/about",
        "/v1/enrol",
        "/v1/sync",
        "/v1/forms/{form_id}/{version}",
        "/v1/attachments/{name}",
        "/v1/alarms",
        "/healthz",
    }
    problem = described["components"]["schemas"]["Problem"]["properties"]
    assert set(problem) == {"type", "code", "params", "request_id"}
    sync = described["paths"]["/v1/sync"]["post"]
    assert sync["requestBody"]["content"]["application/json"]["schema"]["$ref"].endswith("SyncRequest")
    assert sync["security"] == [{"deviceToken": []}]


def test_health_is_told_without_a_token_and_tells_nothing_else(office: Any) -> None:
    response = office.client.get("/healthz")
    assert (response.status_code, response.json) == (200, {"status": "ok"})
