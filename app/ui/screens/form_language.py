"""The language of a form: that it is a draft, and which it has beyond those of the app."""

from __future__ import annotations

from collections.abc import Callable

from babel import Locale, UnknownLocaleError
from kivy.uix.widget import Widget

from app.ui.i18n import LANGUAGES, T, language
from app.ui.screens.screen import flow
from app.ui.widgets import BidiLabel, Button
from forms.entry import FormEntry
from forms.translations import fallback_order


def shown_language(entry: FormEntry) -> str:
    """The language in which the form's texts are read now: another one where it lacks the wanted one."""
    form = entry.definition
    order = fallback_order(entry.language, form.default_language, form.languages)
    return next((code for code in order if code in form.languages), form.default_language)


def own_name(code: str) -> str:
    """What a language is called by those who speak it, whatever the screen speaks; empty where that is not
    known."""
    try:
        name = Locale.parse(code, sep="-").get_language_name()
    except (UnknownLocaleError, ValueError):
        return ""
    return f"{name[:1].upper()}{name[1:]}" if name else ""


def draft_notes(entry: FormEntry) -> list[Widget]:
    """A line over the form for whoever reads it in a language that nobody has reviewed; else nothing."""
    form, shown = entry.definition, shown_language(entry)
    notes: list[Widget] = []
    if shown in form.drafts:
        text = T("A draft that no native speaker has reviewed. If a sentence seems wrong, ask.")
        notes.append(BidiLabel(text=text, style="small", tone="attention", name="entry.draft"))
    if shown in form.samples:
        text = T("Only a sample in this language. The rest is in another one.")
        notes.append(BidiLabel(text=text, style="small", tone="ink2", name="entry.sample"))
    return notes


def more_languages(entry: FormEntry, speak: Callable[[str], None]) -> list[Widget]:
    """A button for each language of the form that the app does not speak, and for the way back."""
    form = entry.definition
    more = [code for code in form.languages if code not in LANGUAGES and code != "default"]
    if not more:
        return []
    offered = [code for code in (language.code, *more) if code in form.languages]
    return [
        flow(
            [
                Button(
                    text=own_name(code) or form.language_names[code],
                    kind="plain",
                    name=f"entry.language.{code}",
                    on_release=lambda *_, code=code: speak(code),
                )
                for code in offered
                if code != shown_language(entry)
            ]
        )
    ]
