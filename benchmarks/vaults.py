"""Vaults to measure on: made from a seed, the same bytes each time.

A prospect's note has 12 keys, ten touches and 1.5 to 4 KB (1 KB is 1,000 bytes). Its number and the seed settle
every byte, so note 17 is the same in a vault of 1,000 and of 100,000.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random

#: The day the vaults are made for: their touches end on it or before it.
DAY = date(2026, 11, 21)
KEYS = 12
TOUCHES = 10
#: Bytes of the smallest and of the largest prospect's note.
SMALLEST, LARGEST = 1_500, 4_000
#: Pieces in the library.
PIECES = 24

# fmt: off
_FIRST = (
    "Dana", "Jörg", "Amélie", "Bartosz", "Cem", "Dragan", "Eckart", "Frida", "Gesine", "Hannelore", "Ilse",
    "Joost", "Karim", "Lucía", "Malte", "Nils", "Oda", "Paulina", "Quentin", "Reinhard", "Søren", "Théo", "Ulla",
    "Viktor", "Wiebke", "Xenia", "Yusuf", "Zoë", "Agnes", "Birger", "Clara", "Dorte", "Emil", "Femke", "Gregor",
    "Hedda", "Ivo", "Jana", "Klaas", "Lotte", "Mirko", "Nora", "Okka", "Piet", "Rieke", "Sven", "Tomma", "Udo",
)
# fmt: on
_LAST = tuple(
    front + back
    for front in ("Ahrend", "Berg", "Claus", "Dorn", "Eber", "Falk", "Grün", "Harm", "Ilm", "Jans", "Köp", "Lind")
    for back in ("horst", "mann", "sen", "stedt", "bach", "feld", "rode", "wald")
)
_TOWNS = {
    "North": ("Husum", "Emden", "Kiel", "Rostock", "Varel", "Leer"),
    "East": ("Görlitz", "Cottbus", "Jena", "Gera", "Plauen", "Zittau"),
    "South": ("Passau", "Ulm", "Lindau", "Hof", "Fürth", "Konstanz"),
    "West": ("Trier", "Aachen", "Siegen", "Herne", "Kleve", "Bonn"),
}
# fmt: off
_TRADES = (
    "Logistik", "Kühlhaus", "Spedition", "Verlag", "Optik", "Möbel", "Molkerei", "Werft", "Druck", "Technik",
    "Depot", "Handel",
)
# fmt: on
_ROLES = ("head of finance", "owner", "office manager", "head of logistics", "buyer", "managing director")
_PAINS = (
    "invoices leave the house three weeks after the truck",
    "month-end takes eleven days and two of them are a weekend",
    "open invoices that nobody calls about",
    "every branch counts its stock in another way",
    "the audit finds the same four things each year",
)
_TAGS = ("billing", "logistics", "audit", "stock", "property", "month-end")
_SOURCES = ("fair in Leipzig", "website", "cold list", "talk in Bremen", "newsletter")
_OWNERS = ("Kim", "Robin", "Sasha")
_OPEN = ("lead", "contacted", "meeting", "proposal", "items", "verbal")
#: Each stage as often as it stands here: six in ten are open and worked on.
_STAGES = ("lead",) * 2 + ("contacted",) * 3 + _OPEN[2:] + ("nurture",) * 3 + ("won", "lost")
_OURS = (
    ("email", "sent the case study on billing", "#value"),
    ("email", "asked for a quarter of an hour on the month-end", "#ask"),
    ("email", "passed on the checklist for the audit", "#value"),
    ("call", "rang about the stock lists, left a message", "#ask #no-answer"),
    ("call", "picked up, short and friendly, wants figures", "#ask #answered"),
    ("voicemail", "said I would send the two pages instead", "#value"),
    ("linkedin", "sent the article on paper in warehouses", "#value"),
    ("note sent", "card with a thank you for the coffee", "#thanks"),
    ("meeting", "an hour, shelves first, then numbers", "#value"),
    ("email", "asked once more for the export of open invoices", "#chase"),
)
_THEIRS = (
    ("email in", '"can you send prices for two sites?"', ""),
    ("email in", '"not before the stock-taking, after that gladly"', ""),
    ("call in", "has read the pages, wants to show them to the board", ""),
    ("linkedin in", '"thanks, that is close to what we see here"', ""),
)
_REMARKS = (
    "They count pallets twice a day and still have a figure nobody believes in.",
    "The old system came with the building, says the warehouse, and will leave with it.",
    "Budgets are made in May, and whoever comes later waits for a year.",
    "Two people know how an invoice is made, and one of them goes into retirement in spring.",
    "What they like: short mails, figures, no slides; what they do not like: being rung up before nine.",
    "The board wants to see a second site that did it, best one of the same size.",
    "Paper goes from the truck to the office in a plastic bag, on a good day.",
    "A neighbour of theirs, two halls further on, had the same trouble and talks about it.",
)
#: Which manner of log a note has, each as often as it stands here.
_MANNERS = ("plain",) * 7 + ("bold", "heading", "table")


@dataclass(frozen=True)
class File:
    """A file of a vault: its path from the vault's top with ``/``, and its text."""

    path: str
    text: str


