"""Referral and hand-over: only what was agreed, only with consent, and what was sent is known for ever."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms.casework.case import Case
from forms.casework.facts import Evidence
from forms.casework.referral import (
    Agreement,
    Parcel,
    Referral,
    Refused,
    fingerprint,
    may_share,
    parcel,
    record_of,
    referrals_of,
)
from forms.errors import FormProblem

TODAY = date(2026, 3, 1)
MIRA = Case(code="AL-7Q4KD2M-X", country="AL", language="ar", birth_date=date(1998, 3, 14))
GIRL = Case(code="AL-4T9XW2C-7", country="AL", language="ar", birth_date=date(2012, 3, 14))
SHELTER = Agreement(
    "shelter-tirana", "share_with_organisation",
    frozenset({"person.language", "person.birth_date", "needs.health", "need.kind"}),
)  # fmt: skip


def said(on: str, values: dict[str, Any], order: str = "", **rows: Any) -> Evidence:
    return Evidence(f"r-{on}-{order}", "f", date.fromisoformat(on), values, rows, order=order)


def consent(
    day: str,
    decision: str = "given",
    to: str = "shelter-tirana",
    order: str = "",
    author: str = "elira",
    **more: Any,
) -> Evidence:
    """In writing, in her language, by herself; `more` says what is different, None that it is missing."""
    told = {
        "purpose": ["share_with_organisation"], "decision": decision, "recipient": to or None,
        "by": "person", "how": "written", "language": "ar", **more,
    }  # fmt: skip
    values = {f"consent.{name}": value for name, value in told.items() if value is not None}
    return replace(said(day, values, order), author=author)


FILE = said(
    "2026-02-01",
    {"person.language": "ar", "person.given_name": "Mira", "needs.health": "midwife",
     "testimony.text": "secret"},
    need=({"need.kind": "health", "need.action": "private words"},),
)  # fmt: skip


def test_only_the_agreed_fields_are_sent_and_what_was_sent_is_recorded() -> None:
    sent = parcel("shelter-tirana", [FILE, consent("2026-02-02")], [SHELTER], TODAY, case=MIRA)
    assert isinstance(sent, Parcel)
    assert sent.values == {"needs.health": "midwife", "person.language": "ar"}
    assert sent.rows == {"need": ({"need.kind": "health"},)}
    assert sent.fields == ("need.kind", "needs.health", "person.language")
    assert sent.withheld == ("person.birth_date",)
    kept = Evidence("ref", "referral", TODAY, record_of(sent, TODAY))
    (referral,) = referrals_of([kept], TODAY)
    assert (referral.state, referral.sent_on) == ("sent", TODAY)
    assert referral.was(sent)
    changed = said("2026-02-20", {"needs.health": "surgery"})
    again = parcel("shelter-tirana", [FILE, changed, consent("2026-02-02")], [SHELTER], TODAY, case=MIRA)
    assert isinstance(again, Parcel)
    assert not referral.was(again)


#: words on sharing, whether it may be shared with the shelter on 1 March
WORDS: list[tuple[list[Evidence], bool]] = [
    ([], False),
    ([consent("2026-02-01")], True),
    ([consent("2026-02-01", to="police")], False),
    ([consent("2026-02-01", to="")], False),
    ([consent("2026-02-01", "refused")], False),
    ([consent("2026-02-01"), consent("2026-02-02", "withdrawn")], False),
    ([consent("2026-02-01"), consent("2026-02-02", "withdrawn", to="")], False),
    ([consent("2026-02-01"), consent("2026-02-02", "withdrawn", to="police")], True),
    ([consent("2026-02-01"), consent("2026-02-01", "withdrawn")], False),
    ([consent("2026-02-01", "withdrawn"), consent("2026-02-02")], True),
    ([consent("2026-02-01", "withdrawn"), consent("2026-02-02", author="besa")], False),
    ([consent("2026-02-01", "withdrawn"),
      consent("2026-02-02", author="besa", withdrawn_on="2026-02-01")], True),
    ([consent("2026-02-01"), consent("2026-02-02", "withdrawn", to="", purpose=None)], False),
    ([consent("2026-02-01"), consent("2026-02-02", "perhaps")], False),
    ([consent("2026-02-01"), consent("2062-02-02", "withdrawn")], False),
    ([consent("2062-02-01")], False),
    ([consent("2026-02-01", on="2062-01-01")], False),
    ([consent("2026-02-01", until="2026-03-01")], True),
    ([consent("2026-02-01", until="2026-02-28")], False),
    ([consent("2026-02-01", until="for ever")], False),
    ([consent("2025-03-01")], True),
    ([consent("2025-02-28")], False),
    ([consent("2025-02-28", until="2099-01-01")], False),
    ([consent("2026-01-01", until="2026-12-31"), consent("2026-02-01", until="2026-02-28")], False),
    ([consent("2026-01-01", until="2026-02-28"), consent("2026-02-01", until="2026-12-31")], True),
    ([consent("2026-02-01", to=" Shelter-Tirana")], True),
    ([consent("2026-02-01", how="thumbprint")], False),
    ([consent("2026-02-01", language="fr")], False),
    ([consent("2026-02-01", by="guardian")], False),
]  # fmt: skip


@pytest.mark.parametrize(("words", "allowed"), WORDS)
def test_consent_is_a_recipients_own_and_in_doubt_there_is_none(words: list[Evidence], allowed: bool) -> None:
    for order in (words, words[::-1]):
        assert may_share(order, "share_with_organisation", "shelter-tirana", TODAY, case=MIRA) is allowed
        sent = parcel("shelter-tirana", [FILE, *order], [SHELTER], TODAY, case=MIRA)
        assert isinstance(sent, Parcel) is allowed
        if not allowed:
            assert sent == Refused("referral.consent.missing", "shelter-tirana")


def test_of_a_child_nothing_is_sent_without_both_her_word_and_her_guardians() -> None:
    def sent(*words: Evidence) -> bool:
        return may_share(words, "share_with_organisation", "shelter-tirana", TODAY, case=GIRL)

    own, guardians = consent("2026-02-01"), consent("2026-02-02", by="guardian")
    assert not sent(own)
    assert not sent(guardians)
    assert sent(own, guardians)
    assert sent(consent("2026-02-01", by="both"))


def refused(*evidence: Evidence, to: str = "shelter-tirana", **more: Any) -> str:
    found = parcel(to, [FILE, *evidence], more.pop("agreements", [SHELTER]), TODAY, case=MIRA, **more)
    assert isinstance(found, Refused)
    return found.code


def test_nothing_is_sent_without_an_agreement_or_to_who_is_denied() -> None:
    yes = consent("2026-02-01")
    assert refused(yes, agreements=[]) == "referral.agreement.missing"
    assert refused(yes, denied={"shelter-tirana"}) == "referral.recipient.denied"
    assert refused(yes, to=" ") == "referral.recipient.denied"
    nothing = Agreement("shelter-tirana", "share_with_organisation", frozenset({"person.phone"}))
    assert refused(yes, agreements=[nothing]) == "referral.nothing_to_send"


def test_vital_interest_takes_a_reason_and_is_told_with_what_was_sent_and_beats_no_deny_list() -> None:
    assert refused(ground="vital_interest") == "referral.reason.missing"
    assert refused(ground="vital_interest", reason=" ") == "referral.reason.missing"
    denied = refused(ground="duty_to_report", reason="Child at risk", denied={"shelter-tirana"})
    assert denied == "referral.recipient.denied"
    sent = parcel(
        "shelter-tirana", [FILE], [SHELTER], TODAY, case=MIRA, ground="vital_interest", reason="She bleeds"
    )
    assert isinstance(sent, Parcel)
    assert (sent.ground, sent.reason) == ("vital_interest", "She bleeds")
    assert set(sent.fields) <= SHELTER.fields


def test_an_agreement_is_data_and_cannot_name_what_is_never_sent() -> None:
    made = Agreement.from_table(
        {
            "recipient": "shelter-tirana",
            "purpose": "share_with_organisation",
            "fields": sorted(SHELTER.fields),
        }
    )
    assert made == SHELTER
    for fields in (["testimony.text"], ["feedback.words"], ["tracing.address"], [], ["everything"]):
        with pytest.raises(FormProblem):
            Agreement.from_table({"recipient": "x", "purpose": "share_with_country", "fields": fields})
    with pytest.raises(FormProblem):
        Agreement.from_table({"recipient": "x", "purpose": "sell", "fields": ["person.language"]})


SENT = {"referral.sent_on": "2026-02-01", "referral.to": "x"}
STATES: list[tuple[dict[str, str], str]] = [
    ({"referral.to": "x"}, "draft"),
    (SENT, "sent"),
    ({"referral.to": "x", "referral.sent_on": "2062-02-01"}, "draft"),
    ({**SENT, "referral.answer": "accepted"}, "accepted"),
    ({**SENT, "referral.answer": "accepted", "referral.answered_on": "2062-01-01"}, "sent"),
    ({**SENT, "referral.answer": "accepted", "referral.completed_on": "2026-02-20"}, "completed"),
    ({**SENT, "referral.answer": "declined"}, "sent"),
    ({**SENT, "referral.answer": "declined", "referral.declined_reason": "No bed"}, "declined"),
    ({**SENT, "referral.answer": "completed"}, "completed"),
    ({**SENT, "referral.answer": "well"}, "sent"),
    ({**SENT, "referral.state": "cancelled"}, "cancelled"),
]


@pytest.mark.parametrize(("values", "state"), STATES)
def test_a_referral_is_where_its_record_says_and_an_unclear_answer_is_none(
    values: dict[str, str], state: str
) -> None:
    assert Referral.of(said("2026-02-01", values), TODAY).state == state


@given(st.permutations(["a", "b", "c", "d"]))
def test_the_hash_does_not_depend_on_the_order_of_fields(names: list[str]) -> None:
    values = {name: name * 2 for name in names}
    assert fingerprint(values, {}) == fingerprint(dict(sorted(values.items())), {})
    assert fingerprint(values, {}) != fingerprint({**values, "a": "x"}, {})


TOLD = st.lists(
    st.builds(
        lambda days, decision, to, order, author, until: consent(
            str(TODAY + timedelta(days=days)), decision, to, order, author, until=until
        ),
        st.integers(-30, 30),
        st.sampled_from(["given", "given", "withdrawn", "refused", "?"]),
        st.sampled_from(["shelter-tirana", "", "police"]),
        st.sampled_from("ab"),
        st.sampled_from(["elira", "besa"]),
        st.sampled_from([None, "2026-02-20", "2026-12-31", "for ever"]),
    ),
    max_size=6,
)


@settings(max_examples=300)
@given(TOLD, st.sets(st.sampled_from(["person.language", "person.given_name", "needs.health"]), min_size=1))
def test_nothing_beyond_the_agreement_ever_leaves_and_never_after_the_last_no(
    words: list[Evidence], fields: set[str]
) -> None:
    agreement = Agreement("shelter-tirana", "share_with_organisation", frozenset(fields))
    sent = parcel("shelter-tirana", [FILE, *words], [agreement], TODAY, case=MIRA)
    if isinstance(sent, Refused):
        return
    assert set(sent.fields) <= fields
    yes = [
        each
        for each in words
        if (each.text("consent.decision"), each.text("consent.recipient")) == ("given", "shelter-tirana")
        and each.on <= TODAY
    ]
    last_yes = max((each.on, each.order) for each in yes)
    newest = [each for each in yes if (each.on, each.order) == last_yes]
    assert all(each.get("consent.until") in (None, "2026-12-31") for each in newest)
    for each in words:
        if each.text("consent.decision") != "given" and each.text("consent.recipient") != "police":
            assert (min(each.on, TODAY), each.order) < last_yes
