"""What each command takes, so that a shell completes it and no command is imported for that.

Made by ``python -m generate``: change the commands, not this. A command's help, its options (names, what the value
is, help) and its arguments. A value is one of ``=a|b``, or a kind that ``answer.py`` knows; empty: a flag, or free.
"""

# fmt: off
GRAMMAR: dict[str, tuple[str, tuple[tuple[str, str, str], ...], tuple[str, ...]]] = {
    "": ("Plain-text sales follow-up: whom to touch today, by which channel, and why.", (
        ("-C --vault", "dir", "The vault. Default: FOLLOWUP_VAULT, else the one around this folder."),
        ("--today", "text", "Plan as if it were this day (YYYY-MM-DD)."),
        ("--color", "=auto|always|never", "Colours: auto by default."),
        ("-q --quiet", "", "Say nothing but what was asked for."),
        ("-v --verbose", "", "Say also what was read, and how long each part took."),
        ("--version", "", "Show the version and exit."),
        ("-h --help", "", "Show this message and exit."),
    ), ()),
    "init": ("Make a vault, or make one of a folder of notes.", (
        ("--yes", "", "Write the proposed followup.toml without asking."),
        ("--obsidian", "", "Also a base, property types and a template for Obsidian."),
        ("--json", "", "As JSON."),
        ("--dry-run", "", "Print the change as a diff, and write nothing."),
        ("-h --help", "", "Show this message and exit."),
    ), ("dir",)),
    "index": ("Read the vault and write DUE.md.", (
        ("--check", "", "Write nothing; exit 1 with a diff if DUE.md would change."),
        ("--full", "", "Trust nothing that was kept: read every note again."),
        ("-h --help", "", "Show this message and exit."),
    ), ()),
    "watch": ("Keep DUE.md true until stopped.", (
        ("--poll", "", "Look every few seconds, for drives that tell of no changes."),
        ("--status", "", "Say how the watcher of this vault is doing; exit 1 if DUE.md may be stale."),
        ("--json", "", "Each line as JSON."),
        ("-h --help", "", "Show this message and exit."),
    ), ()),
    "due": ("List who is due, by which channel and why.", (
        ("--days", "text", "Also what is due in the next N days."),
        ("--all", "", "Every prospect that has a next touch."),
        ("--owner", "owner", "Only prospects of this owner."),
        ("--category", "=reply-owed|promised|appointment|thank-note|items|closing|cadence|dark", "Only this category."),
        ("--limit", "text", "At most N of them."),
        ("--json", "", "As JSON."),
        ("-h --help", "", "Show this message and exit."),
    ), ()),
    "why": ("Explain how a prospect's next touch came about.", (
        ("--json", "", "As JSON."),
        ("-h --help", "", "Show this message and exit."),
    ), ("prospect",)),
    "show": ("Show what was read from a prospect's note.", (
        ("--json", "", "As JSON."),
        ("-h --help", "", "Show this message and exit."),
    ), ("prospect",)),
    "add": ("Write a new prospect's note.", (
        ("--company", "text", "Where they work."),
        ("--role", "text", "What they do there."),
        ("--email", "text", "Their address."),
        ("--phone", "text", "Their number."),
        ("--linkedin", "text", "Their page there."),
        ("--address", "text", "Where a letter reaches them."),
        ("--owner", "owner", "Who works this prospect."),
        ("--source", "text", "How they came."),
        ("--pain", "text", "Why a follow-up would help them."),
        ("--opportunity", "text", "What they could gain."),
        ("--stage", "stage", "The stage they are in."),
        ("--amount", "text", "What the deal is worth: a number."),
        ("--tags", "text", "What they are about, with commas between."),
        ("--next", "when", "The day you promised: 2026-12-01, 3d, 2w, 5wd, in a week, tomorrow, mon, next week or 1 dec."),
        ("--dry-run", "", "Print the change as a diff, and write nothing."),
        ("-h --help", "", "Show this message and exit."),
    ), ("text",)),
    "log": ("Add a touch to a prospect's log.", (
        ("--in", "", "They reached us."),
        ("--value", "", "It brought something of value."),
        ("--ask", "", "It asked for something."),
        ("--chase", "", "It asked for what they promised."),
        ("--thanks", "", "It thanked them."),
        ("--outcome", "=no-answer|voicemail|answered|bounced|ooo|no-show|cancelled|booked|held|declined|referral", "What came of it."),
        ("--on", "when", "The day it was. Default: today."),
        ("--next", "when", "The day you said you would be back."),
        ("--dry-run", "", "Print the change as a diff, and write nothing."),
        ("-h --help", "", "Show this message and exit."),
    ), ("prospect", "channel", "text…",)),
    "next": ("Set a prospect's next date.", (
        ("--dry-run", "", "Print the change as a diff, and write nothing."),
        ("-h --help", "", "Show this message and exit."),
    ), ("prospect", "when…",)),
    "snooze": ("Leave a prospect alone until a day.", (
        ("--dry-run", "", "Print the change as a diff, and write nothing."),
        ("-h --help", "", "Show this message and exit."),
    ), ("prospect", "when…",)),
    "skip": ("Skip a prospect's next step on purpose.", (
        ("--dry-run", "", "Print the change as a diff, and write nothing."),
        ("-h --help", "", "Show this message and exit."),
    ), ("prospect",)),
    "stage": ("Move a prospect to another stage.", (
        ("--reason", "text", "Why; asked for where the stage is won or lost."),
        ("--dry-run", "", "Print the change as a diff, and write nothing."),
        ("-h --help", "", "Show this message and exit."),
    ), ("prospect", "stage",)),
    "today": ("Work through what is due, one by one.", (
        ("--owner", "owner", "Only prospects of this owner."),
        ("--category", "=reply-owed|promised|appointment|thank-note|items|closing|cadence|dark", "Only this category."),
        ("--limit", "text", "At most N of them. Default: your capacity for a day."),
        ("-h --help", "", "Show this message and exit."),
    ), ()),
    "draft": ("Print the script of a prospect's next step, also as a mail.", (
        ("--mailto", "", "As a mailto: link, for a step by email."),
        ("--eml", "", "As a mail that your mail program opens for writing."),
        ("-h --help", "", "Show this message and exit."),
    ), ("prospect",)),
    "check": ("List everything that could not be read or looks wrong.", (
        ("--format", "=text|json|github", "How to print them."),
        ("--json", "", "The same as --format json."),
        ("--fix", "", "Mend those that have one safe mend; the rest is listed."),
        ("--dry-run", "", "Print the change as a diff, and write nothing."),
        ("--explain", "code", "What a code means and what to do; `all` lists every code."),
        ("-h --help", "", "Show this message and exit."),
    ), ()),
    "stats": ("Show what you do, what works, and how sure that is.", (
        ("--since", "text", "From this day on (YYYY-MM-DD)."),
        ("--until", "text", "Up to this day, and with it. Default: today."),
        ("--owner", "owner", "Only prospects of this owner."),
        ("--stage", "stage", "Only prospects that are in this stage today."),
        ("--write", "", "Write STATS.md, with charts."),
        ("--dry-run", "", "Print the change as a diff, and write nothing."),
        ("--json", "", "As JSON, with every number."),
        ("-h --help", "", "Show this message and exit."),
    ), ()),
    "forecast": ("Tell how many rounds the coming weeks hold.", (
        ("--weeks", "text", "How many weeks, this one included."),
        ("--json", "", "As JSON."),
        ("-h --help", "", "Show this message and exit."),
    ), ()),
    "cadence": ("List, show and copy the cadences in force.", (
        ("-h --help", "", "Show this message and exit."),
    ), ()),
    "cadence copy": ("Copy a built-in cadence, to change it.", (
        ("--dry-run", "", "Print what would be written, and write nothing."),
        ("-h --help", "", "Show this message and exit."),
    ), ("cadence",)),
    "cadence list": ("List the cadences in force.", (
        ("--json", "", "As JSON."),
        ("-h --help", "", "Show this message and exit."),
    ), ()),
    "cadence show": ("Show the steps and scripts of CADENCE.", (
        ("--json", "", "As JSON."),
        ("-h --help", "", "Show this message and exit."),
    ), ("cadence",)),
    "help": ("Explain a command, a topic, a rule or a code.", (
        ("-h --help", "", "Show this message and exit."),
    ), ("topic…",)),
    "completion": ("Print the script that completes followup in a shell.", (
        ("-h --help", "", "Show this message and exit."),
    ), ("=bash|zsh|fish|powershell",)),
}
