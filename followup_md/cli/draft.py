"""``followup draft``."""

from __future__ import annotations

import click

from followup_md.cli.session import Session, pass_session
from followup_md.days import count
from followup_md.errors import NotFound
from followup_md.model import Category, Due, Rules
from followup_md.pages.draft import Draft, draft, to_add
from followup_md.pages.listing import how
from followup_md.planning.channels import unusable

#: Some programs cut longer links.
_LONGEST_LINK = 2000


@click.command("draft")
@click.argument("prospect")
@click.option("--mailto", "as_link", is_flag=True, help="As a mailto: link, for a step by email.")
@click.option("--eml", "as_mail", is_flag=True, help="As a mail that your mail program opens for writing.")
@pass_session
def command(session: Session, prospect: str, as_link: bool, as_mail: bool) -> None:
    """Print the script of PROSPECT's next step, filled in with what the note says.

    With --eml it is a mail: `followup draft dana --eml > dana.eml`, then open the file. Nothing is sent.
    """
    if as_link and as_mail:
        raise click.UsageError("--mailto and --eml do not go together: a draft is printed in one form")
    day = session.open()
    found = session.find(day, prospect)
    due = day.touch_of(found)
    if due is None:
        raise NotFound(f"no script for {found.name}: nothing is due for them")
    made = script_of(due, day.vault.rules)
    if as_link or as_mail:
        _print_mail(session, due, made, day.vault.rules, as_link)
    else:
        _tell(session, due, made, day.vault.rules)
        click.echo(str(made))


def script_of(due: Due, rules: Rules) -> Draft:
    """The script of what is due. Raises ``NotFound`` where there is none."""
    if (made := draft(due, rules)) is not None:
        return made
    if due.category in (Category.REPLY_OWED, Category.APPOINTMENT):
        raise NotFound(f"no script for {due.prospect.name}, since this is theirs to hear: {due.why[0].text}")
    raise NotFound(f"no script for {due.prospect.name}: the step has none")


def _print_mail(session: Session, due: Due, made: Draft, rules: Rules, as_link: bool) -> None:
    """Print a draft as a mail or as a link. Raises ``NotFound`` where it is none by email, or there is no address."""
    from followup_md.pages.mail import mailto, message

    address = _address(due, rules)
    _tell(session, due, made, rules)
    _warn(session, due, made, address)
    if not as_link:
        click.echo(message(due.prospect.name, address, made), nl=False)
        return
    link = mailto(address, made)
    if len(link) > _LONGEST_LINK:
        session.say(f"the link has {count(len(link), 'character')}, and some programs cut one so long: take --eml")
    click.echo(link)


def _tell(session: Session, due: Due, made: Draft, rules: Rules) -> None:
    """Say which step it is, and what is missing in its script."""
    step = f"{due.position.cadence} {due.position.number}: " if due.position else ""
    session.say(f"{step}{how(due)}")
    for placeholder in made.missing:
        session.say(f"[{placeholder}?]: {to_add(placeholder, due, rules)}")


def _address(due: Due, rules: Rules) -> str:
    """Where the mail goes. Raises ``NotFound`` where the touch is none by email, or the note has no address."""
    from followup_md.pages.mail import address_of

    name, path, step = due.prospect.name, due.prospect.path, due.position.step if due.position else None
    wished = step is None or not step.channels or "email" in step.channels
    if not due.prospect.emails and (wished or not due.channels):
        raise NotFound(f"no mail for {name}: {path} has no address, so add `email: …` to its front matter")
    if "email" not in due.channels:
        blocked = unusable("email", due.prospect, due.facts, rules)
        raise NotFound(
            f"no mail for {name}: the next touch goes by {' + '.join(due.channels) or 'no channel'}"
            + (f", since email cannot be used ({blocked})" if blocked and (wished or not due.channels) else "")
            + "; without --eml and --mailto its script is printed"
        )
    if (address := address_of(due.prospect)) is None:
        line = due.prospect.line_of("email")
        raise NotFound(
            f"no mail for {name}: {path}:{line}: `email: {due.prospect.emails[0]}` is no address: write one such as dana@example.com"
        )
    return address


def _warn(session: Session, due: Due, made: Draft, address: str) -> None:
    """Say what is to be looked at before the mail is sent."""
    step = due.position.step if due.position else None
    if len(due.prospect.emails) > 1:
        session.say(f"to {address}, the first of {count(len(due.prospect.emails), 'address', 'addresses')}")
    if step and step.channels and "email" not in step.channels:
        session.say(f"this script was written for {' or '.join(step.channels)}: make a mail of it before you send it")
    if due.content and not due.content.url:
        session.say(f"{due.content.path} has no `url`: attach what it stands for")
    if not made.subject:
        session.say("the script has no subject: write one")
