"""What is wrong or looks wrong once notes are seen together, and as of a day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from unicodedata import normalize

from followup_md.days import short_day
from followup_md.model import AddEntry, Edit, Facts, Problem, Prospect, Rules, SetField, Severity, StageKind
from followup_md.planning.facts import facts_of
from followup_md.planning.letting_go import hints_of_loss
from followup_md.planning.neighbours import Neighbour, neighbour_of, surroundings


def check_all(prospects: Iterable[Prospect], rules: Rules, today: date) -> list[Problem]:
    """All problems that reading one note alone cannot see, by path and line."""
    prospects = list(prospects)
    neighbours = [neighbour_of(prospect) for prospect in prospects]
    found = [
        problem
        for prospect, around in zip(prospects, surroundings(neighbours, today), strict=True)
        for problem in check(prospect, facts_of(prospect, rules, today), rules, today, around.decider_known)
    ]
    # A touch of several people at once may be wrong of each of them: it is told once.
    return list(dict.fromkeys(sorted([*found, *check_together(neighbours, rules)], key=place_of)))


def place_of(problem: Problem) -> tuple[str, int, int, str]:
    """Where a problem is told: by path, then by its place there."""
    return problem.path, problem.line, problem.column, problem.code


def check(prospect: Prospect, facts: Facts, rules: Rules, today: date, decider_known: bool) -> list[Problem]:
    """The problems of one prospect as of a day; ``decider_known``: a colleague of theirs is known to decide."""
    from followup_md.planning.hygiene import hygiene

    return [
        *_wrong(prospect, facts, rules, today),
        *hygiene(prospect, facts, rules, today, decider_known),
    ]


def check_without_hints(
    prospect: Prospect, facts: Facts, rules: Rules, today: date, decider_known: bool
) -> list[Problem]:
    """Those of ``check`` that are no hints."""
    losses = hints_of_loss(prospect, facts, rules, today, decider_known)  # a fresh one is more than a hint
    return [*_wrong(prospect, facts, rules, today), *(problem for problem in losses if not problem.hint)]


def _wrong(prospect: Prospect, facts: Facts, rules: Rules, today: date) -> list[Problem]:
    return [
        *_ahead(prospect, facts, today),
        *_log_against_fields(prospect, facts, today),
        *_cadence(prospect, facts, rules),
    ]


def shared_by_none(one: Neighbour) -> list[str]:
    """What a prospect should share with no other one, since ``check_together`` would tell it: path and addresses."""
    return [f"/{_alike(one.path)}", *(f"@{email}" for email in one.emails)]


def check_together(neighbours: Iterable[Neighbour], rules: Rules) -> list[Problem]:
    """The problems that are of no prospect alone. Prospects that share nothing of ``shared_by_none`` may be left out."""
    neighbours = sorted(neighbours, key=lambda one: one.path)
    return [*_same_email(neighbours), *_same_name(neighbours), *_stages_cadences(rules)]


def mend(problem: Problem, prospect: Prospect, rules: Rules, today: date) -> Edit | None:
    """The one safe mend of a problem that has one (``Problem.fix``)."""
    facts = facts_of(prospect, rules, today)
    if problem.code == "stage-differs":
        line = AddEntry(today, "stage", facts.stage.name)
        return Edit(prospect.path, (line,), f"added the missing line `stage: {facts.stage.name}`")
    if problem.code == "last-contact-differs" and facts.last:
        day = facts.last.date.isoformat()
        return Edit(prospect.path, (SetField("last_contact", day),), f"last_contact is {day} now")
    return None


def _problem(
    path: str, line: int, code: str, message: str, severity: Severity = Severity.WARNING, fix: bool = False
) -> Problem:
    return Problem(path, line, 1, code, severity, message, fix)


def _ahead(prospect: Prospect, facts: Facts, today: date) -> list[Problem]:
    return [
        _problem(
            entry.path or prospect.path,
            entry.line,
            "touch-in-future",
            f"{entry.date.isoformat()} lies ahead of {today.isoformat()}, and only a meeting, call or event can: correct the date",
            Severity.ERROR,
        )
        for entry in facts.ahead
    ]


def _log_against_fields(prospect: Prospect, facts: Facts, today: date) -> list[Problem]:
    """Where front matter and log say different things."""
    found = []
    line = facts.stage_line
    if facts.stage_by_hand and line:
        found.append(
            _problem(
                prospect.path,
                prospect.line_of("stage"),
                "stage-differs",
                f"the stage is {facts.stage.name} here and {line.stage} in the log (line {line.line}): "
                f"add `- {today.isoformat()} stage: {facts.stage.name}` to the log",
                fix=True,
            )
        )
    if facts.declined:
        found.append(
            _problem(
                facts.declined.path or prospect.path,
                facts.declined.line,
                "declined-but-open",
                f"they declined, and the stage is still {facts.stage.name}: set it to lost, with `followup stage` or by hand in field and log",
            )
        )
    if prospect.last_contact and facts.last and facts.last.date != prospect.last_contact:
        where = f"{facts.last.path}:{facts.last.line}" if facts.last.path else f"line {facts.last.line}"
        found.append(
            _problem(
                prospect.path,
                prospect.line_of("last_contact"),
                "last-contact-differs",
                f"the newest touch is of {short_day(facts.last.date, today)} ({where}), not of "
                f"{short_day(prospect.last_contact, today)}: correct the field, or log what is missing",
                fix=prospect.last_contact < facts.last.date,
            )
        )
    return found


def _cadence(prospect: Prospect, facts: Facts, rules: Rules) -> list[Problem]:
    """A cadence of the prospect's own that does not exist, or that leaves an open prospect without a next touch."""
    name = prospect.cadence
    if not name:
        return []
    line = prospect.line_of("cadence")
    if name not in rules.cadences:
        known = ", ".join(sorted(rules.cadences))
        return [
            _problem(
                prospect.path,
                line,
                "cadence-unknown",
                f"`cadence: {name}` names no cadence: write one of {known}",
                Severity.ERROR,
            )
        ]
    if facts.open and ends(name, rules):
        message = f"`cadence: {name}` ends, and this prospect is open: choose one that goes on, or add `then:` or `repeat:` to it"
        return [_problem(prospect.path, line, "cadence-without-way-on", message)]
    return []


