"""People, devices, forms and attachments in SQL: small tables, one short transaction a call."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Collection, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection, and_, delete, exists, insert, select, update
from sqlalchemy.exc import IntegrityError

from sync_server.protocol.problems import Problem
from sync_server.storage.base import Alarm, Device, NewForm, Office, PublishedForm, Storage, User
from sync_server.storage.tables import (
    alarms,
    attachments,
    denied_names,
    devices,
    forms,
    meta,
    offices,
    replies,
    shared_cases,
    users,
)

T = TypeVar("T")


class Directory(Storage):
    """The part of `Storage` that has nothing to do with syncing."""

    @abstractmethod
    def _in_write(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a writing transaction. A row that is there already comes out as IntegrityError."""

    @abstractmethod
    def _in_read(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a reading transaction."""

    @property
    def epoch(self) -> str:
        epoch = self.meta("epoch")
        assert epoch is not None, "a migrated database has an epoch"
        return epoch

    def meta(self, name: str) -> str | None:
        query = select(meta.c.value).where(meta.c.name == name)
        return self._in_read(lambda connection: connection.execute(query).scalar_one_or_none())

    def set_meta(self, name: str, value: str) -> None:
        self._in_write(lambda connection: put_meta(connection, name, value))

    def add_office(self, office: Office) -> None:
        def work(connection: Connection) -> None:
            facts = {"name": office.name, "country": office.country}
            changed = connection.execute(update(offices).where(offices.c.id == office.id).values(facts))
            if changed.rowcount == 0:
                connection.execute(insert(offices).values(id=office.id, sequence=0, **facts))

        self._in_write(work)

    def offices(self) -> list[Office]:
        query = select(offices.c.id, offices.c.name, offices.c.country).order_by(offices.c.id)
        return self._in_read(lambda connection: [Office(*row) for row in connection.execute(query)])

    def add_user(self, user: User) -> None:
        row = {name: getattr(user, name) for name in user.__slots__}
        self._insert(users, row, "the login is taken or the office unknown")

    def user_by_login(self, login: str) -> User | None:
        query = select(users).where(users.c.login == login)
        row = self._in_read(lambda connection: connection.execute(query).mappings().one_or_none())
        return None if row is None else User(**row)

    def users(self) -> list[User]:
        query = select(users).order_by(users.c.login)
        return self._in_read(lambda connection: [User(**row) for row in connection.execute(query).mappings()])

    def add_device(self, device: str, login: str, label: str, token_hash: str, now_ms: int) -> None:
        row = {
            "id": device,
            "login": login,
            "label": label,
            "token_hash": token_hash,
            "enrolled_ms": now_ms,
            "clock_offset_ms": 0,
            "received": 0,
        }
        self._insert(devices, row, "the device's id is taken or its user unknown")

    def device_by_token_hash(self, token_hash: str) -> tuple[Device, User] | None:
        query = (
            select(devices, *(column.label(f"user_{column.name}") for column in users.c))
            .join(users, users.c.login == devices.c.login)
            .where(devices.c.token_hash == token_hash)
        )
        row = self._in_read(lambda connection: connection.execute(query).mappings().one_or_none())
        if row is None:
            return None
        return (
            Device(**{name: row[name] for name in Device.__slots__}),
            User(**{name: row[f"user_{name}"] for name in User.__slots__}),
        )

    def devices(self) -> list[Device]:
        query = select(*(devices.c[name] for name in Device.__slots__)).order_by(devices.c.id)
        return self._in_read(
            lambda connection: [Device(**row) for row in connection.execute(query).mappings()]
        )

    def touch_device(self, device: str, clock_offset_ms: int, now_ms: int) -> None:
        heard = update(devices).where(devices.c.id == device)
        facts = {"clock_offset_ms": clock_offset_ms, "last_contact_ms": now_ms}
        self._in_write(lambda connection: connection.execute(heard.values(facts)) and None)

    def revoke_device(self, device: str, now_ms: int) -> None:
        revoked = update(devices).where(devices.c.id == device, devices.c.revoked_ms.is_(None))
        self._in_write(lambda connection: connection.execute(revoked.values(revoked_ms=now_ms)) and None)

    def publish_forms(self, new: Sequence[NewForm], now_ms: int) -> list[bool]:
        return self._in_write(lambda connection: [_publish(connection, form, now_ms) for form in new])

    def forms(self) -> list[PublishedForm]:
        columns = (forms.c[name] for name in PublishedForm.__slots__)
        query = select(*columns).order_by(forms.c.id, forms.c.published_ms, forms.c.version)
        return self._in_read(lambda connection: [PublishedForm(*row) for row in connection.execute(query)])

    def form(self, id: str, version: str) -> str | None:
        query = select(forms.c.xml).where(forms.c.id == id, forms.c.version == version)
        return self._in_read(lambda connection: connection.execute(query).scalar_one_or_none())

    def put_alarms(self, office: str, standing: Sequence[Alarm], now_ms: int) -> int:
        wanted = {(each.case, each.code): each for each in standing}

        def work(connection: Connection) -> int:
            known = select(alarms.c.case, alarms.c.code, alarms.c.ended_ms).where(alarms.c.office == office)
            there = {(case, code): ended for case, code, ended in connection.execute(known)}
            changed = 0
            for key, alarm in wanted.items():
                facts = {
                    "case_code": alarm.case_code[:30],
                    "since_ms": alarm.since_ms,
                    "countries": f" {' '.join(alarm.countries)} ",
                }
                if key not in there:
                    row = {"office": office, "case": alarm.case, "code": alarm.code, "raised_ms": now_ms}
                    connection.execute(insert(alarms).values(**row, **facts))
                    changed += 1
                elif there[key] is not None:
                    connection.execute(_alarm(office, key).values(raised_ms=now_ms, ended_ms=None, **facts))
                    changed += 1
                else:
                    connection.execute(_alarm(office, key).values(facts))
            for key in [key for key, ended in there.items() if ended is None and key not in wanted]:
                connection.execute(_alarm(office, key).values(ended_ms=now_ms))
                changed += 1
            return changed

        return self._in_write(work)

    def alarms(
        self, office: str, country: str, person: Collection[str] = (), place: Collection[str] = ()
    ) -> list[Alarm]:
        known = and_(
            shared_cases.c.office == office,
            shared_cases.c.case == alarms.c.case,
            shared_cases.c.home == alarms.c.office,
        )
        mine = (alarms.c.office == office) | exists().where(known, shared_cases.c.standing == "shared")
        if country:
            denied = exists().where(known, shared_cases.c.code == "sharing.office.denied")
            mine |= alarms.c.countries.contains(f" {country.upper()} ", autoescape=True) & ~denied
        query = (
            select(*(alarms.c[name] for name in Alarm.__slots__))
            .where(alarms.c.ended_ms.is_(None), mine, ~_denies(person))
            .where((alarms.c.office == office) | ~_denies(place))
            .order_by(alarms.c.since_ms, alarms.c.office, alarms.c.case, alarms.c.code)
        )
        found = self._in_read(lambda connection: [*connection.execute(query).mappings()])
        return [Alarm(**{**row, "countries": tuple(row["countries"].split())}) for row in found]

    def attachment_hashes(self) -> set[str]:
        query = select(attachments.c.hash)
        return self._in_read(lambda connection: set(connection.execute(query).scalars()))

    def forget_replies(self, before_ms: int) -> int:
        old = delete(replies).where(replies.c.given_ms < before_ms)
        return self._in_write(lambda connection: connection.execute(old).rowcount)

    def _insert(self, table: Any, row: dict[str, Any], otherwise: str) -> None:
        try:
            self._in_write(lambda connection: connection.execute(insert(table).values(row)) and None)
        except IntegrityError:
            raise ValueError(otherwise) from None


def _denies(names: Collection[str]) -> Any:
    """Of alarms: whether their case denies one of these names."""
    return exists().where(
        denied_names.c.office == alarms.c.office,
        denied_names.c.case == alarms.c.case,
        denied_names.c.denied.is_(True),
        denied_names.c.name.in_(sorted(names)),
    )


def _alarm(office: str, key: tuple[str, str]) -> Any:
    case, code = key
    return update(alarms).where(alarms.c.office == office, alarms.c.case == case, alarms.c.code == code)


def _publish(connection: Connection, form: NewForm, now_ms: int) -> bool:
    query = select(forms.c.hash).where(forms.c.id == form.id, forms.c.version == form.version)
    there = connection.execute(query).scalar_one_or_none()
    if there is None:
        row = {"id": form.id, "version": form.version, "xml": form.xml, "hash": form.hash}
        connection.execute(insert(forms).values(row | {"published_ms": now_ms}))
    elif there != form.hash:
        raise Problem("form.version.published", {"form": form.id, "version": form.version})
    return there is None


def put_meta(connection: Connection, name: str, value: str) -> None:
    changed = connection.execute(update(meta).where(meta.c.name == name).values(value=value))
    if changed.rowcount == 0:
        connection.execute(insert(meta).values(name=name, value=value))
