"""Hypothesis strategies for notes: prospects as people write them."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import strategies as st

CHANNELS = (
    "email",
    "call",
    "linkedin",
    "sms",
    "letter",
    "note sent",
    "voicemail",
    "meeting",
    "parcel",
    "event",
    "other",
)
STAGES = (
    "lead",
    "contacted",
    "meeting",
    "proposal",
    "items",
    "verbal",
    "nurture",
    "won",
    "lost",
    "quoted",
    "limbo",
    "",
)
ADDRESSES = ("email: d@x.example", "phone: +1555", "address: 1 Quay", "linkedin: dana")


@st.composite
def log_lines(draw: st.DrawFn, last: date, most: int = 12) -> list[str]:
    """Lines of a touch log, each of another day, the newest on ``last`` or before."""
    gaps = draw(st.lists(st.integers(1, 20), max_size=most))
    day, lines = last, []
    for gap in gaps:
        kind = draw(st.sampled_from(("touch", "touch", "touch", "in", "stage", "skip", "remark")))
        channel = draw(st.sampled_from(CHANNELS))
        tags = draw(
            st.sampled_from(
                ("", "", " #value", " #ask", " #answered", " #no-answer", " #ooo", " #bounced", " #declined")
            )
        )
        match kind:
            case "touch":
                lines.append(f"{day} {channel}: text{tags}")
            case "in":
                lines.append(f"{day} {channel} in: they said{tags if tags == ' #ooo' else ''}")
            case "stage":
                lines.append(f"{day} stage: {draw(st.sampled_from(STAGES[:9]))}")
            case "skip":
                lines.append(f"{day} skip: {channel}")
            case _:
                lines.append(f"{day} note: something")
        day -= timedelta(days=gap)
    return lines


@st.composite
def notes(draw: st.DrawFn, today: date, stages: tuple[str, ...] = STAGES) -> str:
    """A prospect's note with a log up to ``today``."""
    front = list(draw(st.sets(st.sampled_from(ADDRESSES))))
    if stage := draw(st.sampled_from(stages)):
        front.append(f"stage: {stage}")
    if draw(st.booleans()):
        front.append(f"added: {today - timedelta(days=draw(st.integers(0, 60)))}")
    dates = [field for field in ("next", "snooze_until") if draw(st.integers(0, 5)) == 0]
    front += [f"{field}: {today + timedelta(days=draw(st.integers(-20, 40)))}" for field in dates]
    if draw(st.integers(0, 4)) == 0:
        front.append(f"avoid: {draw(st.sampled_from(('call', 'email', 'voicemail')))}")
    if draw(st.integers(0, 4)) == 0:
        front.append("company: Acme")
    lines = draw(log_lines(today - timedelta(days=draw(st.integers(0, 40)))))
    if draw(st.booleans()):
        lines.reverse()
    owed = "## Waiting on\n- [ ] the list\n\n" if draw(st.integers(0, 4)) == 0 else ""
    front_text = "".join(f"{line}\n" for line in sorted(front))
    return f"---\n{front_text}---\n{owed}## Touches\n" + "".join(f"- {line}\n" for line in lines)
