"""How a person may be reached, and when nobody may."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.casework.facts import Evidence
from forms.casework.safe_contact import FROZEN, REMINDERS, may_remind, safe_contact

TODAY = date(2026, 11, 22)
CHANNELS = ["phone_call", "text_message", "messenger", "email", "in_person", "trusted_person"]


def told(on=TODAY, order="", **answers):
    values = {f"contact.{name}": value for name, value in answers.items()}
    return Evidence("r", "any_form", on, values, order=order)


def days_ago(days):
    return TODAY - timedelta(days=days)


def test_what_was_agreed_last_holds():
    safe = safe_contact(
        [
            told(days_ago(9), safe_channel=["phone_call", "messenger"], safe_times="mornings"),
            told(days_ago(2), safe_channel=["messenger"], safe_never="her brother", code_word_agreed="yes"),
        ],
        TODAY,
    )
    assert (safe.channels, safe.times, safe.never, safe.code_word) == (
        ("messenger",), "mornings", "her brother", True,
    )  # fmt: skip
    assert safe.frozen == ()
    assert (safe.allows("messenger"), safe.allows("phone_call")) == (True, False)


def test_when_never_to_contact_is_what_any_record_that_counts_says_and_nothing_goes_out_by_itself():
    open_way = {"safe_channel": ["email"], "code_word_agreed": "no"}
    safe = safe_contact(
        [
            told(days_ago(9), never_at=["morning"], **open_way),
            told(days_ago(2), "a", never_at=["night"]),
            told(days_ago(2), "a", never_at="sunday"),
            told(TODAY + timedelta(days=400), never_at=["evening"]),
        ],
        TODAY,
    )
    assert safe.never_at == ("evening", "night", "sunday")
    assert may_remind(safe, "email").code == "reminder.times_in_words"
    assert may_remind(safe_contact([told(**open_way)], TODAY), "email").allowed
    assert safe_contact([told(**open_way)], TODAY, ["contact.never_at"]).frozen == (
        "contact.frozen.conflict",
    )


@pytest.mark.parametrize(
    ("found", "frozen"),
    [
        ([], "unknown"),
        ([told(safe_times="mornings")], "unknown"),
        ([told(TODAY + timedelta(days=1), safe_channel=["email"])], "unknown"),
        ([told(safe_channel=["none"])], "none"),
        ([told(safe_channel=["none", "email"])], "none"),
        ([told(safe_channel=["pigeon"])], "none"),
        ([told(safe_channel={"email": 1})], "none"),
        ([told(days_ago(3), safe_channel=["email"]), told(channel_still_safe="no")], "doubted"),
        ([told(days_ago(3), safe_channel=["email"]), told(channel_still_safe="unsure")], "doubted"),
        ([told(days_ago(3), safe_channel=["email"]), told(channel_still_safe="perhaps")], "doubted"),
    ],
)
def test_nobody_contacts_while_nothing_safe_is_known(found, frozen):
    safe = safe_contact(found, TODAY)
    assert (safe.channels, safe.frozen) == ((), (f"contact.frozen.{frozen}",))
    assert not any(may_remind(safe, channel).allowed for channel in CHANNELS)


@pytest.mark.parametrize("meaning", ["safe_channel", "safe_times", "safe_never", "code_word_agreed"])
def test_a_conflict_of_any_part_freezes_all_of_it(meaning):
    safe = safe_contact([told(safe_channel=["email"])], TODAY, {f"contact.{meaning}", "case.notes"})
    assert (safe.channels, safe.agreed) == ((), ("email",))
    assert safe.frozen == ("contact.frozen.conflict",)
    assert safe_contact([told(safe_channel=["email"])], TODAY, {"case.notes"}).frozen == ()


@pytest.mark.parametrize(
    ("later", "frozen"),
    [
        (told(days_ago(1), channel_still_safe="yes"), False),
        (told(days_ago(1), confirmed_on="2026-11-21"), False),
        (told(days_ago(4), channel_still_safe="yes"), True),
        (told(days_ago(5), channel_still_safe="yes"), True),
        (told(days_ago(1), confirmed_on="2026-11-18"), True),
        (told(TODAY + timedelta(days=1), channel_still_safe="yes"), True),
        (told(days_ago(1), confirmed_on="2027-01-01"), True),
        (told(days_ago(1), safe_channel=["in_person"]), True),
    ],
)
def test_a_doubt_lasts_until_somebody_says_that_it_is_safe(later, frozen):
    found = [told(days_ago(9), safe_channel=["email"]), told(days_ago(4), channel_still_safe="no"), later]
    assert bool(safe_contact(found, TODAY).frozen) is frozen


def test_of_two_records_of_one_moment_only_what_both_say_holds():
    found = [told(safe_channel=["email", "messenger"]), told(safe_channel=["email", "phone_call"])]
    assert safe_contact(found, TODAY).channels == ("email",)
    words = safe_contact([told(safe_never="A"), told(safe_never="B")], TODAY).never
    assert words.splitlines() == ["A", "B"]


def test_a_date_to_come_narrows_and_never_widens():
    found = [told(safe_channel=["email", "in_person"])]
    ahead = told(TODAY + timedelta(days=400), safe_channel=["email", "messenger"])
    assert safe_contact([*found, ahead], TODAY).channels == ("email",)


@pytest.mark.parametrize(
    ("channel", "more", "code"),
    [
        ("text_message", {"code_word_agreed": "no"}, "allowed"),
        ("email", {"code_word_agreed": "no"}, "channel_not_safe"),
        ("phone_call", {"code_word_agreed": "no"}, "channel_not_automatic"),
        ("text_message", {}, "code_word_needed"),
        ("text_message", {"code_word_agreed": "yes"}, "code_word_needed"),
        ("text_message", {"code_word_agreed": "what"}, "code_word_needed"),
        ("text_message", {"code_word_agreed": "no", "safe_times": "when he works"}, "times_in_words"),
    ],
)
def test_a_reminder_goes_out_by_itself_only_where_nobody_has_to_read_first(channel, more, code):
    safe = safe_contact([told(safe_channel=["text_message", "phone_call"], **more)], TODAY)
    assert may_remind(safe, channel).code == f"reminder.{code}"
    assert may_remind(safe, channel).allowed is (code == "allowed")


records = st.builds(
    told,
    on=st.integers(-3, 3).map(lambda days: TODAY + timedelta(days=days)),
    order=st.sampled_from(["a", "b"]),
    safe_channel=st.one_of(st.none(), st.lists(st.sampled_from([*CHANNELS, "none", "pigeon"]), max_size=4)),
    channel_still_safe=st.sampled_from(["yes", "no", "unsure", "", 3]),
    code_word_agreed=st.sampled_from(["yes", "no", None]),
)


@given(st.lists(records, max_size=5), st.randoms(use_true_random=False))
def test_the_order_in_which_records_come_changes_nothing(found, chance):
    mixed = list(found)
    chance.shuffle(mixed)
    one, other = safe_contact(found, TODAY), safe_contact(mixed, TODAY)
    assert (one.channels, one.frozen, one.code_word) == (other.channels, other.frozen, other.code_word)


@given(st.lists(records, max_size=4), records)
def test_what_is_unclear_or_still_to_come_never_opens_a_way(found, more):
    safe = safe_contact(found, TODAY)
    assert not (safe.frozen and safe.channels)
    assert set(safe.frozen) <= set(FROZEN)
    if more.on > TODAY:
        assert set(safe_contact([*found, more], TODAY).channels) <= set(safe.channels)
    for channel in CHANNELS:
        said = may_remind(safe, channel)
        assert said.code in REMINDERS
        assert not said.allowed or channel in safe.channels
