"""What prospects need to know of each other: a colleague's answer, who decides, shared addresses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date

from msgspec import Struct

from followup_md.folding import folded
from followup_md.model import CompanyAnswer, Prospect, Touch
from followup_md.planning.facts import is_agreed_on


class Answered(Struct, frozen=True, array_like=True):
    """An answer of theirs: when, and where it stands. ``agreed_on``: it took place only once its day is over."""

    date: date
    place: str
    agreed_on: bool


class Neighbour(Struct, frozen=True, array_like=True):
    """What others need to know of a prospect. ``company`` is as companies are compared; empty where there is none.

    ``answers`` are theirs, from the oldest to the newest, if there is a company that they may speak for. ``emails`` are
    as addresses are compared.
    """

    path: str
    name: str
    aliases: tuple[str, ...]
    company: str
    answers: tuple[Answered, ...]
    decides: bool
    emails: tuple[str, ...]
    email_line: int
    timezone: str | None
    timezone_line: int


class Around(Struct, frozen=True, array_like=True):
    """What others say that bears on a prospect: the newest answer at their company, whether one there decides."""

    company_answer: CompanyAnswer | None = None
    decider_known: bool = False


NOBODY = Around()


def neighbour_of(prospect: Prospect) -> Neighbour:
    """What others need to know of a prospect."""
    company = company_key(prospect)
    answers = [
        Answered(entry.date, prospect.place_of(entry), is_agreed_on(entry))
        for entry in (prospect.log if company else ())
        if isinstance(entry, Touch) and entry.answer
    ]
    return Neighbour(
        prospect.path,
        prospect.name,
        prospect.aliases,
        company,
        tuple(answers),
        prospect.decision_maker is True,
        tuple(dict.fromkeys(map(str.casefold, prospect.emails))),
        prospect.line_of("email") if prospect.emails else 1,
        prospect.timezone,
        prospect.line_of("timezone") if prospect.timezone else 1,
    )


def surroundings(neighbours: Sequence[Neighbour], today: date) -> list[Around]:
    """What bears on each of them, in their order. Who is alone at a company has nobody's answer but their own."""
    many = Counter(one.company for one in neighbours)
    answers = _company_answers((one for one in neighbours if many[one.company] > 1), today)
    deciders = {one.company for one in neighbours if one.decides} - {""}
    around = {company: Around(answers.get(company), company in deciders) for company in answers.keys() | deciders}
    return [around.get(one.company, NOBODY) for one in neighbours]


def newest_answer(one: Neighbour, today: date) -> CompanyAnswer | None:
    """What they say for their company: their newest answer; None where there is no answer, or no company."""
    behind = (
        past for past in reversed(one.answers) if past.date < today or (past.date == today and not past.agreed_on)
    )
    answer = next(behind, None)
    return CompanyAnswer(one.path, one.name, answer.date, answer.place) if answer else None


def _company_answers(neighbours: Iterable[Neighbour], today: date) -> dict[str, CompanyAnswer]:
    """The newest answer at each company; of two on one day, the first path's."""
    newest: dict[str, CompanyAnswer] = {}
    for one in neighbours:
        answer = newest_answer(one, today)
        known = newest.get(one.company)
        if answer and (known is None or (known.date, one.path) < (answer.date, known.path)):
            newest[one.company] = answer
    return newest


def company_key(prospect: Prospect) -> str:
    """What two prospects of one company have in common."""
    return folded(prospect.company) if prospect.company else ""