def ends(name: str, rules: Rules) -> bool:
    """Whether a cadence, with what follows it, comes to an end."""
    seen: set[str] = set()
    while name in rules.cadences and name not in seen:
        seen.add(name)
        cadence = rules.cadences[name]
        if cadence.repeat:
            return False
        if cadence.then is None:
            return True
        name = cadence.then
    return name not in rules.cadences


def _stages_cadences(rules: Rules) -> list[Problem]:
    """Stages of the settings whose cadence does not exist, or ends although the stage is open."""
    found = []
    for stage in rules.stages:
        if stage.cadence not in rules.cadences:
            message = f"the cadence `{stage.cadence}` of stage {stage.name} does not exist: write one of {', '.join(sorted(rules.cadences))}"
            found.append(_problem("followup.toml", 1, "cadence-unknown", message, Severity.ERROR))
        elif stage.kind is StageKind.OPEN and ends(stage.cadence, rules):
            message = f"the cadence `{stage.cadence}` of stage {stage.name} ends, and the stage is open: add `then:` or `repeat:` to it"
            found.append(_problem("followup.toml", 1, "cadence-without-way-on", message, Severity.ERROR))
    return found


def _same_name(neighbours: list[Neighbour]) -> list[Problem]:
    """Paths that differ only by case or by how their letters are composed: one file on many systems."""
    first: dict[str, str] = {}
    found = []
    for one in neighbours:
        other = first.setdefault(_alike(one.path), one.path)
        if other != one.path:
            message = f"its path is the same as that of {other} on many file systems: rename one of them"
            found.append(_problem(one.path, 1, "name-collides", message))
    return found


def _alike(path: str) -> str:
    """A path as systems compare it that tell neither case nor how letters are composed."""
    return (path if path.isascii() else normalize("NFC", path)).casefold()


def _same_email(neighbours: list[Neighbour]) -> list[Problem]:
    """Prospects that share an email address, told at each but the first."""
    first: dict[str, str] = {}
    found = []
    for one in neighbours:
        for email in one.emails:
            other = first.setdefault(email, one.path)
            if other != one.path:
                message = f"`{email}` is the address of {other} too: join the two notes if they are one person"
                found.append(_problem(one.path, one.email_line, "email-twice", message))
    return found
