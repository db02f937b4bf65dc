"""The words of a touch: from what people write to channel, direction, outcomes and intent."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from followup_md.model import Channel, Intent, Outcome, Stage

#: How many of a text's first words may name the channel, and how long a head may be.
HEAD_WORDS = 6

_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
_TAG = re.compile(r"(?<![^\s(,;])#([A-Za-z][\w/-]*)")

_INBOUND = frozenset({"inbound", "incoming", "received", "reply", "replied"})
_INBOUND_PHRASES = (("from", "them"), ("they", "wrote"), ("they", "called"))
_INBOUND_OPENINGS = (("received",), ("they", "wrote"), ("they", "called"))
_OUTBOUND = frozenset({"out", "outbound", "outgoing"})
_NOT_THEIR_REPLY = frozenset({"no", "without", "i", "we", "my", "our", "sent"})
_FILLERS = frozenset({"message", "msg", "sent", "touch"})

_INTENTS = {intent.value: intent for intent in Intent}
_OUTCOMES = {outcome.value: outcome for outcome in Outcome}

_OUTCOME_WORDS = {
    Outcome.NO_ANSWER: (
        "no answer",
        "did not pick up",
        "didn't pick up",
        "not answered",
        "left message",
        "left a message",
    ),
    Outcome.VOICEMAIL: ("voicemail", "voice mail", "vm"),
    Outcome.ANSWERED: ("spoke", "talked", "answered", "picked up", "discussed"),
    Outcome.BOUNCED: ("bounced", "undeliverable"),
    Outcome.OOO: ("out of office", "out-of-office", "ooo"),
    Outcome.NO_SHOW: ("no show", "no-show", "did not show", "didn't show"),
    Outcome.CANCELLED: ("cancelled", "canceled"),
}
_OUTCOME_OF = {phrase: outcome for outcome, phrases in _OUTCOME_WORDS.items() for phrase in phrases}
_OUTCOME_WORD = re.compile(
    r"(?<![\w-])(?:" + "|".join(sorted(map(re.escape, _OUTCOME_OF), key=len, reverse=True)) + r")(?![\w-])"
)
_SPOKEN = frozenset({"call", "voicemail", "sms"})

#: Outcomes that only a tag sets, since they change what happens next; the words only raise a hint.
_HINTS = {
    Outcome.BOOKED: ("booked a", "booked the", "meeting booked", "call booked", "demo booked"),
    Outcome.DECLINED: ("declined", "not interested", "said no", "no thanks", "went with another", "chose another"),
    Outcome.REFERRAL: ("referred me", "referred us", "gave me a name", "gave us a name"),
}
_HINT_OF = {phrase: outcome for outcome, phrases in _HINTS.items() for phrase in phrases}
_HINT_WORD = re.compile(r"(?<![\w-])(?:" + "|".join(map(re.escape, _HINT_OF)) + r")(?![\w-])")


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary:
    """The words that mean a channel: ``(words, channel)`` by their first word, longest first."""

    phrases: dict[str, tuple[tuple[tuple[str, ...], str], ...]]

    def channel_at(self, words: list[str], position: int) -> tuple[str, int] | None:
        """The channel named at that word, and how many words name it."""
        for phrase, channel in self.phrases.get(words[position], ()):
            if tuple(words[position : position + len(phrase)]) == phrase:
                return channel, len(phrase)
        return None

    def first_channel(self, words: list[str]) -> str | None:
        """The channel named earliest."""
        for position in range(len(words)):
            if found := self.channel_at(words, position):
                return found[0]
        return None

    def named(self, text: str) -> str | None:
        """The channel that a text names as a whole (``prefers: phone``)."""
        words = words_of(text)
        found = self.channel_at(words, 0) if words else None
        return found[0] if found and found[1] == len(words) else None


@lru_cache(maxsize=8)
def vocabulary(channels: tuple[Channel, ...]) -> Vocabulary:
    """The vocabulary of those channels. A word of a later channel beats the same of an earlier one."""
    meaning = {tuple(words_of(word)): channel.name for channel in channels for word in (channel.name, *channel.words)}
    phrases: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for phrase, channel in sorted(meaning.items(), key=lambda item: -len(item[0])):
        if phrase:
            phrases.setdefault(phrase[0], []).append((phrase, channel))
    return Vocabulary({first: tuple(found) for first, found in phrases.items()})


def words_of(text: str, limit: int | None = None) -> list[str]:
    """The words of a text without regard to case; ``_`` counts as a blank, ``in-person`` is one word."""
    words = []
    for found in _WORD.finditer(text):
        words.append(found[0].casefold())
        if len(words) == limit:
            break
    return words


@dataclass(frozen=True, slots=True)
class Head:
    """What stands before a line's separator: its words as compared, and what they say.

    ``bare`` is true where they say channel and direction and nothing else, so that the text can
    do without them.
    """

    plain: str
    channel: str | None
    inbound: bool
    bare: bool


@lru_cache(maxsize=4096)
def read_head(written: str, known: Vocabulary) -> Head:
    """Read a head. People write the same few heads over and over, so they are remembered."""
    words = words_of(written)
    bare = _is_bare(words, known)
    inbound = any(_inbound_at(words, position) for position in range(len(words))) or (bare and "in" in words)
    return Head(plain(written), known.first_channel(words), inbound, bare)


def plain(text: str) -> str:
    """A text as heads are compared: no case, no emphasis, single blanks."""
    return " ".join(text.replace("*", "").replace("_", " ").casefold().split())


def _inbound_at(words: list[str], position: int) -> bool:
    """Whether the word there says that they wrote: ``reply``, but not ``no reply`` or ``sent a reply``."""
    if tuple(words[position : position + 2]) in _INBOUND_PHRASES:
        return True
    before = words[position - 1] if position else ""
    ours = before in _NOT_THEIR_REPLY or (before == "a" and "sent" in words)
    return words[position] in _INBOUND and not ours


def _is_bare(words: list[str], known: Vocabulary) -> bool:
    position = 0
    while position < len(words):
        if found := known.channel_at(words, position):
            position += found[1]
        elif words[position] == "in" or words[position] in _INBOUND | _OUTBOUND | _FILLERS:
            position += 1
        elif tuple(words[position : position + 2]) in _INBOUND_PHRASES:
            position += 2
        else:
            return False
    return bool(words)


def channel_in(text: str, known: Vocabulary) -> str:
    """The channel named earliest among a text's first six words, else ``other``."""
    words = words_of(text, HEAD_WORDS + 3)
    for position in range(min(len(words), HEAD_WORDS)):
        named = known.channel_at(words, position)
        if named and words[position] != "other":
            return named[0]
    return "other"


