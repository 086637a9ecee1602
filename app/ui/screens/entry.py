"""Filling in a form: a few questions at a time, each answer kept on this device as soon as it is given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from kivy.clock import Clock
from kivy.core.window import Keyboard
from kivy.metrics import dp
from kivy.uix.widget import Widget

from app.fieldbook import OpenEntry
from app.problems import Problem
from app.ui.i18n import T, language
from app.ui.screens import wording
from app.ui.screens.directory_pick import beside_question
from app.ui.screens.form_language import draft_notes, more_languages
from app.ui.screens.screen import Screen, beside
from app.ui.screens.sections import section_rows
from app.ui.screens.short_form import ShortFormView
from app.ui.theme import L, M
from app.ui.widgets import (
    Banner,
    BidiLabel,
    Button,
    Card,
    Chip,
    Column,
    Dialog,
    ProgressBar,
    RowLayout,
    Spacer,
    focus,
)
from app.ui.widgets.questions import (
    Context,
    GroupHeader,
    QuestionWidget,
    RepeatFooter,
    RepeatHeader,
    question_widget,
)
from app.ui.widgets.surfaces import Bar
from app.unfinished import ENTRY
from forms.entry import EntryChange, QuestionState
from forms.paths import is_within
from forms.sheets import Cut, Node, Sheet


class EntryScreen(Screen):
    """`opened` is the record; `at` a question to begin at, from the review of what is missing."""

    place = "cases"

    def __init__(self, desk: Any, **where: Any) -> None:
        super().__init__(desk, **where)
        opened: OpenEntry = where["opened"]
        self._opened = opened
        self._entry = opened.entry
        self._cut = Cut(opened.entry.definition)
        self._short = ShortFormView(desk, opened, self._turned)
        self._widgets: dict[str, QuestionWidget] = {}
        self._context = Context(
            now=self.now, load_picture=self._load_picture, pictures_folder=desk.window.pictures_folder
        )
        self._frames: dict[str, Card] = {}
        self._sheets: tuple[Sheet, ...] = ()
        self._at: str = where.get("at", "")
        self._key = self._cut.key_of(self._at) or ""
        self._spoken = ""
        self._key_of_whole = ""
        self._unsaved = 0
        self._take_up(desk.unfinished.get(self._name, {}))
        self._unread = {line.path for line in self._entry.outline() if self._is_unread(line)}
        self._saved = Chip(text=T("Each answer is saved at once"), name="entry.saved")
        self._progress = ProgressBar()
        self._progress_text = BidiLabel(style="secondary", tone="ink2", name="entry.progress")
        self._foot = Bar(
            fill="card",
            orientation="horizontal",
            size_hint_y=None,
            height=dp(72),
            padding=[dp(self._side), dp(M), dp(self._side), dp(M)],
            spacing=dp(M),
        )
        self.add_widget(self._foot)

    # -- coming and going ---------------------------------------------------------------------------

    def enter(self) -> None:
        self._flush()
        self._entry.language = self._spoken or language.code
        self._widgets.clear()
        self._draw()
        if self._at in self._widgets:
            self._bring(self._widgets[self._at])
        self._at = ""

    def leave(self) -> None:
        """What cannot be read is no answer, and so in no record: the desk remembers it."""
        self._flush()
        self.desk.remember(self._name, {path: self._entry.state(path).raw for path in self._unread})

    @property
    def _name(self) -> str:
        return f"{ENTRY}{self._opened.record}"

    def _take_up(self, unread: dict[str, str]) -> None:
        there = {line.path for line in self._entry.outline()}
        for path in there & unread.keys():
            self._entry.answer(path, unread[path])

    def key(self, key: int, modifiers: frozenset[str]) -> bool:
        if key == Keyboard.keycodes["pagedown"]:
            self._step(1)
        elif key == Keyboard.keycodes["pageup"]:
            self._step(-1)
        else:
            return self._short.key(key)
        return True

    def back(self) -> bool:
        """Out of the short form the way leads to Today: the page of the case tells more than codes."""
        if not (self._short.on and self.desk.has_places):
            return False
        self.desk.switch("today")
        return True

    def _turned(self) -> None:
        """To the short form or back, to the place where one was. Nothing of the other stays in the tree."""
        self._flush()
        self._widgets.clear()
        if self._short.on:
            self._key_of_whole = self._key
        else:
            self._key = self._key_of_whole or self._key
        self._draw()
        self.body.scroll_y = 1

    def _flush(self) -> None:
        """A text that is still being typed is an answer too."""
        focus.give(None)
        for widget in list(self._widgets.values()):
            widget.flush()

    # -- answers ------------------------------------------------------------------------------------

    def _answered(self, path: str, raw: Any) -> None:
        self._apply(self._entry.answer(path, raw))

    def _picked(self, path: str, source: str) -> None:
        """A photo was chosen: it is sealed first, and its name is the answer."""
        self._saving()
        self.book.attach(self._opened.record, path, Path(source)).then(
            lambda name: self._attached(path, name), self._failed
        )

    def _load_picture(self, name: str, deliver: Callable[[bytes], None]) -> None:
        def empty(problem: Problem) -> None:
            # A photo of another device may not have come down yet: that is no fault, its place stays empty.
            if problem.code != "attachment.file.missing":
                self.desk.tell_problem(problem)

        self.book.attachment(name).then(deliver, empty)

    def _attached(self, path: str, name: str) -> None:
        self._unsaved -= 1
        self._answered(path, name)

    def _apply(self, change: EntryChange) -> None:
        seen = self._in_sight()
        self._note_unread(change)
        if change.values:
            self._saving()
            self.book.save(self._opened.record, change).then(lambda _done: self._kept(), self._failed)
        if self._short.heard(change):
            return
        if change.restructured:
            self._draw()
        else:
            for path in {change.path, *change.redraw}:
                if path in self._widgets:
                    self._widgets[path].redraw(self._state(path))
            self._draw_progress()
        self._bring_news(change, seen)

    def _bring_news(self, change: EntryChange, seen: set[str]) -> None:
        """What a choice has called up is brought into sight: what is wrong with it, or a new note."""
        if change.path not in self._widgets or not self._entry.state(change.path).choices:
            return
        if change.violation is not None:
            self._bring(self._widgets[change.path].foot)
            return
        new = self._in_sight() - seen
        notes = [
            widget for path, widget in self._widgets.items() if path in new and widget.state.type == "note"
        ]
        if notes:
            self._bring(notes[0])

    def _in_sight(self) -> set[str]:
        """The questions of the sheet as it is drawn."""
        return {path for path, widget in self._widgets.items() if widget.get_root_window() is not None}

    def _bring(self, widget: Widget) -> None:
        """Into sight; not when the keyboard has gone on meanwhile, for it would be out of sight then."""
        held = focus.current

        # Not before the next frames: what is new has no height yet.
        def scroll(_seconds: float) -> None:
            there = widget.get_root_window() is not None and self.body.height < self.body.column.height
            if there and focus.current is held:
                self.body.scroll_to(widget, padding=dp(M))

        Clock.schedule_once(scroll, 0.1)

    def _is_unread(self, line: Node) -> bool:
        violation = self._entry.state(line.path).violation if line.kind == "question" else None
        return violation is not None and violation.kind == "type"

    def _note_unread(self, change: EntryChange) -> None:
        """Which fields hold a text that is no answer, and so is not saved."""
        before = set(self._unread)
        self._unread = {path for path in before if not is_within(path, change.path)}
        if change.violation is not None and change.violation.kind == "type":
            self._unread.add(change.path)
        if self._unread != before and self._unsaved <= 0:
            self._tell_saved()

    def _saving(self) -> None:
        self._unsaved += 1
        self._saved.text, self._saved.meaning = T("Saving…"), "neutral"

    def _kept(self) -> None:
        self._unsaved -= 1
        if self._unsaved <= 0:
            self._tell_saved()

    def _tell_saved(self) -> None:
        if self._unread:
            self._saved.text, self._saved.meaning = T("Not saved: what cannot be read"), "attention"
        else:
            self._saved.text, self._saved.meaning = T("Saved on this device"), "done"

    def _failed(self, problem: Problem) -> None:
        self._unsaved -= 1
        self._saved.text, self._saved.meaning = T("Not saved"), "danger"
        self.desk.tell_problem(problem)

    # -- sheets -------------------------------------------------------------------------------------

    @property
    def _index(self) -> int:
        return next((n for n, sheet in enumerate(self._sheets) if sheet.key == self._key), 0)

    def _step(self, by: int) -> None:
        self._flush()
        index = self._index + by
        if index >= len(self._sheets):
            self.desk.go("review", opened=self._opened)
        elif index >= 0:
            self._turn_to(self._sheets[index].key)

    def _speak(self, code: str) -> None:
        """The form in one of its own languages; the app goes on in its own."""
        self._flush()
        self._spoken = "" if code == language.code else code
        self.enter()

    def _turn_to(self, key: str) -> None:
        self._flush()
        self._key = key
        self._draw()
        self.body.scroll_y = 1

    # -- drawing ------------------------------------------------------------------------------------

    def _draw(self) -> None:
        held = getattr(focus.current, "name", "") if focus.current is not None else ""
        self._sheets = self._cut.sheets(self._short.outline())
        if self._sheets and self._key not in {sheet.key for sheet in self._sheets}:
            self._key = self._sheets[0].key
        self._draw_head()
        if not self._sheets:
            self.fill(*self._news())
            self._draw_foot()
            return
        sheet = self._sheets[self._index]
        languages = more_languages(self._entry, self._speak) if self._index == 0 else []
        parts = [*self._news(), *self._questions(sheet), *languages]
        if self.wide:
            self.fill_two(parts, section_rows(self._entry, self._sheets, sheet, self._turn_to))
        else:
            self.fill(*parts)
        self._draw_foot()
        if held:
            focus.give_named(held, by_key=False)

    def _draw_head(self) -> None:
        for part in (self._saved, self._progress, self._progress_text):
            if part.parent is not None:
                part.parent.remove_widget(part)
        saved = [self._saved] if self.desk.keeps else []
        signs = [Chip(text=wording.whose(self._opened.case.id, self._opened.case.code)), *saved]
        turn = self._short.button()
        self.titled(
            self._short.title,
            back=self.desk.has_places,
            signs=signs if self.wide else [*signs, turn],
            actions=[turn] if self.wide else [],
        )
        for part in (*draft_notes(self._entry), self._progress, self._progress_text):
            self.head.add_widget(part)
        self._draw_progress()

    def _draw_progress(self) -> None:
        answered, total = self._short.progress()
        self._progress.value = answered / total if total else 0
        self._progress_text.text = T("{n} of {all} answered", n=answered, all=total)

    def _draw_foot(self) -> None:
        last = self._index >= len(self._sheets) - 1
        self._foot.clear_widgets()
        self._foot.padding = [dp(self._side), dp(M), dp(self._side), dp(M)]
        back = Button(
            text=T("Back"),
            name="entry.back",
            disabled=self._index == 0,
            stretch=not self.wide,
            on_release=lambda *_: self._step(-1),
        )
        forward = Button(
            text=T("Check and finish") if last else T("Next"),
            kind="filled",
            name="entry.finish" if last else "entry.next",
            stretch=not self.wide,
            on_release=lambda *_: self._step(1),
        )
        row = RowLayout(spacing=dp(M))
        row.add_widget(back)
        if self.wide:
            row.add_widget(Spacer())
        elif not self._short.on:
            forward.size_hint_x = 2
        if self._short.can_end(self.now):
            row.add_widget(self._short.end_button(self._apply, self.now, stretch=not self.wide))
        row.add_widget(forward)
        self._foot.add_widget(row)

    def _news(self) -> list[Widget]:
        """Word of the short form, or of a newer version of the form, to which this draft can move."""
        if self._short.on:
            return self._short.word()
        if not self._opened.newer:
            return []
        look = Button(
            text=T("What changed"), name="entry.newer", on_release=lambda *_: self._look_at_changes()
        )
        return [Banner(text=T("A newer version of this form is there."), meaning="primary", action=look)]

    def _look_at_changes(self) -> None:
        self._flush()
        self.desk.replace("revision", opened=self._opened)

    def _questions(self, sheet: Sheet) -> list[Widget]:
        """The sheet's questions in order; instances of a repeat each in a frame of their own."""
        self._frames.clear()
        parts: list[Widget] = []
        # The repeats and instances that are open, each inside of the one before.
        open_: list[tuple[Node, Column | None]] = []

        def close(path: str) -> None:
            while open_ and not _inside(path, open_[-1][0].path):
                closed, frame = open_.pop()
                if frame is None:
                    place(self._adder(closed))

        def place(widget: Widget) -> None:
            frame = next((frame for _, frame in reversed(open_) if frame is not None), None)
            if frame is not None:
                frame.add_widget(widget)
            else:
                parts.append(widget)

        for node in sheet.nodes:
            close(node.path)
            if node.kind == "group":
                if node.label:
                    place(GroupHeader(text=node.label))
            elif node.kind == "repeat":
                if node.label:
                    place(RepeatHeader(path=node.path, text=node.label, count=sheet.count(node.path)))
                open_.append((node, None))
            elif node.kind == "instance":
                frame = self._frame(node)
                place(frame)
                open_.append((node, frame))
            else:
                place(self._question(node.path))
        close("")
        return parts

    def _question(self, path: str) -> Widget:
        widget = self._widgets.get(path)
        state = self._state(path)
        if widget is None:
            widget = question_widget(state, self._context)
            widget.fbind("on_answer", lambda _widget, where, raw: self._answered(where, raw))
            widget.fbind("on_attach", lambda _widget, where, source: self._picked(where, source))
            self._widgets[path] = widget
        else:
            if widget.parent is not None:
                widget.parent.remove_widget(widget)
            widget.redraw(state)
        # Nobody who reads along is shown a way to the directory.
        return widget if self._short.on else beside_question(self.desk, self._opened, widget, self._answered)

    def _state(self, path: str) -> QuestionState:
        """The question as it is to be shown, with words for what is wrong where the form has none."""
        state = self._short.state(path)
        found = state.violation
        if found is None or found.message:
            return state
        return replace(state, violation=replace(found, message=str(wording.violation(found))))

    def _frame(self, node: Node) -> Card:
        card = Card(spacing=dp(L), name=f"entry.instance.{node.path}")
        self._frames[node.path] = card
        title = BidiLabel(text=node.label, style="strong", tone="ink2")
        if self._entry.removable(node.path):
            remove = Button(
                icon="trash",
                kind="plain",
                text=T("Remove"),
                name=f"entry.remove.{node.path}",
                on_release=lambda *_: self._remove(node),
            )
            card.add_widget(beside(title, remove))
        else:
            card.add_widget(title)
        return card

    def _remove(self, node: Node) -> None:
        """Asks first where answers would go with it. What the form has locked meanwhile stays."""
        if not self._entry.removable(node.path):
            return

        def remove() -> None:
            self._apply(self._entry.remove_instance(node.path))

        lines = [line for line in self._entry.outline() if is_within(line.path, node.path)]
        if all(self._entry.state(line.path).value is None for line in lines if line.kind == "question"):
            remove()
            return
        Dialog(
            title=node.label,
            message=T("Its answers go with it."),
            actions=[(T("Remove"), "danger", remove), (T("Keep"), "outlined", None)],
        ).open()

    def _add(self, repeat: str) -> None:
        """One more instance, and to where it stands."""
        change = self._entry.add_instance(repeat)
        self._apply(change)
        frame = self._frames.get(change.path)
        if frame is not None:
            self._bring(frame)

    def _adder(self, node: Node) -> Widget:
        if not self._entry.repeat(node.path).can_add:
            return Column()
        footer = RepeatFooter(path=node.path, text=node.label)
        footer.fbind("on_add", lambda _footer, path: self._add(path))
        return footer


def _inside(path: str, repeat: str) -> bool:
    return path.startswith((f"{repeat}[", f"{repeat}/"))
