"""The model behind the anomaly detector."""

import numpy as np
import numpy.typing as npt
import pytest

from detect.models.outlier import fit
from detect.models.pair_hour import FEATURES
from detect.thresholds import PairHour

SETTINGS = PairHour()
FORBIDDEN = ("ip", "port", "time", "hour_of", "id", "ttl", "address")


def _ordinary(seed: int, rows: int) -> npt.NDArray[np.float64]:
    """Return rows with two related features and four of their own."""
    draws = np.random.default_rng(seed).normal(size=(rows, 6))
    draws[:, 1] = draws[:, 0] + 0.1 * draws[:, 1]
    return draws


def test_features_name_behaviour_and_never_who_where_or_when() -> None:
    names = [feature.name for feature in FEATURES]
    assert len(set(names)) == len(names)
    assert not [name for name in names if name.split("_")[0] in FORBIDDEN]


@pytest.mark.parametrize("share", [0.1, 0.01, 0.002])
def test_p_values_of_ordinary_rows_are_even_down_to_the_tail(share: float) -> None:
    model = fit(_ordinary(1, 1500), _ordinary(2, 1500), SETTINGS)
    p_values = model.p_values(_ordinary(3, 6000))
    assert (p_values <= share).mean() <= 2 * share
    assert (p_values <= share).mean() >= share / 4


def test_a_broken_relation_is_less_likely_than_any_ordinary_row() -> None:
    model = fit(_ordinary(1, 1500), _ordinary(2, 1500), SETTINGS)
    row = np.zeros((1, 6))
    row[0, :2] = (3.0, -3.0)
    assert model.p_values(row)[0] < 0.002


def test_farther_out_is_never_more_likely() -> None:
    model = fit(_ordinary(1, 1500), _ordinary(2, 1500), SETTINGS)
    rows = np.outer(np.arange(4, 40, 4), np.array([1.0, -1.0, 1.0, 1.0, 1.0, 1.0]))
    p_values = model.p_values(rows)
    assert (np.diff(p_values) <= 1e-12).all()
    assert (p_values > 0).all()


def test_a_fit_is_the_same_for_the_same_rows() -> None:
    asked = _ordinary(3, 500)
    first, second = (fit(_ordinary(1, 1200), _ordinary(2, 800), SETTINGS) for _ in range(2))
    assert (first.p_values(asked) == second.p_values(asked)).all()


def test_a_constant_feature_does_no_harm() -> None:
    older, newer = _ordinary(1, 1200), _ordinary(2, 800)
    older[:, 5] = newer[:, 5] = 7.0
    assert np.isfinite(fit(older, newer, SETTINGS).p_values(newer)).all()


def test_oddities_point_to_the_feature_that_was_moved() -> None:
    model = fit(_ordinary(1, 1500), _ordinary(2, 1500), SETTINGS)
    rows = np.zeros((6, 6))
    np.fill_diagonal(rows, 12.0)
    assert (model.oddities(rows).argmax(axis=1) == np.arange(6)).all()
