"""The words of a touch: from what people write to channel, direction, outcomes and intent."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice

from msgspec import Struct

from followup_md.model import Channel, Intent, Outcome, Stage
from followup_md.reading.phrases import Phrases, holds_any

#: How many of a text's first words may name the channel, and how long a head may be.
HEAD_WORDS = 6

_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
_TAG = re.compile(r"#(?<![^\s(,;]#)([A-Za-z][\w/-]*)")
_BEFORE_PUNCTUATION = re.compile(r" (?=[.,;:!?)])")

_INBOUND = frozenset({"inbound", "incoming", "received", "reply", "replied"})
_INBOUND_PHRASES = (("from", "them"), ("they", "wrote"), ("they", "called"))
_THEY_DID = frozenset({"wrote", "called", "emailed", "mailed", "texted", "phoned", "rang", "replied", "answered"})
_OUTBOUND = frozenset({"out", "outbound", "outgoing"})
#: Words that turn a reply into ours, or into none: "no reply", "awaiting reply", "sent in reply".
_NOT_THEIR_REPLY = frozenset(
    {"no", "not", "never", "without", "yet", "i", "we", "my", "our", "sent", "awaiting", "waiting", "for", "in"}
    | {"hasn't", "haven't", "didn't", "hasn’t", "haven’t", "didn’t", "payment"}
)
_FILLERS = frozenset({"message", "msg", "sent", "touch"})
#: Words before a meeting that say it has not taken place by this touch: "asked for a meeting".
_NOT_YET_MET = frozenset(
    {"request", "requested", "requesting", "ask", "asked", "asking", "propose", "proposed", "proposing", "suggest"}
    | {"suggested", "offer", "offered", "try", "tried", "schedule", "scheduled", "scheduling", "book", "booked"}
    | {
        "confirm",
        "confirmed",
        "arrange",
        "arranged",
        "plan",
        "planned",
        "about",
        "after",
        "before",
        "re",
        "their",
        "on",
    }
)
_NOT_A_MEETING = frozenset({"notes", "request", "invite", "invitation", "agenda", "proposal", "link"})

_INTENTS = {intent.value: intent for intent in Intent}
_OUTCOMES = {outcome.value: outcome for outcome in Outcome}
_IN_ORDER = tuple(Outcome)
_OUTCOMES_TAGGED = _OUTCOMES | {"noshow": Outcome.NO_SHOW}

_OUTCOME_WORDS = {
    Outcome.NO_ANSWER: (
        "no answer",
        "no-answer",
        "did not pick up",
        "didn't pick up",
        "not picked up",
        "never picked up",
        "not answered",
        "never answered",
        "nobody answered",
        "no one answered",
        "unanswered",
        "left message",
        "left a message",
    ),
    Outcome.VOICEMAIL: ("voicemail", "voice mail", "vm"),
    Outcome.ANSWERED: ("spoke", "talked", "answered", "picked up", "discussed"),
    Outcome.BOUNCED: ("bounced", "undeliverable"),
    Outcome.OOO: ("out of office", "out-of-office", "ooo"),
    Outcome.NO_SHOW: ("no show", "no-show", "did not show", "didn't show", "never showed"),
    Outcome.CANCELLED: ("cancelled", "canceled"),
}
_WORDED = frozenset(_OUTCOME_WORDS)
_BARE_WORDS = (
    _INBOUND
    | _OUTBOUND
    | _FILLERS
    | {"in"}
    | {phrase for phrases in _OUTCOME_WORDS.values() for phrase in phrases if " " not in phrase}
)
_OUTCOME_OF = {phrase: outcome for outcome, phrases in _OUTCOME_WORDS.items() for phrase in phrases}
_OUTCOME_PHRASES = Phrases(_OUTCOME_OF)
_UNSPOKEN_PHRASES = Phrases(phrase for phrase, outcome in _OUTCOME_OF.items() if outcome is not Outcome.ANSWERED)
#: What turns a word for an answer into none: "to be discussed", "has not answered", "answered by voicemail".
_NEGATIONS = ("not", "never", "nobody", "no one", "as", "be", "n't")
_NEGATED_BEFORE = r"\b(?:" + "|".join(_NEGATIONS[:-1]) + r"|\w{1,8}n't)(?: \w{1,8})?$"  # compiled where needed
_NEGATED_BEHIND = re.compile(r" by (?:voicemail|machine)")
_SPOKEN = frozenset({"call", "voicemail", "sms"})

#: Outcomes that only a tag sets, since they change what happens next; the words only raise a hint.
_HINTS = {
    Outcome.BOOKED: ("booked a", "booked the", "meeting booked", "call booked", "demo booked"),
    Outcome.DECLINED: ("declined", "not interested", "said no", "no thanks", "went with another", "chose another"),
    Outcome.REFERRAL: ("referred me", "referred us", "gave me a name", "gave us a name"),
}
_HINT_OF = {phrase: outcome for outcome, phrases in _HINTS.items() for phrase in phrases}
_HINT_PHRASES = Phrases(_HINT_OF)


class Vocabulary(Struct, frozen=True, eq=False):
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
    """The vocabulary of those channels. A name beats a word; a later channel's word, an earlier one's."""
    meaning = {tuple(words_of(word)): channel.name for channel in channels for word in channel.words}
    meaning |= {tuple(words_of(channel.name)): channel.name for channel in channels}
    phrases: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for phrase, channel in sorted(meaning.items(), key=lambda item: -len(item[0])):
        if phrase:
            phrases.setdefault(phrase[0], []).append((phrase, channel))
    return Vocabulary({first: tuple(found) for first, found in phrases.items()})


def words_of(text: str, limit: int | None = None) -> list[str]:
    """The words of a text without regard to case; ``_`` counts as a blank, ``in-person`` is one word."""
    return [found[0].casefold() for found in islice(_WORD.finditer(text), limit)]


class Head(Struct, frozen=True):
    """What stands before a line's separator: its words as compared, and what they say.

    ``bare`` is true where they say channel and direction and nothing else, so that the text can
    do without them. ``other_words`` are those that do not name the channel.
    """

    plain: str
    channel: str | None
    inbound: bool
    bare: bool
    other_words: str


@lru_cache(maxsize=4096)
def read_head(written: str, known: Vocabulary) -> Head:
    """Read a head. People write the same few heads over and over, so they are remembered."""
    words = _with_direction(words_of(written), known)
    bare = _is_bare(words, known)
    inbound = any(_inbound_at(words, position) for position in range(len(words))) or (bare and "in" in words)
    channel = known.first_channel(words)
    others = " ".join(word for word in words if known.named(word) != channel)
    return Head(plain(written), channel, inbound, bare, others)


def _with_direction(words: list[str], known: Vocabulary) -> list[str]:
    """``email-in`` is two words where the first names a channel; ``check-in`` is one."""
    split: list[str] = []
    for word in words:
        first, dash, last = word.rpartition("-")
        split += [first, last] if dash and last in ("in", "out") and known.named(first) else [word]
    return split


def plain(text: str) -> str:
    """A text as heads are compared: no case, no emphasis, single blanks."""
    return " ".join(text.replace("*", "").replace("_", " ").casefold().split())


def _inbound_at(words: list[str], position: int) -> bool:
    """Whether the word there says that they wrote: ``reply``, but not ``no reply`` or ``sent a reply``."""
    if tuple(words[position : position + 2]) in _INBOUND_PHRASES:
        return True
    before = words[position - 1] if position else ""
    behind = words[position + 1] if position + 1 < len(words) else ""
    ours = before in _NOT_THEIR_REPLY or behind == "to" or (before == "a" and not {"sent", "for"}.isdisjoint(words))
    return words[position] in _INBOUND and not ours


def _is_bare(words: list[str], known: Vocabulary) -> bool:
    position = 0
    while position < len(words):
        if found := known.channel_at(words, position):
            position += found[1]
        elif words[position] in _BARE_WORDS:
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
        if words[position] not in known.phrases or words[position] == "other":
            continue
        named = known.channel_at(words, position)
        if named and (named[0] != "meeting" or not _not_yet_met(words, position, named[1])):
            return named[0]
    return "other"


def _not_yet_met(words: list[str], position: int, length: int) -> bool:
    """Whether the words around a meeting say that it was asked for or talked of, not held."""
    before, behind = words[max(0, position - 3) : position], words[position + length : position + length + 1]
    return not (_NOT_YET_MET.isdisjoint(before) and _NOT_A_MEETING.isdisjoint(behind))


def opens_inbound(text: str) -> bool:
    """Whether a text opens with what they did (they wrote, they called) or with ``received``."""
    if not text[:9].casefold().startswith(("they", "received")):
        return False
    first, second, *_ = [*words_of(text, 2), "", ""]
    return (first == "they" and second in _THEY_DID) or (first == "received" and second not in ("no", "nothing"))


class Tags(Struct, frozen=True):
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
        elif name in _OUTCOMES_TAGGED:
            outcomes.append(_OUTCOMES_TAGGED[name])
        else:
            return found[0]
        return ""

    rest = _TAG.sub(take, text)
    if intents or outcomes:
        rest = " ".join(filter(None, rest.split(" "))) if "  " in rest else rest
        rest = _BEFORE_PUNCTUATION.sub("", rest)
    return Tags(rest.strip(), tuple(intents), tuple(outcomes))


@lru_cache(maxsize=1024)
def tags_named(written: str) -> tuple[tuple[Intent, ...], tuple[Outcome, ...]] | None:
    """What tags and nothing else mean (``#ask #no-answer``); None where one is the user's own. They are few, so remembered."""
    tags = take_tags(written)
    return None if tags.text else (tags.intents, tags.outcomes)


def outcomes_of(text: str, tagged: tuple[Outcome, ...], channel: str) -> tuple[Outcome, ...]:
    """The outcomes: tags, and words where no tag says otherwise; each once, in a fixed order.

    That they answered is taken from words only of a channel where one speaks.
    """
    found = tagged
    if not tagged or _WORDED.isdisjoint(tagged):
        said = text.casefold().replace("’", "'").replace("_", " ")
        phrases = _OUTCOME_PHRASES if channel in _SPOKEN else _UNSPOKEN_PHRASES
        if matches := phrases.within(said):
            found += _outcomes_said(said, matches)
    return found if len(found) < 2 else tuple([outcome for outcome in _IN_ORDER if outcome in found])


def _outcomes_said(said: str, matches: list[re.Match[str]]) -> tuple[Outcome, ...]:
    """The outcomes that phrases found in a text mean there."""
    words = [_OUTCOME_OF[match[0]] for match in matches]
    if Outcome.NO_ANSWER in words or Outcome.VOICEMAIL in words:
        return tuple([word for word in words if word is not Outcome.ANSWERED])
    return tuple([word for word, match in zip(words, matches, strict=True) if not _is_negated(said, match)])


def _is_negated(said: str, match: re.Match[str]) -> bool:
    """Whether a word for an answer says that there was none."""
    if _OUTCOME_OF[match[0]] is not Outcome.ANSWERED:
        return False
    before = said[max(0, match.start() - 20) : match.start()].rstrip()
    negated = holds_any(before, _NEGATIONS) and re.search(_NEGATED_BEFORE, before) is not None
    return negated or _NEGATED_BEHIND.match(said, match.end()) is not None


def hinted(text: str, outcomes: tuple[Outcome, ...]) -> Outcome | None:
    """An outcome that only a tag can set, where the words seem to say it and the tag is missing."""
    found = _HINT_PHRASES.within(text.casefold().replace("’", "'"))
    outcome = _HINT_OF[found[0][0]] if found else None
    return None if outcome in outcomes else outcome


_THEIR_VERBS = ("wrote", "replied", "emailed", "mailed", "texted")
#: Each text that seems to be theirs holds one of these.
_THEIR_MARKS = (" from ", *_THEIR_VERBS)
_THEIRS = (
    r"\b(?:he|she|they)(?: \w{1,10})? (?:" + "|".join(_THEIR_VERBS) + r")\b|\bwrote back\b"
    r"|\b(?:e-?mail|mail|message|reply|letter|voicemail|call) from (?!the\b|my\b|our\b|home\b|here\b)\w"
)


def seems_theirs(text: str) -> bool:
    """Whether the words of a touch of ours seem to say that they wrote or called."""
    said = text.casefold()
    return holds_any(said, _THEIR_MARKS) and re.search(_THEIRS, said) is not None


#: Each text of which ``hinted`` or ``seems_theirs`` tells anything holds one of these.
_TELLING = (*_HINT_PHRASES.marks, *_THEIR_MARKS)


def may_say_more(text: str) -> bool:
    """Whether the words of a touch may say more than it is read as: a cheap look, true of all that do."""
    return holds_any(text.casefold(), _TELLING)


def stage_named(text: str, stages: tuple[Stage, ...]) -> Stage | None:
    """The stage that a text names as a whole: ``Proposal Sent``, ``closed_won``."""
    key = "-".join(text.casefold().replace("_", " ").replace("-", " ").split())
    for stage in stages:
        if key == stage.name or key in stage.words:
            return stage
    return None
