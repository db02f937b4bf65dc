"""``draft``: the script filled in, as text, as a ``mailto:`` link, and as a mail that a mail program opens."""

from __future__ import annotations

from email import message_from_bytes
from email.header import decode_header, make_header
from email.utils import getaddresses
from urllib.parse import parse_qsl, urlsplit

import pytest
from conftest import EXAMPLE, Folder
from hypothesis import given
from hypothesis import strategies as st

from followup_md.model import Prospect
from followup_md.pages.draft import Draft
from followup_md.pages.mail import address_of, mailto, message
from followup_md.pages.text import one_line, safe

FAIR = """---
type: cadence
steps:
  - {wait: 1d, do: email, intent: value}
repeat: 1
---
## 1
Subject: For {{ company }}

Dear {{ first_name }},

{{ pain }}? Here is {{ content }}.

{{ my_name }}
"""
DANA = "---\nname: Dana Okafor\ncadence: fair\nemail: d@x.example\ncompany: Müller & Co\npain: 40 % too slow\n---\n"
PIECE = "---\ntype: content\nurl: https://example.org/a?b=c&d\n---\nFor my eyes only.\n"


@pytest.fixture
def fair(vault: Folder) -> Folder:
    """A vault with a cadence of one email, a piece of the library, and Dana."""
    vault.write("followup.toml", 'my_name = "Kim Lee"\n')
    vault.write("Cadences/fair.md", FAIR)
    vault.write("Library/Ten questions.md", PIECE)
    vault.write("Prospects/Dana.md", DANA)
    return vault


def test_as_text(fair: Folder) -> None:
    result = fair.followup("draft", "dana")
    assert result.err == "fair 1: email, value\n"
    assert result.out == (
        "Subject: For Müller & Co\n\nDear Dana,\n\n"
        "40 % too slow? Here is Ten questions (https://example.org/a?b=c&d).\n\nKim Lee\n"
    )


def test_as_a_link(fair: Folder) -> None:
    assert fair.followup("draft", "dana", "--mailto").out == (
        "mailto:d@x.example?subject=For%20M%C3%BCller%20%26%20Co&body=Dear%20Dana%2C%0D%0A%0D%0A"
        "40%20%25%20too%20slow%3F%20Here%20is%20Ten%20questions%20%28https%3A%2F%2Fexample.org%2Fa%3Fb%3Dc%26d%29."
        "%0D%0A%0D%0AKim%20Lee\n"
    )


def test_as_a_mail(fair: Folder) -> None:
    assert fair.followup("draft", "dana", "--eml").out.split("\n") == [
        "X-Unsent: 1\r",
        'To: "Dana Okafor" <d@x.example>\r',
        "Subject: =?utf-8?q?For_M=C3=BCller_=26_Co?=\r",
        "MIME-Version: 1.0\r",
        'Content-Type: text/plain; charset="utf-8"\r',
        "Content-Transfer-Encoding: quoted-printable\r",
        "\r",
        "Dear Dana,\r",
        "\r",
        "40 % too slow? Here is Ten questions (https://example.org/a?b=3Dc&d).\r",
        "\r",
        "Kim Lee\r",
        "",
    ]


TEXTS = st.text(max_size=80) | st.text(alphabet="äß漢🎉 ,;:<>@\"'()\\.=?_\n\r\tabc", max_size=200)


@given(TEXTS, TEXTS, TEXTS, st.sampled_from(("d@x.example", "a.b+c%d@x-y.example")))
def test_a_mail_is_read_back_as_it_was_written(name: str, subject: str, text: str, address: str) -> None:
    draft = Draft(safe(" ".join(subject.split())), "\n".join(map(safe, text.split("\n"))), ())
    mail = message(name, address, draft)
    assert b"\n" not in mail.replace(b"\r\n", b"") and max(map(len, mail.split(b"\r\n"))) <= 998
    read = message_from_bytes(mail)
    subjects = ["Subject"] if draft.subject else []
    assert read.keys() == [*("X-Unsent", "To", *subjects, "MIME-Version", "Content-Type", "Content-Transfer-Encoding")]
    ((phrase, to),) = getaddresses([read["To"].replace("\r\n", "")])
    assert (str(make_header(decode_header(phrase))), to) == (one_line(name), address)
    assert str(make_header(decode_header((read["Subject"] or "").replace("\r\n", "")))) == draft.subject
    body = read.get_payload(decode=True)
    assert isinstance(body, bytes) and body.decode() == f"{draft.mail}\n".replace("\n", "\r\n")


