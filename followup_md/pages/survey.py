"""What `init` found in a folder of notes, for a terminal: what each thing would be read as, and what is proposed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from followup_md.days import count
from followup_md.model import Candidate, KeyFound, LogFound, Problem, Prospect, Severity, StageFound, Survey, Touch
from followup_md.pages.listing import problem_line
from followup_md.pages.text import one_line, safe

#: So many of a kind are named; of more, the number is told.
MOST = 8


def survey_text(
    found: Survey, prospects: Sequence[Prospect], problems: Sequence[Problem], settings: str, own_settings: bool
) -> str:
    """What was found, what would be read, and the settings that are proposed. ``own_settings``: the vault has some."""
    read = {prospect.path for prospect in prospects}
    proposed = "What would be proposed if there were none" if own_settings else "The followup.toml that is proposed"
    parts = [
        _candidates(found.candidates),
        _others(found),
        _keys(found.keys),
        _logs(found.logs),
        _stages(found.stages),
        _interactions(found, prospects),
        _reading(found, prospects, own_settings),
        _unread(found, read),
        _problems(problems),
        [proposed, *(f"  {safe(line)}".rstrip() for line in settings.rstrip().split("\n"))],
    ]
    return "\n\n".join("\n".join(part) for part in parts if part)


def _candidates(candidates: Sequence[Candidate]) -> list[str]:
    """The notes that look like prospects, by folder, with what made them look so."""
    if not candidates:
        return [
            "No note looks like a prospect. One has a type or tag of a person, an address, or lies in such a folder."
        ]
    folders: dict[str, list[Candidate]] = {}
    for one in candidates:
        folders.setdefault(one.path.rpartition("/")[0], []).append(one)
    lines = [count(len(candidates), "note looks like a prospect", "notes look like prospects")]
    ordered = sorted(folders.items(), key=lambda item: (-len(item[1]), item[0]))
    for folder, inside in ordered[:MOST]:
        lines.append(f"  {safe(folder) + '/' if folder else 'at the top'}: {count(len(inside), 'note')}")
        lines.append(f"    {_reasons(inside)}")
    return lines + _more(ordered, "folder")


def _reasons(inside: Sequence[Candidate]) -> str:
    """Why, with how many notes it holds for: ``type person (36), email (20), dated lines (12)``."""
    said: Counter[str] = Counter()
    for one in inside:
        for reason in one.why:
            if reason.startswith("fields "):
                said.update(reason.removeprefix("fields ").split(", "))
            else:
                said[reason.partition(" (")[0]] += 1
    return one_line(", ".join(f"{reason} ({number})" for reason, number in said.most_common(6)), 200)


def _others(found: Survey) -> list[str]:
    if not found.others:
        return []
    lines = ["The others do not"]
    for one in found.others[: 2 * MOST]:
        lines.append(f"  {len(one.paths):>5}  {safe(one.reason)}")
        lines.append(f"         {one_line(one.paths[0], 60)}" + (", …" if len(one.paths) > 1 else ""))
    return lines + _more(found.others, "reason", 2 * MOST)


def _keys(keys: Sequence[KeyFound]) -> list[str]:
    """Each field with the keys that mean it, and the keys that mean none."""
    if not keys:
        return []
    lines = ["Their keys, and what they are read as"]
    fields: dict[str, list[KeyFound]] = {}
    for key in keys:
        if key.field:
            fields.setdefault(key.field, []).append(key)
    for field, meant in fields.items():
        written = ", ".join(f"{safe(key.key)} ({key.notes}{', proposed' if key.proposed else ''})" for key in meant)
        lines.append(f"  {field:<14}  {written}")
    lines += [f"  {safe(key.key)} is not read: {safe(key.why_not)}" for key in keys if key.why_not]
    if own := [safe(key.key) for key in keys if not key.field and not key.why_not]:
        more = f" and {len(own) - 2 * MOST} more" if len(own) > 2 * MOST else ""
        lines.append(f"  your own, left alone: {', '.join(own[: 2 * MOST])}{more}")
    return lines


def _logs(logs: Sequence[LogFound]) -> list[str]:
    if not logs:
        return []
    lines = ["Their dated lines"]
    for log in logs[: 2 * MOST]:
        what = f"{count(log.read + log.unread, log.shape)} in {count(log.notes, 'note')}"
        heading = f"“{one_line(log.heading, 40)}”" if log.heading else "under no heading"
        if log.known or log.proposed:
            verdict = "read as touches" + (" (heading proposed)" if log.proposed else "")
            verdict += f", but {log.unread} not" if log.unread else ""
        elif log.heading:
            verdict = "not read: add the heading to [log] if these are touches"
        else:
            verdict = "not read: put a heading such as “## Touches” above them"
        lines.append(f"  {heading}: {what}: {verdict}")
    return lines + _more(logs, "heading", 2 * MOST)


def _stages(stages: Sequence[StageFound]) -> list[str]:
    if not stages:
        return []
    lines = ["Their stages, and what they would mean"]
    for stage in stages[: 2 * MOST]:
        meant = stage.stage or "no stage: planned as contacted, and reported"
        proposed = "  (proposed)" if stage.proposed else ""
        lines.append(f"  {one_line(stage.written, 30)} → {meant}  {count(stage.notes, 'note')}{proposed}")
    return lines + _more(stages, "value", 2 * MOST)


def _interactions(found: Survey, prospects: Iterable[Prospect]) -> list[str]:
    if not found.interactions:
        return []
    told = {entry.path for prospect in prospects for entry in prospect.log if entry.path}
    lines = [
        f"Meetings and calls that are notes of their own, with people in them: {len(found.interactions)}",
        f"  {len(told)} read as touches of the prospects they link",
    ]
    if rest := len(found.interactions) - len(told):
        reasons = "they link no prospect, have no date, or a line of a log links them and counts instead"
        lines.append(f"  {rest} not: {reasons}")
    return lines


def _reading(found: Survey, prospects: Sequence[Prospect], own_settings: bool) -> list[str]:
    """What the tool says when it reads the vault."""
    touches = [entry for prospect in prospects for entry in prospect.log if isinstance(entry, Touch)]
    channels = Counter(touch.channel for touch in touches)
    by_channel = ", ".join(f"{channel} {number}" for channel, number in channels.most_common())
    with_what = "With the followup.toml that is there" if own_settings else "With what is proposed below"
    lines = [f"{with_what}, it reads {count(len(prospects), 'prospect')} and {count(len(touches), 'touch', 'touches')}"]
    return lines + ([f"  {safe(by_channel)}"] if touches else [])


def _unread(found: Survey, read: set[str]) -> list[str]:
    """Where what looks like a prospect and what is read as one differ."""
    looking = {one.path for one in found.candidates}
    lines = []
    for paths, what in (
        (sorted(looking - read), "look like prospects, and would not be read: give them `type: prospect`"),
        (
            sorted(read - looking),
            "would be read, and do not look like prospects: give them another `type`, or move them",
        ),
    ):
        if paths:
            lines.append(f"  {what} ({len(paths)})")
            lines += [f"    {safe(path)}" for path in paths[:MOST]] + _more(paths, "note")
    return ["What does not fit", *lines] if lines else []


def _problems(problems: Sequence[Problem]) -> list[str]:
    wrong = [one for one in problems if one.severity is not Severity.INFO]
    if not wrong:
        return []
    lines = [f"{count(len(wrong), 'problem')}; `followup check` will list them all"]
    return lines + [f"  {problem_line(one)}" for one in wrong[:MOST]] + _more(wrong, "problem")


def _more(things: Sequence[object], what: str, most: int = MOST) -> list[str]:
    return [f"  and {count(len(things) - most, f'more {what}')}"] if len(things) > most else []
