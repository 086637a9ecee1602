"""What becomes of each change set of a batch: taken in, known already, or refused with a reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from forms.casework.deny_list import LIFTED, same_name
from forms.casework.facts import lines
from forms.casework.joined_files import PARTING
from forms.casework.sharing import ENDED, STATE
from forms.paths import template
from sync_server.accounts import Actor
from sync_server.held_records import HeldRecords
from sync_server.permissions import joining_refusal, naming_refusal, refusal
from sync_server.protocol.change import ChangeSet, Json, check
from sync_server.protocol.merge import FieldState, Rules, same
from sync_server.protocol.messages import Refused
from sync_server.protocol.problems import Problem
from sync_server.shared_cases import SharedCases

FormVersion = tuple[str, str]


@dataclass(frozen=True, slots=True)
class FormInUse:
    """What a push needs of a form version. `rules` is None when it was never published.

    `matters`: records of it can change which other offices have their case; `sharing` are the template paths
    of the questions that say which, with what each means.
    `files` and `denials` are the template paths of the questions that ask for a file, and of those about who
    is denied; `lifts` of those by which a denial is lifted; `joining` of those about which files are of one
    person, with what each means; `names` of those that name who is denied.
    """

    rules: Rules | None
    matters: bool = False
    files: frozenset[str] = frozenset()
    denials: frozenset[str] = frozenset()
    lifts: frozenset[str] = frozenset()
    sharing: Mapping[str, str] = field(default_factory=dict)
    joining: Mapping[str, str] = field(default_factory=dict)
    names: frozenset[str] = frozenset()

    @property
    def shares_on(self) -> bool:
        """Whether records of it say which other offices have their case."""
        return bool(self.sharing)

    def speaks_of_denials(self, change_set: ChangeSet) -> bool:
        """Whether it says who is denied, or no more."""
        return bool(self.denials) and any(template(path) in self.denials for path in change_set.values)

    def shares(self, change_set: ChangeSet) -> bool:
        """Whether it says of a sharing more than that it has ended."""
        said = ((self.sharing.get(template(path)), value) for path, value in change_set.values.items())
        return any(meaning and (meaning, value) != (STATE, ENDED) for meaning, value in said)

    def joins(self, change_set: ChangeSet, held: Mapping[str, FieldState]) -> bool:
        """Whether it says which files are of one person, otherwise than it is said already."""
        said = change_set.values.items()
        return bool(self.joining) and any(
            template(path) in self.joining and not (path in held and same(held[path].value, value))
            for path, value in said
        )

    def parts(self, change_set: ChangeSet, held: Mapping[str, FieldState]) -> bool:
        """Whether it says something else of that than what is there; `held` is the record's state."""
        said = change_set.values.items()
        return any(
            path in held and not same(held[path].value, value) and self.joining.get(template(path)) in PARTING
            for path, value in said
        )

    def takes_names_off(self, change_set: ChangeSet, held: Mapping[str, FieldState]) -> bool:
        """Whether a name that was denied is not among those that it denies in the same place."""
        said = change_set.values.items()
        return any(
            path in held and template(path) in self.names and not _names(held[path].value) <= _names(value)
            for path, value in said
        )

    def lifts_a_denial(self, change_set: ChangeSet) -> bool:
        """Whether it takes somebody off, in a row, outside of one or in a new record."""
        said = change_set.values.items()
        return any(value == LIFTED and template(path) in self.lifts for path, value in said)


def _names(value: Json) -> frozenset[str]:
    """The names of a text that may hold several, one a line."""
    return frozenset(map(same_name, lines(value)))


def form_of(change_set: ChangeSet) -> FormVersion:
    return change_set.form, change_set.form_version


