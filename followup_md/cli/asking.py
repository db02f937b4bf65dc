"""Asking what came of a touch: a key for the outcome, others for what is to be different, and the words."""

from __future__ import annotations

import click
from msgspec.structs import replace

from followup_md.cli.arguments import channel_of, when
from followup_md.cli.terminal import ESCAPE, NO_MORE, key, show, size, tell, typed
from followup_md.editing.log import touch_head
from followup_md.editing.ticks import as_planned
from followup_md.model import AddEntry, Due
from followup_md.pages.text import one_line
from followup_md.pages.touch_keys import Wish, key_of, menu, next_intent, outcome_keys, proposed
from followup_md.reading.words import take_tags
from followup_md.vault.day import Day


def ask_touch(due: Due, day: Day) -> AddEntry | None:
    """The entry of the touch that the user says was made; None where they went back."""
    try:
        wish = _asked(due, day)
    except KeyboardInterrupt:
        return None
    text = None if wish is None else _words(wish, due)
    if wish is None or text is None:
        return None
    intent = None if take_tags(text).intents else wish.intent
    return AddEntry(
        day=day.today,
        head=touch_head(wish.channel, wish.inbound),
        text=text,
        tags=(*([intent.value] if intent else []), *wish.outcomes),
        next=wish.promised,
    )


def _asked(due: Due, day: Day) -> Wish | None:
    wish = proposed(due) if due.channels else _by_another_channel(Wish("other", False, due.intent), day)
    while True:
        known = outcome_keys(wish, due)
        show(menu(wish, due, size()[0]))
        pressed = key()
        if chosen := key_of(pressed, known):
            return replace(wish, outcomes=chosen.outcomes)
        if pressed in ("q", ESCAPE, NO_MORE):
            return None
        match pressed:
            case "w":
                wish = _by_another_channel(wish, day)
            case "i":
                wish = replace(wish, intent=next_intent(wish))
            case "t":
                wish = replace(wish, inbound=not wish.inbound, intent=due.intent if wish.inbound else None)
            case "p":
                wish = _promised(wish, day)


def _by_another_channel(wish: Wish, day: Day) -> Wish:
    while text := typed(f"By which channel? {', '.join(one.name for one in day.vault.rules.channels)}"):
        try:
            return replace(wish, channel=channel_of(text, day.vault.rules))
        except click.UsageError as error:
            tell(error.message)
    return wish


def _promised(wish: Wish, day: Day) -> Wish:
    while text := typed("When did you say you would be back? (2w, mon, 1 dec)"):
        try:
            return replace(wish, promised=when(text, day, "the day"))
        except click.UsageError as error:
            tell(error.message)
    return replace(wish, promised=None)


def _words(wish: Wish, due: Due) -> str | None:
    """What it was about; None where the user went back."""
    if wish.inbound:
        return typed("What did they say?") or None
    text = typed(f"What was it about? Enter: {one_line(as_planned(due), 50)}")
    return as_planned(due) if text == "" else text
