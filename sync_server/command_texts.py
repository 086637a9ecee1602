"""What the server's commands say when something has to be put right: what happened, and what to do."""

from __future__ import annotations

from typing import Final

from sync_server.config import SetupProblem
from sync_server.protocol.command_line import program, typed

TEXTS: Final = {
    "account.country.invalid": "This is not a country. Give two small letters, as in 'al'.",
    "account.display_name.invalid": "This name cannot be shown to colleagues. "
    "Give 1 to 100 printable characters.",
    "account.login.invalid": "This is not a login. "
    "Give 2 to 40 characters: small letters, digits, '.', '_' and '-'.",
    "account.login.taken": "This login is taken. Choose another one.",
    "account.office.invalid": "This is not a name for an office. Give 1 to 100 printable characters.",
    "account.office.unknown": "There is no such office yet. Add --country, and it is made.",
    "account.password.invalid": "The password has bytes that are no text. Type it again, in UTF-8.",
    "account.password.length": "The password is too short or too long. "
    "It needs {least} to {greatest} characters; a few words are good.",
    "account.password.missing": "A password is needed. Type it, or set HOMEWARD_PASSWORD.",
    "account.role.unknown": "Unknown role. Roles are: {roles}.",
    "account.zone.unknown": "Unknown time zone. Use a name such as Europe/Tirane.",
    "config.database.invalid": "The URL of the database cannot be read. "
    "Write it as postgresql://USER@HOST:5432/DATABASE.",
    "config.database.password_in_url": "The settings file is no place for a password. Leave it out "
    "of --database and give it by PGPASSWORD or ~/.pgpass.",
    "config.database.unsupported": "Only postgresql:// is reached by URL. Without --database the server "
    "keeps an encrypted file of its own.",
    "config.file.not_readable": "{file} may not be read by this user. "
    "Run this as the user that the server's folder belongs to, or give that user all that is in it.",
    "config.file.not_toml": "{file} is not valid TOML. Correct it; the names are in its first lines.",
    "config.folder.already_initialised": "{folder} is a server's folder already. Nothing was changed.",
    "config.folder.not_empty": "{folder} is not empty. Choose an empty or a new folder.",
    "config.folder.not_made": "{folder} cannot be made: a file is in its way, or its name is not possible "
    "here. Choose another folder.",
    "config.folder.not_initialised": "{folder} is no server's folder. "
    "Make it one: {program} init --dir {typed}",
    "config.master_key.missing": "The master key is needed. Type it, or set HOMEWARD_MASTER_KEY.",
    "config.master_key.readable_by_others": "{file} can be read by others, so it is no secret any more. "
    "Run 'chmod 600' on it, and think about who may have read it.",
    "config.master_key.unreadable": "This is not a master key. "
    "Type its 13 groups of four letters and digits.",
    "config.setting.invalid": "The setting '{setting}' has a value of the wrong kind. "
    "Correct it in server.toml or in the environment.",
    "config.setting.out_of_range": "The setting '{setting}' is out of range. "
    "It must be between {least} and {greatest}.",
    "config.setting.unknown": "There is no setting '{setting}'. Check its spelling.",
    "cover.office.unknown": "There is no office {office} here. Nothing was changed; check its name.",
    "cover.policy.out_of_range": "{name} must be between {least} and {most}. Nothing was changed.",
    "demo.forms.missing": "The form '{form}' is not published. "
    "Publish it first: {program} publish-form --dir {typed} --library",
    "demo.server.not_a_demo": "This is not a demo server. Invented people are never mixed with real ones.",
    "demo.server.not_empty": "This server has users already. Make a new one for the demo office.",
    "device.id.unknown": "There is no device {device} here, or it was revoked. "
    "Its number has eight letters and digits; its unlock screen shows it, and 'devices' lists all of them.",
    "form.language.unreviewed": "Texts of consent and safety are drafts that nobody has signed off: {forms}. "
    "Nothing was published: let a native speaker read them, then "
    "{program} sign-off --dir {typed} {which} --by NAME",
    "form.version.published": "{file}: version {version} of {form} is published already with another "
    "content, and records of it are out there. Give the changed form a new version.",
    "recovery.file.exists": "{file} is there already. Nothing was changed; choose another name.",
    "recovery.file.not_written": "{file} cannot be written. Nothing was changed; choose another folder.",
    "recovery.key.exists": "The office has a recovery key, and devices know it. Nothing was changed; "
    "if its file is lost or in wrong hands, give --replace: each worker is then asked to take the new one.",
    "recovery.passphrase.different": "The two are not the same. Nothing was changed; run this again.",
    "recovery.passphrase.empty": "The recovery key needs a passphrase. Nothing was changed; run this again.",
    "recovery.passphrase.missing": "A passphrase is needed. Type it, or set HOMEWARD_RECOVERY_PASSPHRASE.",
    "recovery.passphrase.short": "This passphrase is too short for a key that opens every device. "
    "Take {words} words, or {letters} characters; nothing was changed.",
    "recovery.passphrase.trivial": "This passphrase is among the first that anybody tries. "
    "Nothing was changed; take another one.",
    "server.database.busy": "The database is busy, or went away. Wait a moment, then run this again; "
    "see that PostgreSQL runs.",
    "server.database.damaged": "The database in {folder} is damaged. Delete nothing: copy the folder, "
    "then restore the last good copy of the database.",
    "server.database.does_not_open": "The database does not open: this is not its master key, or the file is "
    "damaged. Check the key; if it is right, delete nothing and restore the last good copy.",
    "server.database.in_use": "This database belongs to a server already. Nothing was changed; "
    "give the new server a database of its own.",
    "server.database.missing": "{file} is missing or empty. Nothing was changed: put the database back, or "
    "restore the last good copy of it.",
    "server.database.not_initialised": "This database was never initialised. "
    "Make a server with it first, in a new folder: {program} init --help",
    "server.database.not_reached": "The database server does not answer, or does not let this server in "
    "or make tables. See that PostgreSQL runs, and check the URL, and PGPASSWORD or ~/.pgpass.",
    "server.folder.in_use": "A server serves {folder} already. Let that one answer, or stop it first.",
    "server.host.not_loopback": "This server speaks plain HTTP. Outside this machine it must stand behind "
    "a proxy that speaks TLS: say so by --behind-tls-proxy.",
    "server.name.invalid": "This is not a name for a server. Give 1 to 100 printable characters.",
    "server.programme.not_found": "There is no such programme and no such file. "
    "Give one of {names}, or the path of a file.",
    "server.programme.too_large": "This is no programme: it has more than {most} characters. "
    "Give the file of one programme.",
    "server.storage.read_only": "The server may not write to {place}. Nothing is lost: "
    "run this as the user that the folder belongs to, and see that its disk is not mounted read-only. "
    "A new server can have another folder.",
    "server.write.failed": "The server could not write to {place}. "
    "Nothing is lost: the disk may be full, so make room, then run this again.",
    "sign_off.language.no_draft": "The language '{language}' is no draft of the form {form}. "
    "Name one of its drafts: {drafts}.",
    "sign_off.name.invalid": "This is not the name of a reader. Give 1 to 100 printable characters.",
    "support.file.exists": "{file} is there already. Nothing was changed; give the bundle another name.",
    "support.file.not_written": "{file} cannot be written. Choose another folder for the bundle.",
    "server.port_file.not_written": "{file} cannot be written. Choose another file for the port.",
    "server.port.taken": "Port {port} is taken or not allowed. Choose another one, or 0 for any.",
}


#: What the form check says of a form, in its own words and under its own code.
_OF_A_FORM: Final = "{file}: {reason}"


def text_of(problem: SetupProblem) -> str:
    """One line. A problem without a text of its own here shows its reason, or else its code.

    `program` and `typed` in a text are for a command that can be copied: how this program was
    started, and the folder in quotation marks where it needs them.
    """
    other = _OF_A_FORM if "reason" in problem.params else problem.code
    places: dict[str, str | int] = {"program": program("sync_server"), **problem.params}
    if "folder" in places:
        places["typed"] = typed(str(places["folder"]))
    return TEXTS.get(problem.code, other).format(**places) + f" [{problem.code}]"
