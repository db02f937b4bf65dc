"""The one key that says what came of a touch, as ``followup today`` asks for it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from msgspec import Struct

from followup_md.model import Category, Due, Intent, Outcome
from followup_md.pages.columns import broken
from followup_md.pages.text import one_line
from followup_md.pages.today import Line, in_columns

ENTER = "\r"
#: What is said with an intent's key, one after the other.
INTENTS = (*Intent, None)


class Wish(Struct, frozen=True):
    """A touch as it is going to be logged; ``promised`` is the day that was said to them."""

    channel: str
    inbound: bool
    intent: Intent | None
    outcomes: tuple[Outcome, ...] = ()
    promised: date | None = None


class OutcomeKey(Struct, frozen=True):
    """A key, what it says in words, and the outcomes it stands for."""

    key: str
    words: str
    outcomes: tuple[Outcome, ...]


def proposed(due: Due) -> Wish:
    """The touch that is due, as it would be ticked; of a ``+`` round its first part."""
    channel = due.channels[0] if due.channels else "other"
    return Wish(channel, inbound=False, intent=due.intent)


def outcome_keys(wish: Wish, due: Due) -> tuple[OutcomeKey, ...]:
    """What can come of such a touch. Who books, declines or refers on the phone has picked it up."""
    if wish.inbound:
        return (_plain("they wrote"), *_said(()), OutcomeKey("o", "out of office", (Outcome.OOO,)), _BOUNCED)
    if wish.channel in ("meeting", "event"):
        agreed = due.category is Category.APPOINTMENT and wish.channel in due.channels
        took_place = OutcomeKey("h", "took place", (Outcome.HELD,))
        enter = OutcomeKey(ENTER, "took place", (Outcome.HELD,)) if agreed else _plain("just log it")
        return (
            enter,
            *(() if agreed else (took_place,)),
            *_said((Outcome.HELD,)),
            OutcomeKey("s", "no-show", (Outcome.NO_SHOW,)),
            OutcomeKey("c", "cancelled", (Outcome.CANCELLED,)),
        )
    if wish.channel in ("call", "voicemail"):
        called = wish.channel == "call"
        return (
            _plain("just log it"),
            OutcomeKey("a", "answered", (Outcome.ANSWERED,)),
            *(
                (OutcomeKey("n", "no answer", (Outcome.NO_ANSWER,)), OutcomeKey("v", "voicemail", (Outcome.VOICEMAIL,)))
                if called
                else ()
            ),
            *_said((Outcome.ANSWERED,)),
        )
    return (_plain("sent"), _BOUNCED)


def menu(wish: Wish, due: Due, columns: int) -> list[Line]:
    """What is going to be logged, what can come of it, and what can be different."""
    others = " + ".join(channel for channel in due.channels if channel != wish.channel) if due.together else ""
    ask = f"log {in_words(wish)}, with {one_line(due.prospect.name, 40)}" + (f"; {others} after that" if others else "")
    outcomes = [f"{'Enter' if one.key == ENTER else one.key} {one.words}" for one in outcome_keys(wish, due)]
    turned = ("t we wrote",) if wish.inbound else ("i other intent", "t they wrote")
    keys = (*outcomes, "w other channel", *turned, "p promised a day", "Esc back")
    return [Line(""), *(Line(line, "who") for line in broken(ask, columns)), *in_columns(keys, columns)]


def in_words(wish: Wish) -> str:
    """``email in`` or ``call, ask, back on 2026-05-20``."""
    channel = f"{wish.channel} in" if wish.inbound else wish.channel
    promised = f"back on {wish.promised.isoformat()}" if wish.promised else ""
    return ", ".join(part for part in (channel, wish.intent, promised) if part)


def next_intent(wish: Wish) -> Intent | None:
    """The intent that comes after this one; only what we send has one."""
    return None if wish.inbound else INTENTS[(INTENTS.index(wish.intent) + 1) % len(INTENTS)]


def key_of(pressed: str, keys: Iterable[OutcomeKey]) -> OutcomeKey | None:
    return next((one for one in keys if one.key == pressed), None)


def _plain(words: str) -> OutcomeKey:
    return OutcomeKey(ENTER, words, ())


def _said(with_it: tuple[Outcome, ...]) -> tuple[OutcomeKey, ...]:
    """What somebody may have said, and what is true then as well."""
    return (
        OutcomeKey("m", "meeting booked", (*with_it, Outcome.BOOKED)),
        OutcomeKey("d", "declined", (*with_it, Outcome.DECLINED)),
        OutcomeKey("r", "referral", (*with_it, Outcome.REFERRAL)),
    )


_BOUNCED = OutcomeKey("b", "bounced", (Outcome.BOUNCED,))
