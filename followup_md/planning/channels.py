"""By which channel (R8, R17), with value or an ask (R9), and with what (R10)."""

from __future__ import annotations

import re
from datetime import date
from fractions import Fraction
from functools import lru_cache
from operator import attrgetter

from msgspec import Struct

from followup_md.model import Content, Facts, Intent, Outcome, Prospect, Rules, Step

#: Where a step's channels cannot be used, or any will do: these, by the same preferences (R17).
FALLBACK = ("email", "call", "linkedin", "sms", "letter", "note")
#: How many of the newest value and ask touches the balance looks at (R9).
BALANCE = 10
_BALANCED = (Intent.VALUE, Intent.ASK)
#: What stands between two touches' words: no file is named so, hence no link is found across it.
_SEAM = "\0"


class Choice(Struct, frozen=True):
    """The channels of the next round; ``fell_back``: the step's own could not be used (R17)."""

    channels: tuple[str, ...]
    together: bool
    fell_back: bool


def unusable(channel: str, prospect: Prospect, facts: Facts, rules: Rules) -> str | None:
    """Why a channel cannot be used for this prospect, or None where it can."""
    if channel in prospect.avoid:
        return f"avoid: {channel}"
    needs = rules.needs(channel)
    if needs and not prospect.has(needs):
        return f"no {needs}"
    for touch in reversed(facts.touches):
        if touch.channel == channel:
            if touch.outcomes and Outcome.BOUNCED in touch.outcomes:
                where = f"{touch.path}:{touch.line}" if touch.path else f"line {touch.line}"
                return f"the last {channel} bounced ({where})"
            return None
    return None


def choose(step: Step, prospect: Prospect, facts: Facts, rules: Rules) -> Choice:
    """The channels of a step. Several usable ones of a ``+`` step go in one round."""
    listed = step.channels or FALLBACK
    usable = [channel for channel in listed if unusable(channel, prospect, facts, rules) is None]
    if step.together and usable:
        return Choice(tuple(usable), len(usable) > 1, False)
    if usable:
        return Choice((_preferred(usable, prospect, facts),), False, False)
    others = [channel for channel in FALLBACK if unusable(channel, prospect, facts, rules) is None]
    return Choice((_preferred(others, prospect, facts),) if others else (), False, True)


def _preferred(usable: list[str], prospect: Prospect, facts: Facts) -> str:
    """One of them: what they prefer, else the least recently used (never the last round's, if there is another), first listed."""
    if len(usable) == 1:
        return usable[0]
    for wished in prospect.prefers:
        if wished in usable:
            return wished
    last_used: dict[str, date] = {touch.channel: touch.date for touch in facts.touches if touch.outbound}
    return min(usable, key=lambda channel: last_used.get(channel, date.min))


def intent_of(step: Step, facts: Facts, rules: Rules) -> tuple[Intent, str]:
    """What the next touch is for, and why in a few words.

    ``any``: what brings the share of value nearest to ``value_share``. An ask turns into value
    where the share would fall below it, unless the step is pinned.
    """
    recent = [touch.intent for touch in facts.touches if touch.intent in _BALANCED][1 - BALANCE :]
    values = recent.count(Intent.VALUE)
    if_value, if_ask, wished = _shares(values, len(recent) + 1, rules.value_share)
    balance = f"{values} of the last {len(recent)} brought value" if recent else "nothing brought value yet"
    if step.intent is None:
        if abs(if_value - wished) <= abs(if_ask - wished):
            return Intent.VALUE, f"value: {balance}"
        return Intent.ASK, f"time to ask: {balance}"
    if step.intent is Intent.ASK and not step.pinned and if_ask < wished:
        return Intent.VALUE, f"value, not the step's ask: {balance}"
    return step.intent, ""


def _shares(values: int, touches: int, wished: Fraction) -> tuple[int, int, int]:
    """The share of value after one more, after an ask instead, and the wished one: in whole numbers, to compare exactly."""
    return (values + 1) * wished.denominator, values * wished.denominator, touches * wished.numerator


def best_content(prospect: Prospect, facts: Facts, rules: Rules) -> Content | None:
    """The piece of the library that shares most tags with them and was never sent; the newest first."""
    if not rules.library:
        return None
    said = _SEAM.join([text for touch in facts.touches for text in (touch.text, *touch.body)]).casefold()
    tags = _tags_of(rules.library).intersection(map(str.casefold, prospect.tags))
    for content in _ranked(rules.library, tags, facts.stage.name):
        if not _was_sent(content, said):
            return content
    return None


@lru_cache(maxsize=16)
def _tags_of(library: tuple[Content, ...]) -> frozenset[str]:
    return frozenset[str]().union(*(content.tags for content in library))


@lru_cache(maxsize=1024)
def _ranked(library: tuple[Content, ...], tags: frozenset[str], stage: str) -> tuple[Content, ...]:
    """The pieces for a stage: first those that share most tags, of these the newest; of one day, the first path's."""
    fitting = [content for content in library if not content.stages or stage in content.stages]
    fitting.sort(key=attrgetter("path"))
    fitting.sort(key=lambda content: (len(tags & content.tags), content.day or date.min), reverse=True)
    return tuple(fitting)


def _was_sent(content: Content, said: str) -> bool:
    """Whether a touch links the piece: by its name, its path or its address."""
    to = _link_to(content.title, content.url)
    if (to.title in said or to.escaped in said) and any(mark in said for mark in to.marks):
        return True
    return to.address != "" and to.address in said and re.search(to.whole_address, said) is not None


class _Link(Struct, frozen=True):
    """What a link to a piece has in it: its title, as it stands or escaped, in one of these marks; or its address, if it has one."""

    title: str
    escaped: str
    marks: tuple[str, ...]
    address: str
    whole_address: str


@lru_cache(maxsize=1024)
def _link_to(title: str, url: str | None) -> _Link:
    title, address = title.casefold(), (url or "").casefold()
    escaped = title.replace(" ", "%20")
    marks = (
        f"[[{title}]]",
        f"[[{title}|",
        f"[[{title}#",
        f"/{title}]]",
        f"/{title}|",
        f"/{title}.md",
        f"({escaped}.md",
        f"/{escaped}.md",
    )
    return _Link(title, escaped, marks, address, re.escape(address) + r"(?![\w/-])")