def vault_files(notes: int, seed: int) -> Iterator[File]:
    """Every file of a vault with so many prospects: the settings, the library, the prospects."""
    yield File("followup.toml", 'my_name = "Kim Lee"\ncurrency = "€"\ndaily_capacity = 20\n')
    yield from (_piece(number) for number in range(PIECES))
    yield from (prospect(number, seed) for number in range(notes))


def write_vault(folder: Path, notes: int, seed: int) -> None:
    """Write such a vault into a folder that is made for it. Raises ``FileExistsError`` if it is there."""
    folder.mkdir(parents=True)
    made = {folder}
    for file in vault_files(notes, seed):
        target = folder / file.path
        if target.parent not in made:
            target.parent.mkdir(parents=True, exist_ok=True)
            made.add(target.parent)
        target.write_bytes(file.text.encode())


def prospect(number: int, seed: int) -> File:
    """A prospect's note; its path is another one for each number."""
    dice = Random(f"{seed} {number}")
    name, company = _name(number), number // 3
    region = list(_TOWNS)[company % len(_TOWNS)]
    town = _TOWNS[region][company // 4 % 6]
    stage = dice.choice(_STAGES)
    days = _days(dice, stage)
    front = _front_matter(dice, number, name, f"{_LAST[company * 7 % 96]} {_TRADES[company % 12]} {town}", stage, days)
    log = _log(dice, stage, days)
    room = dice.randrange(SMALLEST + 100, LARGEST - 150) - len(front.encode()) - len(log.encode())
    text = f"---\n{front}---\n{_body(dice, room)}{log}"
    return File(f"Prospects/{region}/{town}/{2024 + number % 3}/{name}.md", text)


def added_touch(note: str, day: date, words: str) -> str:
    """What is put behind a note of such a vault to log a mail of that day, in the manner of its log."""
    return _touch(_manner_of(note), day, "email", words, "#value")


def _piece(number: int) -> File:
    tags = f"[{_TAGS[number % 6]}, {_TAGS[number // 6 % 6]}]"
    text = f"---\ntype: content\ntags: {tags}\nurl: https://example.org/{number}\ndate: 2026-{1 + number % 10:02}-15\n---\n"
    return File(f"Library/Two pages on {_TAGS[number % 6]}, {number + 1}.md", text + _REMARKS[number % 8] + "\n")


def _name(number: int) -> str:
    """A name that no other number has: all of them shuffled, then numbered."""
    names = len(_FIRST) * 26 * len(_LAST)
    turn, rest = divmod(number * 7919 % names + number // names * names, names)
    rest, first = divmod(rest, len(_FIRST))
    last, middle = divmod(rest, 26)
    return f"{_FIRST[first]} {chr(65 + middle)}. {_LAST[last]}{f' {turn + 1}' if turn else ''}"


def _days(dice: Random, stage: str) -> list[date]:
    """The days of the touches, from old to new: most open prospects were touched in the last days."""
    if stage in _OPEN:
        back = dice.randrange(1, 5) if dice.random() < 0.8 else dice.randrange(5, 45)
    else:
        back = dice.randrange(1, 40) if stage == "nurture" else dice.randrange(60, 300)
    days = [DAY - timedelta(days=back)]
    while len(days) < TOUCHES:
        days.append(days[-1] - timedelta(days=dice.randrange(3, 18)))
    return days[::-1]


def _front_matter(dice: Random, number: int, name: str, company: str, stage: str, days: list[date]) -> str:
    """Twelve keys, a line each."""
    first, _, last, *_ = name.lower().split()
    if stage in _OPEN and dice.random() < 0.05:
        twelfth = f"next: {DAY + timedelta(days=dice.randrange(-2, 20))}"
    elif stage in _OPEN and dice.random() < 0.04:
        twelfth = f"snooze_until: {DAY + timedelta(days=dice.randrange(3, 40))}"
    else:
        twelfth = f"source: {dice.choice(_SOURCES)}"
    lines = (
        f"company: {company}",
        f"role: {dice.choice(_ROLES)}",
        f"email: {first[0]}.{last}.{number}@firm-{number // 3}.example",
        f'phone: "+49 40 555 {number:06}"',
        f"linkedin: https://www.linkedin.com/in/{first[0]}{last}{number}",
        f"address: Am Hafen {number % 90 + 1}, 2{number % 10000:04} {company.rpartition(' ')[2]}",
        f"stage: {stage}",
        f"owner: {dice.choice(_OWNERS)}",
        f"added: {days[0] - timedelta(days=2)}",
        f"pain: {dice.choice(_PAINS)}",
        f"tags: [{', '.join(dice.sample(_TAGS, 2))}]",
        twelfth,
    )
    return "".join(f"{line}\n" for line in lines)


def _body(dice: Random, room: int) -> str:
    """Plain text of about so many bytes (at most a remark more), or a line where there is no room."""
    text = f"{dice.choice(_REMARKS)}\n\n## What I know\n\n"
    while len(text) < room:
        text += f"- {dice.choice(_REMARKS)}\n"
    return text


def _log(dice: Random, stage: str, days: list[date]) -> str:
    """The log with its heading, from old to new; where the deal is closed, with the line that says so."""
    manner = dice.choice(_MANNERS)
    lines = ["\n## Touches\n\n" if manner != "table" else "\n## Touches\n\n| Date | Channel | Notes |\n|---|---|---|\n"]
    for place, day in enumerate(days):
        theirs = dice.random() < (0.03 if place == TOUCHES - 1 else 0.22)
        lines.append(_touch(manner, day, *dice.choice(_THEIRS if theirs else _OURS)))
        if stage in ("won", "lost") and place == TOUCHES - 4:
            reason = "" if stage == "won" else "they do it with their own people"
            lines.append(_stage_line(manner, day, stage, reason))
    return "".join(lines)


def _touch(manner: str, day: date, channel: str, words: str, tags: str) -> str:
    text = f"{words} {tags}".rstrip()
    match manner:
        case "table":
            return f"| {day} | {channel} | {text} |\n"
        case "heading":
            return f"### {day} — {channel}: {text}\n"
        case "bold":
            return f"* **{day}** {channel}: {text}\n"
        case _:
            return f"- {day} {channel}: {text}\n"


def _stage_line(manner: str, day: date, stage: str, reason: str) -> str:
    return _touch(manner, day, "stage", f"{stage} — {reason}" if reason else stage, "")


def _manner_of(note: str) -> str:
    start = note[note.rindex("## Touches\n\n") + len("## Touches\n\n") :]
    return {"|": "table", "#": "heading", "*": "bold", "-": "plain"}[start[0]]
