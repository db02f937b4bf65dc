"""The formulas against other people's: scipy, statsmodels, lifelines. They come with the extra `oracle`."""

from __future__ import annotations

import random
import warnings
from fractions import Fraction
from typing import Any

import pytest

from followup_md.planning.statistics.proportions import chance_of, wilson
from followup_md.planning.statistics.survival import Span, curve_of, median_of

EXACT = pytest.approx


def oracle(name: str) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of their imports
        return pytest.importorskip(name, reason=f"{name} is not installed: pip install -e '.[oracle]'")


def test_wilson_is_that_of_statsmodels() -> None:
    proportion = oracle("statsmodels.stats.proportion")
    chosen = random.Random(1)
    cases = [(0, 1), (1, 1), (0, 500), (500, 500), *((chosen.randint(0, of), of) for of in range(1, 1500, 7))]
    for count, of in cases:
        assert wilson(count, of) == EXACT(proportion.proportion_confint(count, of, method="wilson"), abs=1e-9)


def test_chance_is_that_of_scipy() -> None:
    stats = oracle("scipy.stats")
    chosen = random.Random(2)
    usual = [Fraction(1, 2), Fraction(1, 3), Fraction(7, 10), Fraction(1, 10), Fraction(19, 20)]
    for of in (*range(1, 40), 77, 150, 400, 1000):
        for expected in usual:
            for count in {0, of, chosen.randint(0, of), round(of * expected)}:
                theirs = stats.binomtest(count, of, float(expected)).pvalue
                assert chance_of(count, of, expected) == EXACT(theirs, abs=1e-9), (count, of, expected)


@pytest.mark.parametrize("seed", range(25))
def test_the_curve_is_that_of_lifelines(seed: int) -> None:
    lifelines = oracle("lifelines")
    chosen = random.Random(seed)
    spans = [
        Span(min(chosen.randint(0, 12), chosen.randint(1, 15)), chosen.random() < chosen.choice((0.2, 0.6, 0.95)))
        for _ in range(chosen.randint(2, 120))
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # where all have ended, their interval is no number
        fitter = lifelines.KaplanMeierFitter().fit([one.length for one in spans], [one.ended for one in spans])
        table, low_high = fitter.event_table, fitter.confidence_interval_
        for point in curve_of(spans):
            assert point.without == EXACT(float(fitter.survival_function_at_times(point.at).iloc[0]), abs=1e-9)
            assert (point.hazard.count, point.hazard.of) == (
                table.loc[point.at, "observed"],
                table.loc[point.at, "at_risk"],
            )
            if 0 < point.without < 1:
                assert (point.low, point.high) == EXACT(tuple(low_high.loc[point.at]), abs=1e-9)
        theirs = fitter.median_survival_time_
    assert median_of(spans).value == (None if theirs == float("inf") else theirs)


def test_the_curve_with_nobody_left_open_is_that_of_statsmodels() -> None:
    duration = oracle("statsmodels.duration.survfunc")
    chosen = random.Random(3)
    spans = [Span(chosen.randint(1, 20), chosen.random() < 0.7) for _ in range(400)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = duration.SurvfuncRight([one.length for one in spans], [int(one.ended) for one in spans])
    ours = {point.at: point.without for point in curve_of(spans)}
    assert [ours[at] for at in theirs.surv_times] == EXACT(list(theirs.surv_prob), abs=1e-9)
