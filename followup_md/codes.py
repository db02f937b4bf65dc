"""The codes of problems, with what each means. They are stable; ``check --explain`` prints them."""

from __future__ import annotations

EXPLANATIONS: dict[str, str] = {
    "balance-off": "Of the last ten touches tagged #value or #ask, far fewer brought value than `value_share` "
    "wishes (R9): more than 20 points below it, looked at from five such touches on. Bring something before you ask "
    "again.",
    "cadence-twice": "Two notes in Cadences/ give the same name. The first path counts; rename the other.",
    "cadence-unknown": "A cadence is named that does not exist: in a prospect's `cadence:`, a stage's setting, or a "
    "`then:`. The prospect goes on with its stage's cadence (for a `then:`, with nurture) until the name is right.",
    "cadence-unread": "A cadence note cannot be read as one. The built-in cadence of its name, if there is one, stays "
    "in force.",
    "cadence-without-way-on": "An open prospect stands in a cadence that ends. An open prospect always has a next "
    "touch (R2), so it goes on with nurture afterwards; give the cadence a `then:` or `repeat:`.",
    "comment-not-closed": "A comment (`<!--` or `%%`) or a fenced code block is opened and never closed. Everything "
    "below it is hidden, in Obsidian too, and is not read.",
    "conflict-copy": "A sync program kept a second copy of a note because two devices changed it at once. The copy is "
    "not read as a prospect. Join the two by hand, then delete the copy.",
    "declined-but-open": "A touch is tagged #declined and the stage is still open. The prospect is planned as lost "
    "would be: thanked, then left alone. Record it with `followup stage NAME lost`, which sets the field and adds the "
    "log line, or remove the tag if it was no no.",
    "direction-not-clear": "A touch counts as ours, and its words seem to say that they wrote or called. If it is theirs, "
    "write `in` behind the channel, as in `email in: …`; then a reply is owed.",
    "email-twice": "Two prospects have the same email address: probably one person with two notes. Join them.",
    "field-not-understood": "A field of the front matter has a value of the wrong kind: a date that does not exist, a "
    "number with letters, a channel nobody knows. The field counts as missing; the rest of the note is read.",
    "field-twice": "Two keys mean one field and differ, such as `next` and `next_contact`. The canonical name counts, "
    "else the first; remove the other.",
    "folder-too-deep": "Folders are nested deeper than 32; what lies below is not read.",
    "folder-unreadable": "A folder cannot be opened, usually for lack of rights. Its notes are not read.",
    "front-matter-alias": "The front matter uses YAML's anchors, aliases or tags. They can make a small file endless, "
    "so the block is not read; write the values out.",
    "front-matter-broken": "The front matter is no YAML that can be read. Nothing of it is guessed: the fields count "
    "as missing, the touch log is read.",
    "front-matter-control-character": "An invisible character stands in the front matter. Some programs would read it "
    "as a line end; delete it.",
    "front-matter-duplicate-key": "A key stands twice in the front matter. Which one is meant cannot be known, so the "
    "block is not read.",
    "front-matter-not-closed": "The note begins with `---` and a field, but no line `---` or `...` ends the front matter.",
    "front-matter-too-deep": "Lists and maps are nested deeper than 12 levels; the block is not read.",
    "front-matter-too-large": "The front matter is longer than 64 KiB; the block is not read.",
    "interaction-unclear": "A note of an interaction names somebody by a name that several notes have, so it is nobody's touch. "
    "Link the note you mean by its path: `[[Prospects/Dana Okafor]]`.",
    "interaction-unlinked": "A note of an interaction links a note that does not exist, so it is not their touch: the name is "
    "mistyped, or the note was renamed or never made. A hint for `type: meeting` and `call`, which people write for other "
    "reasons as well; a warning for `type: interaction`.",
    "last-contact-differs": "`last_contact` names another day than the newest touch of the log. The log counts; "
    "correct the field or remove it, or log the touch that is missing.",
    "let-go-early": "Somebody was closed as lost in silence: before the fifth round without an answer, or after "
    "at most one follow-up on a proposal (R21). One more may be the one that is answered; open them again, or leave "
    "it.",
    "let-go-unexplained": "Somebody was closed as lost in the last 30 days, and no reason is written down (R16). Write it "
    "behind the `stage:` line, so that the choice can be looked at again.",
    "line-too-long": "A line is longer than 8 KiB; it is not read.",
    "log-not-found": "Dated lines stand in the note, but under no heading that is known as the touch log's. They are "
    "not read. Put `## Touches` above them, or name their heading in followup.toml.",
    "lost-undecided": "Somebody was closed as lost, and who decides there is not known, so it was not their no "
    "(R14). Set `decision_maker` to true or to a link, or find out who decides, and ask. A warning for 30 days after the loss, then "
    "a hint.",
    "name-collides": "Two notes have paths that differ only by upper and lower case, or by how an umlaut is composed. "
    "On many systems they are one file; rename one.",
    "next-date-invalid": "A next date on a touch line is no date. The touch is read, the promise is not.",
    "no-reason": "An open prospect that you have touched has neither `pain` nor `opportunity`, and nothing is open "
    "between you: no reply, no appointment, no date ahead, nothing owed (R15). Write down why a follow-up would help them.",
    "note-conflicted": "The note holds git's conflict markers. It is not read until they are resolved.",
    "note-damaged": "The note holds NUL bytes, as a crash or a full disk leaves them. Restore it.",
    "note-not-utf8": "The note is not UTF-8 text. Save it as UTF-8.",
    "note-too-large": "The note is larger than 1 MiB; it is not read.",
    "note-unreadable": "The file cannot be opened, usually for lack of rights.",
    "outcome-not-tagged": "The words of a touch seem to say something that only a tag can set: #declined, which "
    "changes what happens next, #booked or #referral. Add the tag if it is meant.",
    "pressing-words": "What you logged as sent to somebody who has gone dark has words that press them (R12), "
    "such as last chance or why no answer. Bring something, and ask for no answer.",
    "promise-missed": "A day that you promised is past, and nothing was done on or after it; or an open item "
    "that you owe has a day that is past (R4). Do it today, or name them another day.",
    "settings-broken": "followup.toml is no TOML. No command works until the line is mended.",
    "settings-wrong": "A key of followup.toml is unknown or has a value of the wrong kind. No command works until it "
    "is mended, so that nothing is planned by settings that were not meant.",
    "stage-differs": "The stage in the front matter and the log's last `stage:` line disagree: the property was "
    "changed by hand. The front matter counts, from the newest touch on; write the line to say when it changed.",
    "stage-unknown": "A stage is named that is not among the stages in force. In the front matter the prospect is "
    "planned as contacted; a log line of that kind is not read. Make your word one of a stage's `words` in followup.toml, "
    "or write a stage that there is.",
    "table-no-date-column": "A table in the touch log holds dates, but none of its columns is called Date, When or Day.",
    "timezone-unknown": "The time zone is not in the IANA data base. It is shown as it is.",
    "too-much-pressure": "Since their last answer there were more unanswered rounds in seven days than "
    "`max_rounds_per_week`, or two closer together than `min_gap` (R3). The plan never proposes that; leave them "
    "some air.",
    "touch-date-ambiguous": "A date with the year last may be read two ways (5/11 is May or November). Write "
    "YYYY-MM-DD; the line is not read.",
    "touch-date-invalid": "A line of the log begins with something that looks like a date and is none. Write "
    "YYYY-MM-DD; the line is not read.",
    "touch-id-twice": "Two touches carry one id. Where the lines are the same, as a merge leaves them, the touch is "
    "counted once; else both are counted.",
    "touch-in-future": "A touch has a date that lies ahead. Only meetings, calls and events can: they are "
    "appointments. It is left out until its day comes.",
    "touch-nested": "A dated line is indented under another touch, so it belongs to that touch. If it is a touch of "
    "its own, move it to the left.",
    "touch-no-date": "A line of the log begins like a touch and has no date, so it is not read.",
    "touch-time-invalid": "A time of day that no clock shows; the line is not read.",
    "touch-unreadable": "A line of the log begins with a date and goes on in a way that is not understood.",
}