@given(TEXTS, TEXTS, st.sampled_from(("d@x.example", "jörg&cc=e@x.example", "a?b+c%d@x-y.example")))
def test_a_link_holds_one_address_a_subject_and_a_body(subject: str, text: str, address: str) -> None:
    draft = Draft(safe(" ".join(subject.split())), "\n".join(map(safe, text.split("\n"))), ())
    link = urlsplit(mailto(address, draft))
    assert link.scheme == "mailto" and not link.fragment and link.geturl().isascii()
    fields = parse_qsl(link.query.replace("+", "%2B"), keep_blank_values=True, strict_parsing=True)
    wanted = [("subject", draft.subject)] if draft.subject else []
    assert fields == [*wanted, ("body", draft.mail.replace("\n", "\r\n"))]


@pytest.mark.parametrize(
    ("written", "address"),
    [
        (("d@x.example",), "d@x.example"),
        (("Dana Okafor <d@x.example>",), "d@x.example"),
        (("mailto:d@x.example?cc=e@y.example",), "d@x.example"),
        (("d@x.example, e@y.example",), "d@x.example"),
        (("work", "e@y.example"), "e@y.example"),
        (("a.b+c'd_e@mail.x-y.example",), "a.b+c'd_e@mail.x-y.example"),
        (("jörg@müßig.example",), "jörg@müßig.example"),
        (("d@x.example\nBcc: e@y.example",), "d@x.example"),
        (("d@x.example\rBcc: e@y.example",), "d@x.example"),
        (("d\u202e@x.example",), None),
        (("d@x@y.example",), None),
        (("dana at x.example",), None),
        (("@x.example",), None),
        ((".d@x.example",), None),
        (("d@",), None),
        (("@" * 60_000,), None),
        (("a." * 30_000,), None),
        ((), None),
    ],
)
def test_addresses(written: tuple[str, ...], address: str | None) -> None:
    assert address_of(Prospect("Dana.md", "Dana", emails=written)) == address


def test_nothing_in_a_note_adds_a_header_or_an_address(fair: Folder) -> None:
    fair.write(
        "Prospects/Dana.md",
        '---\nname: "Dana\\r\\nBcc: e@y.example"\ncadence: fair\nemail: "d@x.example\\nCc: e@y.example"\n'
        'company: "Co\\r\\n\\r\\nX-Evil: 1 &cc=e@y.example"\npain: "<e@y.example>\\u202e"\n---\n',
    )
    mail = message_from_bytes(fair.followup("draft", "dana", "--eml").out.encode())
    assert mail.keys() == [*("X-Unsent", "To", "Subject", "MIME-Version", "Content-Type", "Content-Transfer-Encoding")]
    assert [address for _, address in getaddresses([mail["To"]])] == ["d@x.example"]
    assert mail["Subject"] == "For Co X-Evil: 1 &cc=e@y.example"
    body = mail.get_payload(decode=True)
    assert isinstance(body, bytes) and b"<e@y.example>\\u202e?" in body
    link = urlsplit(fair.followup("draft", "dana", "--mailto").out.strip())
    assert [key for key, _ in parse_qsl(link.query)] == ["subject", "body"] and link.path == "d@x.example"


@pytest.mark.parametrize("form", ["--eml", "--mailto"])
@pytest.mark.parametrize(
    ("front", "log", "code", "message"),
    [
        ("", "", 3, "no mail for Dana: Prospects/Dana.md has no address, so add `email: …` to its front matter"),
        ("email: unknown", "", 3, "Prospects/Dana.md:2: `email: unknown` is no address: write one such as"),
        ("email: d@x.example\nphone: 1", "- 2026-11-16 email: a", 3, "the next touch goes by call; without --eml"),
        (
            "email: d@x.example\navoid: email\naddress: x",
            "",
            3,
            "the next touch goes by letter, since email cannot be used (avoid: email); without",
        ),
        ("email: d@x.example", "- 2026-11-16 email in: prices?", 3, "no script for Dana, since this is theirs to hear"),
        ("email: [d@x.example, e@x.example]", "", 0, "to d@x.example, the first of 2 addresses"),
        ("email: d@x.example", "- 2026-11-16 email: a", 0, "this script was written for call: make a mail of it"),
        ("email: d@x.example", "- 2026-11-16 email: a", 0, "the script has no subject: write one"),
    ],
)
def test_what_is_said_of_a_mail(vault: Folder, form: str, front: str, log: str, code: int, message: str) -> None:
    vault.write("Prospects/Dana.md", f"---\n{front}\n---\n## Log\n{log}\n")
    result = vault.followup("draft", "dana", form)
    assert (result.code, message in result.err, bool(result.out)) == (code, True, code == 0), result.err


def test_a_long_subject_is_cut_and_no_line_is_too_long_for_a_mail(fair: Folder) -> None:
    fair.write("Prospects/Dana.md", DANA.replace("Müller & Co", "x" * 5000).replace("40 %", "y" * 5000))
    result = fair.followup("draft", "dana", "--eml")
    mail = message_from_bytes(result.out.encode())
    assert str(make_header(decode_header(mail["Subject"].replace("\r\n", "")))) == f"For {'x' * 195}…"
    assert max(map(len, result.out.split("\n"))) < 998
    assert "y" * 5000 in str(mail.get_payload(decode=True))