def opens_inbound(text: str) -> bool:
    """Whether a text opens with they wrote, they called or received."""
    if not text[:9].casefold().startswith(("they", "received")):
        return False
    opening = tuple(words_of(text, 2))
    return opening in _INBOUND_OPENINGS or opening[:1] in _INBOUND_OPENINGS


@dataclass(frozen=True, slots=True)
class Tags:
    """The tags of a line that mean something here, and the line without them."""

    text: str
    intents: tuple[Intent, ...]
    outcomes: tuple[Outcome, ...]


def take_tags(text: str) -> Tags:
    """Find ``#value``, ``#no-answer`` and their like; other tags are the user's own and stay."""
    if "#" not in text:
        return Tags(text, (), ())
    intents, outcomes = [], []

    def take(found: re.Match[str]) -> str:
        name = found[1].casefold()
        if name in _INTENTS:
            intents.append(_INTENTS[name])
        elif name in _OUTCOMES:
            outcomes.append(_OUTCOMES[name])
        else:
            return found[0]
        return ""

    rest = _TAG.sub(take, text)
    if intents or outcomes:
        rest = " ".join(rest.split(" ")) if "  " not in rest else " ".join(part for part in rest.split(" ") if part)
    return Tags(rest.strip(), tuple(intents), tuple(outcomes))


def outcomes_of(text: str, tagged: tuple[Outcome, ...], channel: str) -> tuple[Outcome, ...]:
    """The outcomes: tags, and words where no tag says otherwise; each once, in a fixed order."""
    found = set(tagged)
    if not found & _OUTCOME_WORDS.keys():
        found |= {
            outcome
            for match in _OUTCOME_WORD.finditer(text.casefold())
            if (outcome := _OUTCOME_OF[match[0]]) is not Outcome.ANSWERED or channel in _SPOKEN
        }
    return tuple(outcome for outcome in Outcome if outcome in found) if found else ()


def hinted(text: str, outcomes: tuple[Outcome, ...]) -> Outcome | None:
    """An outcome that only a tag can set, where the words seem to say it and the tag is missing."""
    found = _HINT_WORD.search(text.casefold())
    outcome = _HINT_OF[found[0]] if found else None
    return None if outcome in outcomes else outcome


def stage_named(text: str, stages: tuple[Stage, ...]) -> Stage | None:
    """The stage that a text names as a whole: ``Proposal Sent``, ``closed_won``."""
    key = "-".join(text.casefold().replace("_", " ").replace("-", " ").split())
    for stage in stages:
        if key == stage.name or key in stage.words:
            return stage
    return None