class Judgement:
    """The change sets of one batch, decided one by one in the order of the device.

    `logged` names those of the batch's sequences that were accepted before, `received` how far the
    device had come, `cases` the offices of the cases that exist, `forms` the published forms, `written_ms`
    when a change set was written, by the server's clock, `elsewhere` records that belong to another office's
    case than the one that a change set of the batch names.
    """

    def __init__(
        self,
        actor: Actor,
        forms: Mapping[FormVersion, FormInUse],
        cases: Mapping[str, str],
        shared: SharedCases,
        held: HeldRecords,
        logged: Mapping[int, str],
        received: int,
        written_ms: Callable[[ChangeSet], int],
        elsewhere: Collection[str] = (),
    ) -> None:
        self.accepted: list[ChangeSet] = []
        self.repeated: list[int] = []
        self.refused: list[Refused] = []
        self.received = received
        self._actor = actor
        self._forms = forms
        self._cases = cases
        self._shared = shared
        self._written_ms = written_ms
        self._elsewhere = elsewhere
        self._held = held
        self._logged = dict(logged)
        self._homes = held.homes()
        self._claims: dict[str, dict[tuple[str, str], Json]] = {}
        self._fallen: dict[str, dict[str, str]] = {}

    def decide(self, changes: Sequence[ChangeSet]) -> None:
        times = Counter(change_set.record for change_set in changes)
        for change_set in changes:
            known = self._logged.get(change_set.sequence)
            if known == change_set.id:
                self.repeated.append(change_set.sequence)
                continue
            try:
                self._count(change_set, known)
                self._allow(change_set)
                claims = self._new_claims(change_set, times[change_set.record] > 1)
            except Problem as problem:
                self._refuse(change_set, problem)
            else:
                self._accept(change_set, claims)

    def _accept(self, change_set: ChangeSet, claims: Mapping[tuple[str, str], Json]) -> None:
        self._logged[change_set.sequence] = change_set.id
        self._homes[change_set.record] = (change_set.case, change_set.form)
        if claims:
            self._claims[change_set.record].update(claims)
        self.accepted.append(change_set)

    def _refuse(self, change_set: ChangeSet, problem: Problem) -> None:
        """Refuse it, and remember its claims: what was written on top of it cannot stand without it.

        Where the sequence was the reason, it is the reason there too: both get new ones together.
        """
        self.refused.append(Refused(change_set.sequence, problem.code, problem.params))
        code = problem.code if problem.code == "sync.sequence.reused" else "sync.parent.refused"
        fallen = self._fallen.setdefault(change_set.record, {})
        fallen.update(dict.fromkeys((change_set.stamp, *change_set.stamps.values()), code))

    def _count(self, change_set: ChangeSet, known: str | None) -> None:
        """Raise a Problem unless its sequence is the next one, or a refused one that is sent again."""
        if known is not None:
            raise Problem("sync.sequence.reused")
        if change_set.sequence > self.received + 1:
            raise Problem("sync.sequence.gap", {"expected": self.received + 1})
        self.received = max(self.received, change_set.sequence)

    def _allow(self, change_set: ChangeSet) -> None:
        """Raise a Problem when the actor may not save this."""
        if change_set.device != self._actor.device:
            raise Problem("sync.change.invalid", {"what": "device"})
        if change_set.author != self._actor.login:
            raise Problem("sync.change.invalid", {"what": "author"})
        check(change_set)
        case, form = change_set.case, self._forms[form_of(change_set)]
        denial = self._shared.denial(case)
        refused = refusal(
            self._actor,
            change_set,
            self._cases.get(case),
            self._shared.of(case),
            form.shares_on if denial is None else self._goes_too_far(change_set, form),
            self._written_ms(change_set),
            denial,
        )
        held, at_home = self._held.states(change_set.record), self._cases.get(case)
        refused = (
            refused
            or joining_refusal(
                self._actor, at_home, form.joins(change_set, held), form.parts(change_set, held)
            )
            or naming_refusal(self._actor, at_home, form.takes_names_off(change_set, held))
        )
        if refused:
            raise Problem(refused)
        home = (case, change_set.form)
        if self._homes.get(change_set.record, home) != home or change_set.record in self._elsewhere:
            raise Problem("sync.record.moved")
        if (
            change_set.record in self._held
            and self._held.version(change_set.record) != change_set.form_version
        ):
            # What protects somebody is read by the form: in another version it might say nothing.
            raise Problem("sync.record.other_version")
        if form.rules is None:
            raise Problem("sync.form.unknown", {"form": change_set.form, "version": change_set.form_version})
        if fallen := self._fallen.get(change_set.record):
            for change in change_set.changes():
                for parent in change.parents:
                    if parent in fallen:
                        raise Problem(fallen[parent])

    def _goes_too_far(self, change_set: ChangeSet, form: FormInUse) -> bool:
        """Whether somebody who is denied says more of who has the case than she may for having had it. What
        she ended before that has ended; another office's people end nothing."""
        if self._cases.get(change_set.case, self._actor.office) == self._actor.office:
            return form.shares(change_set) or self._alters_denials(change_set, form)
        return form.shares_on or self._alters_denials(change_set, form)

    def _alters_denials(self, change_set: ChangeSet, form: FormInUse) -> bool:
        """Whether it says something else of a denial that is there already, or lifts one. Who is denied may
        have denied somebody before that, but she takes nobody off, herself least of all, whatever her clock
        claims."""
        if form.lifts_a_denial(change_set):
            return True
        held = self._held.states(change_set.record)
        return any(path in held and template(path) in form.denials for path in change_set.values)

    def _new_claims(self, change_set: ChangeSet, again: bool) -> Mapping[tuple[str, str], Json]:
        """The claims of its changes with their values, where others of the record are known.

        Raises a Problem when one of them names a change of its path with another value already. It
        is looked for where the log is at hand, and (`again`) where the batch has several change sets
        of the record.
        """
        record = change_set.record
        if record not in self._claims:
            log = self._held.log(record)
            if not log and not again:
                return {}
            self._claims[record] = {
                (change.path, change.stamp): change.value
                for logged in log
                if logged.change_set.device == self._actor.device
                for change in logged.change_set.changes()
            }
        known = self._claims[record]
        claims = {(change.path, change.stamp): change.value for change in change_set.changes()}
        if any(claim in known and not same(known[claim], value) for claim, value in claims.items()):
            raise Problem("sync.change.invalid", {"what": "stamp"})
        return claims
