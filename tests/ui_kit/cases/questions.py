"""Questions of a form."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

from app.ui import probe
from app.ui.widgets import (
    focus,
)
from app.ui.widgets.questions import Context
from tests.ui_kit.hands import (
    asked,
    choices,
    frames,
    named,
    question,
    touch,
)


def case_of_a_list_that_cannot_be_changed_only_the_answer_is_shown() -> None:
    three = choices("home", "school", "street", "other")
    widget, _ = asked(question("select_one", "school", choices=three, readonly=True))
    assert [row.value for row in widget.list.in_sight] == ["school"]
    widget.redraw(question("select_one", choices=three, readonly=True))
    assert widget.list.in_sight == []


def case_of_a_long_list_several_are_chosen_one_after_the_other() -> None:
    many = choices(*(f"town{number}" for number in range(30)))
    widget, given = asked(question("select_multiple", choices=many))
    for number in (3, 5):
        widget.list.rows[number].activate()
    assert given[-1] == ("q", ["town3", "town5"])
    assert len(widget.list.in_sight) == 30
    named("entry.search.q").text = "town29"
    widget.list.in_sight[-1].activate()
    assert [row.value for row in widget.list.in_sight] == ["town3", "town5", "town29"]


def case_a_long_list_folds_to_its_answer_and_the_keyboard_stays_on_it() -> None:
    many = choices(*(f"town{number}" for number in range(30)))
    widget, given = asked(question("select_one", choices=many))
    row = widget.list.rows[7]
    focus.give(row, by_key=True)
    row.activate()
    assert given == [("q", "town7")]
    widget.redraw(question("select_one", "town7", choices=many))
    frames()
    assert widget.list.in_sight == [row]
    assert focus.current is row
    named("entry.search.q").text = "TOWN2"
    assert [each.value for each in widget.list.in_sight] == [
        "town2",
        "town7",
        *(f"town2{n}" for n in range(10)),
    ]
    named("entry.search.q").text = "nowhere"
    assert widget.list.in_sight == [row]
    widget.redraw(question("select_one", choices=many))
    assert widget.list.in_sight == []
    named("entry.search.q").text = ""
    assert len(widget.list.in_sight) == 30


def case_a_touch_on_a_choice_answers_and_a_second_clears() -> None:
    widget, given = asked(question("select_one", choices=choices("yes", "no")))
    touch(named("entry.choice.q.no"))
    assert given == [("q", "no")]
    widget.redraw(question("select_one", "no", choices=choices("yes", "no")))
    touch(named("entry.choice.q.no"))
    assert given[-1] == ("q", None)


def case_several_choices_answer_in_the_order_of_the_form() -> None:
    _, given = asked(question("select_multiple", choices=choices("a", "b", "c", "d")))
    touch(named("entry.choice.q.c"))
    touch(named("entry.choice.q.a"))
    assert given == [("q", ["c"]), ("q", ["a", "c"])]


def case_a_typed_answer_comes_when_the_keyboard_leaves() -> None:
    widget, given = asked(question("integer"))
    field = named("entry.question.q")
    focus.give(field)
    field._input.insert_text("23")
    frames()
    assert given == []
    focus.give(None)
    assert given == [("q", "23")]
    widget.redraw(question("integer", None, raw="2x", violation=SimpleNamespace(message="No number.")))
    frames()
    assert field.text == "2x"
    assert field.invalid
    assert str(named("entry.violation.q").text) == "No number."


def case_a_redraw_never_undoes_what_is_being_typed() -> None:
    widget, _ = asked(question("text", "old"))
    field = named("entry.question.q")
    focus.give(field)
    field._input.text = "new wor"
    widget.redraw(question("text", "old"))
    assert field.text == "new wor"


def case_a_moment_is_shown_without_its_offset_and_picked_by_day() -> None:
    widget, given = asked(question("dateTime", "2026-11-22T22:40:00+01:00"))
    field = named("entry.question.q")
    assert field.text == "2026-11-22 22:40"
    touch(named("entry.calendar.q"))
    touch(named("calendar.2026-11-20"))
    assert given == [("q", "2026-11-20 22:40")]
    assert widget.path == "q"


def case_a_day_that_nobody_may_change_offers_no_calendar_and_no_example() -> None:
    asked(question("dateTime", readonly=True))
    assert named("entry.question.q").hint == ""
    for aid in ("entry.calendar.q", "entry.now.q"):
        try:
            named(aid)
        except AssertionError:
            continue
        raise AssertionError(f"{aid} is offered")


def case_a_note_that_tells_to_stop_looks_otherwise_than_one_that_explains() -> None:
    told = {}
    for appearances in (frozenset(), frozenset({"stop"})):
        widget, _ = asked(question("note", appearances=appearances))
        told[appearances] = (widget.note.meaning, widget.note._icon.icon)
    assert len(set(told.values())) == 2
    assert told[frozenset({"stop"})][0] == "danger"


def case_a_photo_is_asked_for_and_shown_from_its_bytes() -> None:
    from PIL import Image

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "paper.png"
        Image.new("RGB", (80, 60), "white").save(file)
        wanted = []

        def load(name: str, deliver: Callable[[bytes], None]) -> None:
            wanted.append(name)
            deliver(file.read_bytes())

        widget, given = asked(question("image"), Context(load_picture=load, pictures_folder=Path(folder)))
        sources: list[tuple[str, str]] = []
        widget.bind(on_attach=lambda _, path, source: sources.append((path, source)))
        touch(named("entry.question.q"))
        touch(named("files.file.paper.png"))
        assert sources == [("q", str(file))]
        widget.redraw(question("image", "hash"))
        frames()
        assert wanted == ["hash"]
        assert named("entry.picture.q").height > 50
        touch(named("entry.clear.q"))
        assert given == [("q", None)]


def case_a_file_that_is_no_picture_is_said_so() -> None:
    asked(question("image", "x"), Context(load_picture=lambda _, deliver: deliver(b"no picture")))
    said = [probe.text_of(widget) for widget in named("entry.picture.q").walk()]
    assert "This file is not a picture that can be shown." in said


def case_a_kind_that_cannot_be_asked_is_said_so() -> None:
    asked(question("geotrace", "1 2"))
    assert "cannot ask" in probe.text_of(named("entry.question.q"))
