"""The forms of the library that have a screen of their own, filled in there."""

from __future__ import annotations

from typing import Any

from forms.library import GATE_PASSED, PROCEDURE_STEP, SAME_PERSON, SHARING
from tests.ui.window import AppWindow

OTHER_OFFICE = "Athens"
SMALL = (GATE_PASSED, SHARING, SAME_PERSON, PROCEDURE_STEP)


def fill_a_small_form(
    window: AppWindow, form: str, other: tuple[str, str], on_the_server: str
) -> dict[str, Any]:
    """In the case that is open, up to the word that it is on the server, where it has one; what was said, by
    path.

    `other`: id and code of another case, which is said to be of the same person.
    """
    if form == SAME_PERSON:
        said = _join(window, *other)
    else:
        said = {GATE_PASSED: _pass_a_gate, SHARING: _share, PROCEDURE_STEP: _leave_out_a_step}[form](window)
    while window.find("case.new_form") is None:
        window.press("Escape")
        window.settle()
    window.press("F2")
    if form == PROCEDURE_STEP:
        # It stands in the checklist, and not among the records.
        window.see(f"case.untick.{said['step']}")
        return said
    window.wait_for(
        lambda: on_the_server in str(window.scroll_to(f"case.state.{form}")["text"]), "the server", 60
    )
    return said


def _pass_a_gate(window: AppWindow) -> dict[str, Any]:
    """What is soft of the first gate that has something soft."""
    window.scroll_to(window.wait_for(lambda: window.names("case.gate."), "a gate")[0])
    for gate in window.names("case.gate."):
        window.touch(gate)
        window.see("page.body")
        window.settle()
        for _ in range(8):
            if soft := window.whole_names("gate.pass."):
                window.touch(soft[0])
                window.touch("gate.why")
                window.write("Her sister waits at the airport")
                window.touch("dialog.0")
                window.gone("dialog.0")
                name = gate.removeprefix("case.gate.")
                passed = [soft[0].removeprefix("gate.pass.")]
                return {"gate": name, "passed_over": passed, "why": "Her sister waits at the airport"}
            if not window.scroll_down():
                break
        window.press("Escape")
        window.see("case.new_form")
    raise AssertionError("no gate has anything that a coordinator may pass")


def _share(window: AppWindow) -> dict[str, Any]:
    window.touch("case.sharing")
    window.touch(f"sharing.share.{OTHER_OFFICE}")
    window.touch("sharing.ground.vital_interest")
    window.touch("sharing.reason")
    window.write("Threats were made against him there")
    window.touch("dialog.0")
    window.see(f"sharing.end.{OTHER_OFFICE}")
    return {
        "share_office": OTHER_OFFICE,
        "share_state": "shared",
        "share_ground": "vital_interest",
        "share_reason": "Threats were made against him there",
    }


def _join(window: AppWindow, case: str, code: str) -> dict[str, Any]:
    window.touch("case.files")
    window.touch("files.join")
    window.touch("files.code")
    window.write(code)
    window.touch("files.because")
    window.write("Both papers have one number")
    window.touch("dialog.0")
    window.see("files.part")
    return {"original": case, "state": "same", "because": "Both papers have one number"}


def _leave_out_a_step(window: AppWindow) -> dict[str, Any]:
    window.touch("case.checklist")
    button = _first(window, "case.leave_out.")
    window.touch(button)
    window.touch("step.reason")
    window.write("Nobody was there to sign")
    window.touch("dialog.0")
    window.gone("dialog.0")
    step = button.removeprefix("case.leave_out.")
    return {"step": step, "done": "no", "deviation": "Nobody was there to sign"}


def _first(window: AppWindow, start: str) -> str:
    for _ in range(10):
        if found := window.whole_names(start):
            return found[0]
        window.scroll_down()
    raise AssertionError(f"nothing here is called {start}")
