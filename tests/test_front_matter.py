"""Front matter: YAML 1.2 values, places, and what is refused."""

from __future__ import annotations

import string
import time

import frontmatter
import pytest
from hypothesis import given
from hypothesis import strategies as st

from followup_md.reading.front_matter import Broken, find_block, read_block
from followup_md.reading.handler import FrontMatterHandler, plain
from followup_md.reading.plain_lines import read_plain_lines
from followup_md.reading.yaml_tree import read_yaml


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("NO", "NO"),
        ("yes", "yes"),
        ("on", "on"),
        ("10:30", "10:30"),
        ("2026-02-30", "2026-02-30"),
        ("2026-11-20", "2026-11-20"),
        ("0123", 123),
        ("0o17", 15),
        ("0x1F", 31),
        ("1_000", "1_000"),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        (".inf", float("inf")),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("'true'", "true"),
        ("=", "="),
        ("[a, 1, ~]", ["a", 1, None]),
        ("{a: {b: c}}", {"a": {"b": "c"}}),
        ("[[Acme]]", [["Acme"]]),
    ],
)
def test_values_follow_the_core_schema(written: str, value: object) -> None:
    (field,) = read_block(f"key: {written}\n")
    assert plain(field.value) == value


def test_spans_and_places_are_the_note_s_own() -> None:
    text = "\ufeff---\nname: Zoë\nnext: 2026-11-20 # soon\nlist:\n  - a\n...\nbody"
    fence = find_block(text)
    assert fence is not None
    fields = read_block(text[fence.start : fence.end], 2, fence.start)
    assert [(field.key, field.line, field.column) for field in fields] == [
        ("name", 2, 1),
        ("next", 3, 1),
        ("list", 4, 1),
    ]
    assert [text[slice(*field.span)] for field in fields[:2]] == ["Zoë", "2026-11-20"]
    assert text[fence.body :] == "body" and fence.body_line == 7


@pytest.mark.parametrize(
    ("block", "code", "line"),
    [
        ("a: 1\na: 2", "front-matter-duplicate-key", 3),
        ("a: &x 1\nb: *x", "front-matter-alias", 2),
        ("a: 1\nb: !!python/object:os.system x", "front-matter-alias", 3),
        ("a: [", "front-matter-broken", 3),
        ("a: b: c", "front-matter-broken", 2),
        ("just text", "front-matter-broken", 2),
        ("a: x\u2028b: y", "front-matter-control-character", 2),
        ("a: x\nb: \x07", "front-matter-control-character", 3),
        ("a: " + "[" * 30_000, "front-matter-too-deep", 2),
        ("a: " + "x" * 70_000, "front-matter-too-large", 2),
    ],
    ids=lambda value: str(value)[:30].encode("unicode_escape").decode(),
)
def test_a_block_that_could_hurt_is_not_read(block: str, code: str, line: int) -> None:
    with pytest.raises(Broken) as broken:
        read_block(block)
    assert (broken.value.code, broken.value.line) == (code, line)


@pytest.mark.parametrize(
    "text",
    ["", "no front matter", "-----\na: 1\n-----\n", " ---\na: 1\n---\n", "\n---\na: 1\n---\n", "---\na: 1\n"],
)
def test_what_is_no_block(text: str) -> None:
    assert find_block(text) is None


def test_anybody_s_script_reads_a_note_as_we_do() -> None:
    post = frontmatter.loads(
        "---\ncountry: NO\ncall_at: 10:30\nphone: +15550100\n...\nHello", handler=FrontMatterHandler()
    )
    assert post.metadata == {"country": "NO", "call_at": "10:30", "phone": 15550100}
    assert post.content == "Hello"


@given(
    st.dictionaries(
        st.text(string.ascii_letters, min_size=1, max_size=8), st.text(string.printable, max_size=30).map(str.strip)
    )
)
def test_what_the_handler_writes_it_reads_back(values: dict[str, str]) -> None:
    own = {"content", "handler"}  # names that python-frontmatter's own Post takes for itself
    clean = {key: " ".join(value.split()) for key, value in values.items() if key not in own}
    post = frontmatter.Post("body")
    post.metadata.update(clean)
    written = frontmatter.dumps(post, handler=FrontMatterHandler())
    assert frontmatter.loads(written, handler=FrontMatterHandler()).metadata == clean


@given(st.text(alphabet="ab:-[]{}&*!|>'\"#,? \n\t~019.", max_size=200))
def test_no_block_makes_us_fall(block: str) -> None:
    try:
        fields = read_block(block)
    except Broken as broken:
        assert broken.line >= 2 and broken.message
    else:
        assert len({field.key for field in fields}) == len(fields)


