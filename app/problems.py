"""The problems that the app can meet: each a stable code, its facts, and the English text of it.

`Problem` is the wire's own, so that what the server tells and what goes wrong here are one thing
to who catches them. A text says what happened and what to do. It is the msgid that the interface
translates; the facts fill its {places} afterwards. A fact is never personal: file names, counts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from sync_server.protocol.problems import Problem

__all__ = ["N_", "TEXTS", "Problem", "text_of", "told"]


def N_(text: str) -> str:
    """Mark a text for the catalogues; it is translated where it is shown."""
    return text


#: code -> English text: what happened, then what to do. A new code of the app needs its line here.
TEXTS: Final[Mapping[str, str]] = {
    # the device's store
    "store.passphrase.wrong": N_(
        "This passphrase is not right. Check the keyboard's language and try again."
    ),
    "store.file.missing": N_("There is nothing on this device yet. Enrol it with the office's server first."),
    "store.file.damaged": N_(
        "The file of this device is damaged; the passphrase is right. Do not delete anything, and call the "
        "coordinator."
    ),
    "store.file.exists": N_("There is a store on this device already. Choose another folder."),
    "store.keys.missing": N_("There is nothing on this device yet. Enrol it with the office's server first."),
    "store.keys.damaged": N_(
        "The key file of this device is damaged. Do not delete anything, and call the coordinator."
    ),
    "store.keys.weak": N_("The key file of this device was changed by somebody. Call the coordinator."),
    "store.version.newer": N_("The records were written by a newer app. Update the app; nothing is lost."),
    "store.migration.failed": N_(
        "The records could not be brought up to this version ({migration}). Nothing is lost; call the "
        "coordinator."
    ),
    "store.cipher.missing": N_("This build of the app cannot encrypt, so it opens nothing. Install it anew."),
    "store.setting.refused": N_(
        "This build of the app cannot protect its file ({setting}). Install it anew."
    ),
    "store.closed.already": N_("The app is closing."),
    "store.file.empty": N_(
        "The file of this device is empty. Do not delete anything, and call the coordinator."
    ),
    "store.file.exposed": N_("Others on this device can read its file. Call whoever looks after the device."),
    "store.file.foreign": N_("The file of this device belongs to other keys. Call the coordinator."),
    "store.file.linked": N_("The file of this device was replaced by a link. Call the coordinator."),
    "store.file.replayed": N_(
        "The file of this device is not as new as it was: an old copy was put back, or the device has lost "
        "what was saved. Do not delete anything, and call the coordinator; a repair saves what is there."
    ),
    "store.anchor.missing": N_(
        "The file {name} beside the records is gone, so nobody can tell whether they are the newest. Do not "
        "delete anything, and call the coordinator; a repair saves what is there."
    ),
    "store.anchor.damaged": N_(
        "The file {name} beside the records was changed or is damaged, so nobody can tell whether they are "
        "the newest. Do not delete anything, and call the coordinator; a repair saves what is there."
    ),
    "store.repair.needless": N_(
        "The file of this device opens, so there is nothing to repair. Unlock the app."
    ),
    "store.repair.nothing": N_(
        "Nothing of the damaged file could be saved, and nothing was changed. Do not delete anything, and "
        "call the coordinator: the device has to be enrolled anew in another folder."
    ),
    "store.journal.damaged": N_(
        "A part of the file of this device is damaged or was put there by somebody. Do not delete "
        "anything, and call the coordinator."
    ),
    "store.passphrase.empty": N_(
        "A passphrase is needed: it is what protects the records on this device. Type one."
    ),
    "store.passphrase.short": N_(
        "This passphrase is too short. Take {words} words or more, or {letters} characters."
    ),
    "store.passphrase.trivial": N_(
        "This passphrase is among the first that anybody tries. Take words that have nothing to do with each "
        "other."
    ),
    "store.passphrase.different": N_(
        "What you typed again is not the new passphrase. Compare it with what you wrote down, and type it "
        "again."
    ),
    "store.unlock.wait": N_(
        "The last passphrase was wrong. Wait {seconds} s, then try again; nothing is lost."
    ),
    "store.unlock.code_needed": N_(
        "Too many passphrases were wrong. Ask the coordinator for an unlock code; nothing is lost."
    ),
    "store.unlock.code_wrong": N_("This unlock code is not right, or was used already. Ask for another one."),
    "store.keyring.missing": N_(
        "The key store of this computer's account does not give its part of the key. Log in to the computer "
        "as usual and try again; if it stays, call the coordinator: the office's recovery key opens this "
        "device."
    ),
    "store.recovery.none": N_(
        "The office's recovery key was never on this device, so it does not open it. Only the passphrase "
        "does."
    ),
    "store.recovery.other": N_(
        "This device was made for another recovery key, {fingerprint}. Take the file of that key."
    ),
    "recovery.file.missing": N_("There is no file {name} that can be read. Check its name and its place."),
    "recovery.file.damaged": N_(
        "This is not the file of a recovery key, or it is damaged. Take a copy of it."
    ),
    "recovery.file.weak": N_("The file of the recovery key was changed by somebody. Take a copy of it."),
    "recovery.passphrase.wrong": N_("This is not the passphrase of the recovery key. Try again."),
    # backups, and devices that were restored from one
    "backup.key.none": N_(
        "The office has no recovery key on this device yet, so nobody could open a backup, and none is made. "
        "Ask the coordinator, then sync."
    ),
    "backup.folder.missing": N_("There is no such folder. Is the stick plugged in? Choose it again."),
    "backup.folder.own": N_("This folder belongs to the app itself. Choose a folder on a stick."),
    "backup.stick.full": N_(
        "There is no room for the backup: it needs {megabytes} MB, and none was made. Make room or take "
        "another stick."
    ),
    "backup.stick.read_only": N_(
        "Nothing can be written there, so no backup was made. Is the stick locked? Take another one."
    ),
    "backup.stick.gone": N_(
        "The stick does not answer any more, so this backup was not finished. Was it pulled out? Plug it in "
        "and make the backup again."
    ),
    "backup.copy.differs": N_(
        "What lies on the stick is not what was written, so it was deleted and is no backup. Take another "
        "stick."
    ),
    "backup.file.missing": N_("There is no backup {name} that can be read. Check its name and its place."),
    "backup.file.foreign": N_("This file is no backup of a device. Choose another one."),
    "backup.file.damaged": N_(
        "This backup is cut off, damaged or was changed by somebody, and nothing was restored. Take an older "
        "one."
    ),
    "backup.file.unreadable": N_(
        "The stick does not give the backup ({kind}), and nothing was restored. Try again, or copy the file "
        "to another disk first."
    ),
    "backup.version.newer": N_("This backup was made by a newer app. Update the app; nothing is lost."),
    "restore.device.known": N_("This device is known to the server already. Sync as usual."),
    "restore.login.other": N_(
        "What is on this device was written under another login. Take that one; for somebody else enrol "
        "another device."
    ),
    "restore.work.uncertain": N_(
        "The lost device may have sent this, and somebody has answered since. Look at it, and finish the "
        "record again if it is still right."
    ),
    "sync.device.restored": N_(
        "This device was restored from a backup, and the server does not know it yet. Its work is safe here; "
        "the coordinator makes it known by the command rejoin."
    ),
    "record.history.not_alone": N_("This is not shown now. Open it when you are alone."),
    "store.read.failed": N_("The file of this device could not be read ({kind}). Restart the app."),
    "store.write.failed": N_(
        "This could not be saved ({kind}). Is the device's memory full? Make room and try again."
    ),
    "store.folder.read_only": N_(
        "The app may not write to its folder on this device, so nothing new can be saved. Nothing is lost; "
        "call whoever looks after the device."
    ),
    "store.file.busy": N_("The records are open in another window of the app. Close it, then try again."),
    "store.value.invalid": N_("This answer is not a possible number, so it was not saved. Correct it."),
    # a journey
    "travel.work.unsent": N_(
        "Nothing was taken off this device: some work on it is on no server yet ({count}). Look at the list, "
        "finish or discard drafts, sync, and try again."
    ),
    "travel.server.behind": N_(
        "Nothing was taken off this device: the server has less of its work than it once had, perhaps since "
        "it was put back to an older copy. Tell the coordinator before anything else."
    ),
    "store.folder.erasing": N_(
        "An erasing of this device is not finished: one of its files cannot be deleted. Have the file "
        "removed, or choose another folder."
    ),
    "travel.mode.on": N_(
        "This device travels: its cases are on the server, and no sync brings them here. When you have "
        "arrived, end the journey under Settings."
    ),
    # money and reports
    "money.reason.missing": N_("Write why the line is over its budget. Nothing was changed."),
    "money.record.other": N_("This record cannot tell why a line is over. Open it and write it there."),
    "money.record.open": N_("This record is being changed or lacks something. Open it and finish it first."),
    "report.public.none": N_("Nothing was published on this device yet. Make a new public report first."),
    "report.frozen.missing": N_("This report is not on this device. Look for it where it was frozen."),
    "report.file.exists": N_("There is a file {name} already. Choose another name."),
    "report.file.not_written": N_("The file {name} could not be written. Choose another place."),
    # settings and threads
    "settings.file.invalid": N_("The file {name} cannot be read. Correct it or delete it."),
    "settings.name.unknown": N_("There is no setting called {name}. Check its spelling."),
    "settings.value.invalid": N_(
        "The setting {name} has a value that is not possible. Correct it or delete it."
    ),
    "app.work.failed": N_(
        "Something went wrong inside the app ({kind}). What was saved is safe. Try again, and tell the "
        "coordinator if it stays."
    ),
    "app.work.closed": N_("The app is closing."),
    "app.window.missing": N_(
        "There is no screen to open a window on. Start the app on this device's desktop."
    ),
    # the support bundle
    "support.folder.missing": N_("There is no folder {name}, so there is nothing to pack. Check --dir."),
    "support.file.exists": N_(
        "There is a file {name} already, and it was left as it is. Choose another name."
    ),
    "support.file.not_written": N_("The file {name} cannot be written. Choose another folder for it."),
    # the calendar file
    "calendar.file.exists": N_(
        "There is another file {name} already, and it was left as it is. Choose another name."
    ),
    "calendar.file.not_written": N_("The file {name} cannot be written. Choose another folder for it."),
    # the checklist
    "guidance.step.unknown": N_("This step is not in the procedure any more. Sync, then look again."),
    # figures
    "figures.role.not_coordinator": N_("Figures of the office are for coordinators. Ask one of them."),
    "figures.period.reversed": N_("The period ends before it begins. Choose its days again."),
    "figures.group.unknown": N_("Nothing can be told apart by {group}. Choose another group."),
    # filling in
    "case.row.unknown": N_("This case is not on this device. Sync, then look again."),
    "case.country.missing": N_(
        "The code of a case begins with the country of return, and none is chosen. Choose the country."
    ),
    "case.birth.unclear": N_(
        "The date of birth cannot be read, or is still to come. Write a year, a month and a year, or a day: "
        "1998, 5.1998 or 12.5.1998."
    ),
    "record.form.elsewhere": N_(
        "This form is not written here. Meetings and agreements belong in the file of the office, all other "
        "forms in a case."
    ),
    "record.row.unknown": N_("This record is not on this device any more."),
    "record.form.missing": N_("The form of this record is not on this device yet. Sync, then try again."),
    "conflict.row.unknown": N_("This was settled already."),
    "conflict.record.draft": N_("This record is open as a draft. Finish or discard the draft first."),
    "draft.version.none": N_("There is no newer version for this form. Go on in the version that it has."),
    "draft.row.unknown": N_("This form is not open any more. Open the record again."),
    "outbox.row.unknown": N_("This was sent or settled already."),
    "attachment.file.missing": N_("This file has not come down from the server yet. Sync, then try again."),
    "attachment.file.damaged": N_("This file arrived damaged and was not kept. The next sync tries again."),
    "attachment.file.lost": N_(
        "A photo or file is not on this device any more, so it cannot be sent. Take it again, or tell the "
        "coordinator."
    ),
    "attachment.name.invalid": N_("This answer names no file. Choose the file again."),
    "attachment.source.missing": N_("This file cannot be read. Choose another one."),
    "attachment.source.too_large": N_("This file is too large. Choose a smaller one."),
    # decisions about a case
    "gate.pass.not_coordinator": N_("Only a coordinator can waive this. Ask the coordinator of your office."),
    "gate.pass.hard": N_(
        "Nobody can waive this, or it is not missing any more. Open the case again and see what is missing."
    ),
    "gate.pass.reason_missing": N_("A reason is needed. Write why it is right all the same."),
    "share.office.not_home": N_(
        "This case belongs to the office {office}. Only that office can share it; ask a colleague there."
    ),
    "share.office.unknown": N_("There is no such office here: {office}. Sync, then choose again."),
    "decision.record.open": N_(
        "Nothing was taken back: a record lacks something. Open it in the case, finish it, then try again."
    ),
    "share.ground.adult": N_(
        "For an adult, a duty to report does not share the whole file. "
        "Send a referral with the fields that were agreed."
    ),
    "share.age.unknown": N_(
        "No record tells the age, so a duty to report does not share the file. "
        "Record the age first, also if it is only estimated, or send a referral."
    ),
    "share.ground.missing": N_(
        "The person has not agreed that this office gets the case. Record the consent to share with it "
        "first, or say which danger or duty makes it necessary."
    ),
    "person.code.unknown": N_("No file here has this code. Type the whole code, as it stands on the file."),
    "person.files.same": N_("This is the same file. Choose another one."),
    "person.part.reason_missing": N_("A reason is needed. Write how it is known that they are two people."),
    "person.part.not_coordinator": N_(
        "Only a coordinator can say that they are two people after all. Ask the coordinator of your office."
    ),
    "person.part.not_home": N_(
        "Another office said that these files are of one person. Only that office can take it back."
    ),
    "person.files.not_home": N_(
        "Both files are cases of other offices. Tell them how you know that it is one person."
    ),
    "person.files.single": N_("No other file was joined to this one. There is nothing to take back."),
    "person.reason.missing": N_("A reason is needed. Write how it is known that it is one person."),
    # syncing: the way to the server
    "sync.address.invalid": N_("This is not the address of a server. It looks like https://office.example"),
    "sync.address.not_secure": N_(
        "The server's address must begin with https:// so that nobody can listen. Correct it."
    ),
    "sync.server.unreachable": N_(
        "The server cannot be reached. Everything is safe on this device and will be sent later."
    ),
    "sync.enrolment.unreachable": N_(
        "The server cannot be reached, so this device is not enrolled. Check the server's address and the "
        "network, then try again."
    ),
    "sync.server.not_trusted": N_(
        "The server could not prove who it is, so nothing was sent. Do not use this network; tell the "
        "coordinator."
    ),
    "sync.certificate.not_valid_today": N_(
        "The server's proof of who it is does not hold on the day that this device shows, so nothing was "
        "sent. Set the device's date and time right, then sync again; if they are right, tell the "
        "coordinator."
    ),
    "sync.server.other": N_(
        "Another server answered at this address, so nothing was sent. Tell the coordinator."
    ),
    "sync.answer.not_ours": N_(
        "Something other than our server answered. Does this network ask for a log-in? Open a browser, "
        "log in, "
        "and try again."
    ),
    "sync.answer.cut": N_("The connection was cut. What had arrived is kept; the rest follows next time."),
    "sync.answer.too_large": N_("The server's answer was too large, and was not read. Tell the coordinator."),
    "sync.answer.invalid": N_("The server's answer makes no sense ({field}). Tell the coordinator."),
    "sync.protocol.unsupported": N_(
        "This app is too old for the server. Your work is safe here and is sent once the app is updated."
    ),
    "sync.demo.mismatch": N_(
        "A demo device works with a demo server only, and a real one with a real server only. Nothing "
        "was sent."
    ),
    # syncing: what the server answers
    "sync.case.not_granted": N_(
        "The server did not take this: the case is not one of yours. Ask the coordinator."
    ),
    "sync.case.sharing_ended": N_(
        "The server did not take this: the case is not shared with your office any more. Your work stays on "
        "this device; ask the coordinator what becomes of it."
    ),
    "sync.case.not_yours_to_share": N_(
        "The server did not take this: only the office whose case it is may share it or end the sharing. "
        "Ask that office."
    ),
    "sync.case.not_yours_to_join": N_(
        "The server did not take this: which files are of one person, only the office whose case it is says "
        "in it. Tell that office how you know."
    ),
    "sync.denial.not_coordinator": N_(
        "The server did not take this: only a coordinator of the office whose case it is takes a name off "
        "those who must not see it. Write a further name in a line of its own."
    ),
    "sync.record.other_version": N_(
        "The server did not take this: the record is in another version of its form. Tell the coordinator."
    ),
    "sync.files.not_coordinator": N_(
        "The server did not take this: only a coordinator says that two files are of two people after all. "
        "Ask the coordinator of your office."
    ),
    "sync.office_file.not_yours": N_(
        "The server did not take this: it belongs to the file of another office. Tell the coordinator."
    ),
    "sync.office_file.other_form": N_(
        "The server did not take this: the file of an office has its meetings and agreements only. Tell the "
        "coordinator."
    ),
    "sync.form.unknown": N_("The server does not know this form. Tell the coordinator."),
    "sync.form.unreadable": N_("This app is too old for the form {form}. Update the app."),
    "sync.form.damaged": N_("The form {form} arrived damaged and was not kept. The next sync tries again."),
    "sync.device.put_back": N_(
        "The server has work of this device that the device does not remember: an old copy of its records "
        "was put back. What had been sent is here again; drafts and what was not sent since then are lost. "
        "Tell the coordinator."
    ),
    "sync.sequence.gap": N_(
        "The server misses an earlier record of this device. The next sync sends it again."
    ),
    "sync.sequence.reused": N_("The server holds another record under this number. Tell the coordinator."),
    "sync.batch.reused": N_("The server holds another delivery under this name. Tell the coordinator."),
    "sync.record.moved": N_(
        "The server did not take this: the record belongs to another case there. Tell the coordinator."
    ),
    "sync.change.invalid": N_("The server could not use this change. Tell the coordinator."),
    "sync.parent.refused": N_(
        "The server did not take this because it did not take an earlier change of this record. "
        "Open the record, check it and finish it again."
    ),
    "sync.cursor.invalid": N_("The server does not know where the last sync ended. Tell the coordinator."),
    "sync.conflict.not_found": N_("The server does not know this conflict any more."),
    "form.not_found": N_("The server does not have this form any more. Sync again."),
    "form.version.published": N_("The server has another form under this version. Tell the coordinator."),
    "request.not_found": N_("The server does not know what was asked. Update the app."),
    "request.method.not_allowed": N_("The server does not know what was asked. Update the app."),
    "sync.body.not_json": N_(
        "The server could not read what was sent. Try again; if it stays, update the app."
    ),
    "sync.body.too_large": N_("The server found this too large to take. Tell the coordinator."),
    "sync.body.invalid": N_(
        "The server could not read what was sent. Try again; if it stays, update the app."
    ),
    "auth.token.invalid": N_(
        "The server does not know this device any more. Your work is safe here; ask the coordinator to "
        "enrol it "
        "again."
    ),
    "auth.login.failed": N_("Login or password is not right. Try again."),
    "auth.throttled": N_("Too many attempts. Wait a little, then try again."),
    "attachment.hash.mismatch": N_("A file arrived damaged and was not taken. It will be sent again."),
    "attachment.too_large": N_("The server found this file too large to take. Tell the coordinator."),
    "attachment.not_found": N_("The server does not have this file yet."),
    "server.busy": N_("The server is busy. The device tries again by itself."),
    "server.write.failed": N_(
        "The server could not save this; its disk may be full. Your work is safe here and is sent again; "
        "tell the coordinator."
    ),
    "server.database.damaged": N_(
        "The server's database is damaged, so it cannot answer. Your work is safe here and is sent again; do "
        "not delete anything, and tell the coordinator."
    ),
    "server.storage.read_only": N_(
        "The server may not write where it keeps its data, so it takes nothing new. Your work is safe here "
        "and is sent again; tell the coordinator."
    ),
    "server.error": N_("The server has a problem of its own. The device tries again by itself."),
}


#: What stands in place of sync.protocol.unsupported when it is the server that must be updated.
SERVER_IS_OLDER: Final = N_(
    "The server is too old for this app. Your work is safe here and is sent once the server is updated; tell "
    "the coordinator."
)


def text_of(problem: Problem) -> str:
    """The English text of a problem, its {places} not yet filled; a general one for an unknown code."""
    if problem.code == "sync.protocol.unsupported":
        ours, theirs = problem.params.get("protocol"), problem.params.get("newest")
        if isinstance(ours, int) and isinstance(theirs, int) and ours > theirs:
            return SERVER_IS_OLDER
    return TEXTS.get(problem.code, N_("Something went wrong ({code})."))


def told(problem: Problem) -> str:
    """A problem on a terminal: its English text with the facts in their places, and its code."""
    places = {"code": problem.code} | {name: str(value) for name, value in problem.params.items()}
    text = re.sub(r"{(\w+)}", lambda place: places.get(place[1], "?"), text_of(problem))
    return f"{text} [{problem.code}]"
