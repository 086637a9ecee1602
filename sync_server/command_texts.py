"""What the server's commands say when something has to be put right: what happened, and what to do."""

from __future__ import annotations

from typing import Final

from sync_server.config import SetupProblem

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
    "config.database.password_in_url": "The settings file is no place for a password. Leave it out "
    "of --database and give it by PGPASSWORD or ~/.pgpass.",
    "config.database.unsupported": "Only postgresql:// is reached by URL. Without --database the server "
    "keeps an encrypted file of its own.",
    "config.file.not_readable": "{file} cannot be read by this user. "
    "Run this as the user that the server's folder belongs to.",
    "config.file.not_toml": "{file} is not valid TOML. Correct it; the names are in its first lines.",
    "config.folder.already_initialised": "{folder} is a server's folder already. Nothing was changed.",
    "config.folder.not_empty": "{folder} is not empty. Choose an empty or a new folder.",
    "config.folder.not_initialised": "{folder} is no server's folder. Run 'init --dir {folder}' first.",
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
    "demo.forms.missing": "The form '{form}' is not published. Run 'publish-form --library' first.",
    "demo.server.not_a_demo": "This is not a demo server. Invented people are never mixed with real ones.",
    "demo.server.not_empty": "This server has users already. Make a new one for the demo office.",
    "form.version.published": "{file}: version {version} of {form} is published already with another "
    "content, and records of it are out there. Give the changed form a new version.",
    "server.database.busy": "The database is busy or not there. Wait a moment, then run this again; "
    "see that PostgreSQL runs and lets this server in.",
    "server.database.damaged": "The database in {folder} is damaged. Delete nothing: copy the folder, "
    "then restore the last good copy of the database.",
    "server.database.does_not_open": "The database does not open: this is not its master key, or the file is "
    "damaged. Check the key; if it is right, delete nothing and restore the last good copy.",
    "server.database.missing": "{file} is missing or empty. Nothing was changed: put the database back, or "
    "restore the last good copy of it.",
    "server.database.not_initialised": "This database was never initialised. Run 'init' first.",
    "server.host.not_loopback": "This server speaks plain HTTP. Outside this machine it must stand behind "
    "a proxy that speaks TLS: say so by --behind-tls-proxy.",
    "server.name.invalid": "This is not a name for a server. Give 1 to 100 printable characters.",
    "server.storage.read_only": "The server may not write to {folder}, or to its database. Nothing is lost: "
    "run this as the user that the folder belongs to, and see that its disk is not mounted read-only.",
    "server.write.failed": "The server could not write to {folder}, or to its database. "
    "Nothing is lost: the disk may be full, so make room, then run this again.",
    "support.file.exists": "{file} is there already. Nothing was changed; give the bundle another name.",
    "support.file.not_written": "{file} cannot be written. Choose another folder for the bundle.",
    "server.port.taken": "Port {port} is taken or not allowed. Choose another one, or 0 for any.",
}


#: What the form check says of a form, in its own words and under its own code.
_OF_A_FORM: Final = "{file}: {reason}"


def text_of(problem: SetupProblem) -> str:
    """One line. A problem without a text of its own here shows its reason, or else its code."""
    other = _OF_A_FORM if "reason" in problem.params else problem.code
    return TEXTS.get(problem.code, other).format(**problem.params) + f" [{problem.code}]"
