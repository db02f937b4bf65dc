"""From figures to text and to JSON."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.figures import Figures, Row, met, ratio, unsure, worth

#: The table is never wider, in characters.
WIDTH = 100
_WIDTHS = (29, 9, 18, 17, 13, 4)
_HEAD = ("", "median", "min..max", "in terms of goal", "goal", "met")


def table(figures: Figures) -> str:
    """The table of one vault, with its limits on top. Every line ends with a newline."""
    lines = [
        f"{figures.notes:,} notes: {figures.files:,} files, {figures.size / 1e6:.1f} MB",
        "",
        _line(_HEAD),
        _line(tuple("-" * width for width in _WIDTHS)),
        *(_row(row, figures) for row in figures.limit_rows),
        *(_row(row, figures) for row in figures.rows),
    ]
    if figures.walker != "C":
        lines += ["", f"S and L were measured by a stand-in in {figures.walker}: no C compiler was found, so they"]
        lines += ["are larger than they should be, and every ratio to them is smaller."]
    return "".join(f"{line}\n" for line in lines)


def records(figures: Figures) -> dict[str, object]:
    """The same for JSON, with every sample: times in seconds, memory in bytes."""
    return {
        "notes": figures.notes,
        "files": figures.files,
        "bytes": figures.size,
        "limits_by": figures.walker,
        "limits": [_record(row, figures) for row in figures.limit_rows],
        "rows": [_record(row, figures) for row in figures.rows],
    }


def _record(row: Row, figures: Figures) -> dict[str, object]:
    if row.left_out:
        return {"name": row.name, "left_out": row.left_out}
    return {
        "name": row.name,
        "unit": "bytes" if row.bytes else "seconds",
        "value": row.value,
        "min": row.lowest,
        "max": row.highest,
        "samples": list(row.samples),
        "in_terms_of_goal": ratio(row, figures.limits) or None,
        "goal": str(row.goal) if row.goal else None,
        "goal_value": worth(row.goal, figures.limits) if row.goal else None,
        "met": met(row, figures.limits),
        "unsure": unsure(row, figures.limits),
    }


def _row(row: Row, figures: Figures) -> str:
    if row.left_out:
        return f"{row.name.ljust(_WIDTHS[0])}  left out: {row.left_out}"[:WIDTH].rstrip()
    span = f"{_amount(row.lowest, row)}..{_amount(row.highest, row)}"
    verdict = {True: "yes", False: "NO", None: ""}[met(row, figures.limits)]
    verdict += "?" if unsure(row, figures.limits) else ""
    goal = str(row.goal) if row.goal else ""
    return _line((row.name, f"{_amount(row.value, row)} {_unit(row)}", span, ratio(row, figures.limits), goal, verdict))


def _line(cells: Sequence[str]) -> str:
    name, value, span, *rest = cells
    left = [cell.ljust(width) for cell, width in zip(rest, _WIDTHS[3:], strict=True)]
    return "  ".join([name.ljust(_WIDTHS[0]), value.rjust(_WIDTHS[1]), span.rjust(_WIDTHS[2]), *left]).rstrip()


def _amount(value: float, row: Row) -> str:
    """In milliseconds, or from 10 s in seconds, judged by the row's value; memory in megabytes."""
    if row.bytes:
        return f"{value / 1e6:.1f}"
    return f"{value:.2f}" if row.value >= 10 else f"{value * 1000:.1f}" if row.value < 1 else f"{value * 1000:.0f}"


def _unit(row: Row) -> str:
    return "MB" if row.bytes else "s" if row.value >= 10 else "ms"