def test_a_bomb_costs_no_time() -> None:
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{new}: &{new} [{','.join('*' + old for _ in range(9))}]\n"
        for old, new in zip("abcdefgh", "bcdefghi", strict=True)
    )
    began = time.process_time()
    with pytest.raises(Broken):
        read_block(bomb)
    assert time.process_time() - began < 5  # hours, were it built


def by_the_parser(block: str) -> str:
    """What the YAML parser makes of a block, with types and places."""
    try:
        return repr(read_yaml(block, 2, 4))
    except Broken as broken:
        return f"{broken.line}: {broken.message}"


PLAIN = """\
a b-c_d: two  words
Zoë: 'quoted: #text'
n: 0x1F
e:
f: ""

g: [a, "b, ]", 'c', 1.5, null]
h:
  - x
  -   "y"
  - [z]
i: []
j: \x20
k:
- {wait: 3d, do: call | email + sms}
"""


@pytest.mark.parametrize("ending", ["", "\n", "\n\n", "k2:\n", "k2:", "k2: v ", "k2:\n- x\n\nk3:\n"])
def test_plain_lines_are_read_as_the_parser_reads_them(ending: str) -> None:
    assert repr(read_plain_lines(PLAIN + ending, 2, 4)) == by_the_parser(PLAIN + ending)


@pytest.mark.parametrize(
    "line",
    [
        "a: b: c",
        "a: b:",
        "a: b # c",
        "a: # c",
        "# c",
        "a: b\n c",
        "a:\n  b: c",
        "a: |\n  b",
        "a: &b c",
        "a: *b",
        "a: !b c",
        "a: 'it''s'",
        'a: "b\\n"',
        'a: "b" c',
        "a: 'b\n  c'",
        "a: [[b]]",
        "a: [b,, c]",
        "a: [b: c]",
        "a: [b\n]",
        "a: {b}",
        "a: {b: c, b: d}",
        "a: {b: [c]}",
        "a: - b",
        "a: %b",
        "a: @b",
        "a: b\tc",
        "a:\tb",
        "a: b\xa0c",
        "a: b\r",
        "a: b\x07",
        "a:b",
        "a : b",
        "? a",
        "<<: b",
        " a: b",
        "- a",
        "a: b\n- c",
        "a:\n - b\n- c",
        "a:\n- b: c",
        "a:\n- - b",
        "a:\n-",
        "a: b\na: c",
        "'a': b",
        "1: a",
        "--- a",
        "...",
    ],
    ids=ascii,
)
def test_what_is_not_plain_is_left_to_the_parser(line: str) -> None:
    assert read_plain_lines(f"k: v\n{line}\n", 2, 4) is None


TEXTS = [
    "a",
    "b c",
    "é",
    "7",
    "-1",
    ".5",
    "true",
    "~",
    "2026-11-20",
    "10:30",
    "x.example/a?b=c#d",
    "€1,200",
    "<<",
    "---",
]
QUOTED = ["'a'", "'a''b'", '"a"', '"a\\n"', '""', '"x, ]"', "[a, b]", "[]", "[a , 'b']", "{a: b}", "{a: b,c: d}"]
MARKS = [": ", " #", " - ", ", ", "  ", *" :,-#[]{}&*!|>%@`?=\\\t\r\xa0\x85\u2028\ufeff\u200d"]
PIECES = st.sampled_from(TEXTS) | st.sampled_from(QUOTED) | st.sampled_from(MARKS)
VALUES = st.sampled_from(TEXTS + QUOTED) | st.lists(PIECES, max_size=4).map("".join)
KEYS = st.sampled_from([*"abcdefgh", "Next Contact"]) | st.sampled_from(
    ["é", "a ", "1a", "'a'", "?", "x" * 62, "x" * 63, ""]
)
LINES = st.one_of(
    st.tuples(KEYS, st.just(": "), VALUES).map("".join),
    st.tuples(KEYS, st.sampled_from([":", ":  ", " : "]), VALUES | st.just("")).map("".join),
    st.tuples(st.sampled_from(["e:\n", "f:\n  ", "", "  "]), st.sampled_from(["- ", "-", "-  "]), VALUES).map("".join),
    st.sampled_from(["", "g:", "h: ", "# a", "---", "..."]),
)


@given(st.lists(LINES, max_size=6).map("\n".join), st.sampled_from(["", "\n", "\n\n", " "]))
def test_reading_plain_lines_says_what_the_parser_says_or_nothing(block: str, ending: str) -> None:
    fields = read_plain_lines(block + ending, 2, 4)
    assert fields is None or repr(fields) == by_the_parser(block + ending)
