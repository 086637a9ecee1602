"""The service directory: who helps with what and where, without a network. Numbers to call stand first."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from kivy.uix.widget import Widget

from app.directory import Asked, DirectoryView
from app.fieldbook import OpenEntry
from app.ui.i18n import T, joined, language
from app.ui.screens import directory_words as words
from app.ui.screens.screen import Screen, below, beside, flow, heading, note
from app.ui.theme import XS
from app.ui.widgets import BidiLabel, Button, Card, Chip, ChoiceList, Icon, Row, Sheet, TextField, focus
from forms.casework.directory import Found, Hotline, Organisation

#: Entries drawn at once; the rest comes by a button. Typing two letters is quicker than scrolling.
AT_ONCE = 12
#: The form in which an organisation is asked for help.
REFERRAL = "referral"
#: The form in which an office writes one down.
ORGANISATION = "organisation"


class DirectoryScreen(Screen):
    """For everybody, or with `case` for the person of one: then only who may be offered, and a way to refer.

    Names: directory.search, directory.service, directory.where, directory.add, directory.entry.<id>,
    directory.refer.<id>, directory.change.<id>, directory.hotline.<number of the line>.
    """

    place = "directory"
    topics = frozenset({"records", "cases"})

    def __init__(self, desk: Any, **where: Any) -> None:
        super().__init__(desk, **where)
        self._case: str | None = where.get("case")
        self._asked = Asked()
        self._begun = self._case is None
        self._question = 0
        self._limit = AT_ONCE
        self._view: DirectoryView | None = None
        self._head_for: tuple[object, ...] = ()
        self._search = TextField(name="directory.search", hint=T("Name, town or service"))
        self._search.fbind("text", lambda *_: self._ask_anew(replace(self._asked, text=self._search.text)))

    def enter(self) -> None:
        if not self._head_for:
            self.titled(T("Services"), back=self._case is not None)
            self.head.add_widget(self._search)
        if self._begun:
            self._ask()
            return
        self.book.directory.country_of(str(self._case)).then(self._begin_in)

    def appeared(self) -> None:
        focus.give(self._search)

    def _begin_in(self, country: str) -> None:
        """In the country of return, where something is known of it; else everywhere."""
        self._begun = True
        self._asked = Asked(country=country)
        self._ask()

    def _ask_anew(self, asked: Asked) -> None:
        self._limit = AT_ONCE
        self._asked = asked
        self._ask()

    def _ask(self) -> None:
        self._question += 1
        asked = self._question

        def answer(view: DirectoryView) -> None:
            # An answer to an older question that comes late would replace the newer one's.
            if asked == self._question:
                self._show(view)

        self.book.directory.look(self._asked, self._case).then(answer)

    def _show(self, view: DirectoryView) -> None:
        if self._asked.country and self._asked.country not in view.countries:
            self._ask_anew(replace(self._asked, country="", area=""))
            return
        self._view = view
        # Not at each letter: the search that is typed into stays where it is.
        drawn_for = (self._asked.service, self._asked.country, self._asked.area, self.wide, language.code)
        if drawn_for != self._head_for:
            self._head_for = drawn_for
            held = focus.current
            self._draw_head(view)
            if held is not None:
                focus.give_named(held.name, by_key=held.by_key)
        body: list[Widget] = []
        if view.hotlines:
            body.append(heading(T("Numbers to call"), len(view.hotlines)))
            body += [self._hotline(at, *line) for at, line in enumerate(view.hotlines)]
        body.append(heading(T("Organisations"), len(view.found), name="directory.count"))
        body += [self._entry(found, view) for found in view.found[: self._limit]]
        more = len(view.found) - self._limit
        if more > 0:
            body.append(
                Button(
                    text=T("Show {n} more", n=more),
                    kind="plain",
                    name="directory.more",
                    on_release=lambda *_: self._show_all(),
                )
            )
        self.fill(*body, *self._notes(view))

    def _notes(self, view: DirectoryView) -> list[Widget]:
        """Why there is nothing, and who is not offered: nobody is left out silently."""
        told: list[Widget] = []
        if not view.total:
            told.append(
                note(
                    T(
                        "Nobody is in the directory yet. Organisations are written down under “Our office”, "
                        "or come with a programme."
                    ),
                    name="directory.empty",
                )
            )
        elif not view.found:
            told.append(
                note(T("Nobody here matches. Ask for less, or look everywhere."), name="directory.none")
            )
        if view.left_out:
            reason = (
                T("a child is only offered who is vetted and takes children in; nobody suspended or denied")
                if view.of_child
                else T("suspended, or on the deny list of this person")
            )
            left = T.n("{n} more is not offered", "{n} more are not offered", view.left_out)
            told.append(note(joined(left, reason), name="directory.left_out"))
        return told

    def _draw_head(self, view: DirectoryView) -> None:
        if self._search.parent is not None:
            self._search.parent.remove_widget(self._search)
        add = Button(text=T("Add an organisation"), name="directory.add", on_release=lambda *_: self._add())
        self.titled(T("Services"), back=self._case is not None, actions=[] if self._case else [add])
        self.head.add_widget(self._search)
        asked = self._asked
        service = words.service(asked.service, view.kinds) if asked.service else T("every service")
        country = words.country(asked.country) if asked.country else T("everywhere")
        self.head.add_widget(
            flow(
                [
                    Button(
                        text=T("Service: {service}", service=service),
                        name="directory.service",
                        icon="chevron-down",
                        on_release=lambda *_: self._choose_service(view),
                    ),
                    Button(
                        text=T("Where: {place}", place=joined(country, asked.area)),
                        name="directory.where",
                        icon="chevron-down",
                        on_release=lambda *_: self._choose_place(view),
                    ),
                ]
            )
        )

    # -- entries ------------------------------------------------------------------------------------

    def _hotline(self, at: int, each: Organisation, line: Hotline) -> Row:
        spoken = joined(*map(words.tongue, line.languages)) if line.languages else ""
        text, meaning = words.vetting(each)
        return Row(
            name=f"directory.hotline.{at}",
            title=line.number,
            subtitle=joined(words.country(each.country), each.name, line.hours, spoken),
            leading=Icon(icon="phone", tone="primary"),
            trailing=Chip(text=text, meaning=meaning) if each.vetting != "vetted" else None,
        )

    def _entry(self, found: Found, view: DirectoryView) -> Card:
        each = found.organisation
        card = Card(name=f"directory.entry.{each.id}")
        chips = [
            Chip(text=text, meaning=meaning) for text, meaning in (words.vetting(each), words.checked(found))
        ]
        if "directory.capacity.full" in found.remarks:
            chips.append(Chip(text=T("Full"), meaning="attention"))
        if "directory.language.missing" in found.remarks:
            chips.append(Chip(text=T("Not in the person’s language"), meaning="attention"))
        if each.minors:
            chips.append(Chip(text=T("Takes children in")))
        lines: list[Widget] = [
            BidiLabel(text=each.name, style="strong"),
            BidiLabel(text=words.place(each), style="secondary", tone="ink2"),
            BidiLabel(text=words.services(each, view.kinds)),
        ]
        spoken = words.languages(each)
        if spoken:
            lines.append(
                BidiLabel(text=T("Speaks {languages}", languages=spoken), style="secondary", tone="ink2")
            )
        if each.hotlines:
            numbers = joined(*(line.number for line in each.hotlines))
            lines.append(BidiLabel(text=numbers, style="secondary"))
        texts = below(*lines, gap=XS)
        actions = self._actions(each, own=each.id in view.own)
        card.add_widget(beside(texts, *actions) if self.wide else texts)
        card.add_widget(flow(chips if self.wide else [*chips, *actions]))
        return card

    def _actions(self, each: Organisation, *, own: bool) -> list[Button]:
        """From a case to refer the person; else to look at what this office wrote, and to change it."""
        if self._case is not None:
            return [
                Button(
                    text=T("Refer to them"),
                    name=f"directory.refer.{each.id}",
                    on_release=lambda *_: self._refer(each),
                )
            ]
        if not own:
            return []
        return [
            Button(
                text=T("Change"),
                kind="plain",
                name=f"directory.change.{each.id}",
                on_release=lambda *_: self.desk.read(each.id),
            )
        ]

    def _add(self) -> None:
        """A new entry, in the office's own file."""
        self.book.office_file().then(lambda view: self.desk.begin(view.id, ORGANISATION))

    def _show_all(self) -> None:
        if self._view is not None:
            self._limit = len(self._view.found)
            self._show(self._view)

    # -- filters ------------------------------------------------------------------------------------

    def _choose_service(self, view: DirectoryView) -> None:
        choices = [
            ("", T("every service")),
            *((code, words.service(code, view.kinds)) for code in view.services),
        ]
        self._sheet(
            T("Which service?"),
            ChoiceList(
                prefix="directory.services", choices=choices, value=self._asked.service, clearable=False
            ),
            lambda chosen: self._ask_anew(replace(self._asked, service=chosen)),
        )

    def _choose_place(self, view: DirectoryView) -> None:
        """Countries; within the one that was chosen its areas as well."""
        choices: list[tuple[Any, Any]] = [(("", ""), T("everywhere"))]
        for country in view.countries:
            choices.append(((country, ""), words.country(country)))
            if country == self._asked.country:
                choices += [((country, area), joined(words.country(country), area)) for area in view.areas]
        named = {f"{country}.{area}".strip("."): (country, area) for (country, area), _ in choices}
        back = {value: key for key, value in named.items()}
        self._sheet(
            T("Where?"),
            ChoiceList(
                prefix="directory.places",
                choices=[(back[value], text) for value, text in choices],
                value=back.get((self._asked.country, self._asked.area), ""),
                clearable=False,
            ),
            lambda chosen: self._ask_anew(
                replace(self._asked, country=named[chosen][0], area=named[chosen][1])
            ),
        )

    def _sheet(self, title: T, choices: ChoiceList, chosen: Any) -> None:
        by_key = focus.current is not None and focus.current.by_key
        sheet = Sheet(title=title, content=choices, name="directory.sheet")

        def take(_list: Widget, value: str) -> None:
            sheet.dismiss()
            if by_key and focus.current is not None:
                focus.give(focus.current, by_key=True)
            chosen(value)

        choices.fbind("on_choice", take)
        sheet.open()
        if by_key and choices.rows:
            focus.give(next((row for row in choices.rows if row.selected), choices.rows[0]), by_key=True)

    # -- referring ----------------------------------------------------------------------------------

    def _refer(self, each: Organisation) -> None:
        """A new referral of the case with what the directory knows; everything can still be changed."""
        given = {
            "referral.to": each.name,
            "referral.vetted": "yes" if each.vetting == "vetted" else "no",
            "referral.service": [self._asked.service] if self._asked.service else None,
        }

        def fill(opened: OpenEntry) -> None:
            asked = {
                each.meaning: each for each in opened.entry.definition.questions.values() if each.meaning
            }
            for meaning, answer in given.items():
                question = asked.get(meaning)
                if answer is None or question is None or "[" in question.path:
                    continue
                if isinstance(answer, list) and answer[0] not in {each.name for each in question.choices}:
                    continue
                change = opened.entry.answer(question.path, answer)
                self.book.save(opened.record, change)
            self.desk.go("entry", opened=opened)

        self.book.begin(str(self._case), REFERRAL, language.code).then(fill)