def test_a_draft_has_one_form(vault: Folder) -> None:
    vault.write("Prospects/Dana.md", DANA)
    assert vault.followup("draft", "dana", "--eml", "--mailto").code == 2


def test_a_link_that_some_programs_cut_is_told(fair: Folder) -> None:
    fair.write("Prospects/Dana.md", DANA.replace("too slow", "too slow " * 200))
    assert "some programs cut one so long: take --eml" in fair.followup("draft", "dana", "--mailto").err


def test_what_is_missing_is_told_with_what_to_add(fair: Folder) -> None:
    (fair.root / "Library/Ten questions.md").unlink()
    fair.write("followup.toml", "")
    fair.write("Cadences/fair.md", FAIR + "{{ last_said }}\n")
    fair.write("Prospects/Dana.md", "---\nname: Dana\ncadence: fair\nemail: d@x.example\npain: '...'\n---\n")
    result = fair.followup("draft", "dana")
    assert (
        result.out
        == "Subject: For [company?]\n\nDear Dana,\n\n[pain?]? Here is [content?].\n\n[my_name?]\n[last_said?]\n"
    )
    assert result.err.split("\n") == [
        "fair 1: email, value",
        "[company?]: add `company: …` to the front matter of Prospects/Dana.md",
        "[pain?]: add `pain: …` to the front matter of Prospects/Dana.md",
        "[content?]: the library has nothing for lead that they were not sent: add a note with `type: content` to Library/",
        '[my_name?]: add `my_name = "…"` to followup.toml',
        "[last_said?]: nothing of theirs is in the log of Prospects/Dana.md: add `- YYYY-MM-DD email in: …` there",
        "",
    ]
    assert fair._run("-C", str(fair.root), "-q", "draft", "dana").err == ""


def test_the_piece_of_the_library_is_one_they_were_not_sent(fair: Folder) -> None:
    """It stands where the script has its place, else at the end; its note's own text is not sent."""
    fair.write("Library/Newer.md", "---\ntype: content\ndate: 2026-11-01\n---\nFor my eyes only.\n")
    fair.write(
        "Cadences/fair.md", FAIR.replace("Subject: For {{ company }}\n\n", "").replace(" Here is {{ content }}.", "")
    )
    first = fair.followup("draft", "dana", "--eml")
    assert "Subject: Newer\r\n" in first.out and first.out.endswith("Kim Lee\r\n\r\nNewer\r\n")
    assert "Library/Newer.md has no `url`: attach what it stands for" in first.err
    fair.write("Prospects/Dana.md", f"{DANA}## Touches\n- 2026-11-10 email: sent [[Newer]] #value\n")
    second = fair.followup("draft", "dana")
    assert second.out.startswith("Subject: Ten questions\n\n")
    assert second.out.endswith("Kim Lee\n\nTen questions (https://example.org/a?b=c&d)\n")
    fair.write("Cadences/fair.md", FAIR.replace("do: email", "do: call").replace("{{ content }}", "it"))
    fair.write("Prospects/Dana.md", DANA.replace("email:", "phone: 1\nemail:"))
    assert fair.followup("draft", "dana").out.endswith("Here is it.\n\nKim Lee\n\nBring: Newer\n")
    assert "For my eyes only" not in first.out + second.out


def test_the_mail_of_a_round_by_phone_and_mail_is_its_mail_part(vault: Folder) -> None:
    vault.write("Prospects/Dana.md", "---\nstage: items\nemail: d@x.example\nphone: 1\n---\n")
    text = vault.followup("draft", "dana").out
    assert "Voicemail or colleague: " in text and "\n\nEmail: We agreed" in text
    mail = vault.followup("draft", "dana", "--eml").out
    assert "\r\n\r\nWe agreed" in mail and "oicemail" not in mail


def test_a_subject_is_shown_with_its_script(fair: Folder) -> None:
    assert "\n    Subject: For {{ company }}\n\n    Dear" in fair.followup("cadence", "show", "fair").out
    assert fair.followup("cadence", "show", "fair", "--json").json["steps"][0]["subject"] == "For {{ company }}"
    assert fair.followup("cadence", "show", "new-lead", "--json").json["steps"][1]["subject"] is None


def test_every_mail_of_the_example_vault_opens(vault: Folder) -> None:
    written = 0
    for note in sorted((EXAMPLE / "Prospects").rglob("*.md")):
        result = vault._run("-C", str(EXAMPLE), "--today", "2026-05-06", "draft", note.stem, "--eml")
        assert result.code in (0, 3)
        if result.code == 0:
            mail = message_from_bytes(result.out.encode())
            assert mail["X-Unsent"] == "1" and mail["Subject"] and "@" in mail["To"]
            written += 1
    assert written > 5
