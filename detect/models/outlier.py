"""Outlier scores with tail probabilities: isolation trees and the residual of main components.

The two see different things: trees find rows that are easily cut off, the residual finds rows
that break the relations between features. Each becomes a tail probability on rows that were not
fitted; their sum of logarithms is calibrated once more. Beyond the calibration rows the tail is
taken as exponential (peaks over a threshold; Pickands 1975, with shape 0).
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.decomposition import PCA
from sklearn.ensemble import IsolationForest

from detect.thresholds import PairHour

Matrix = npt.NDArray[np.float64]
Column = npt.NDArray[np.float64]

_LEAST_SPREAD = 1e-3


@dataclass(frozen=True, slots=True)
class Scaler:
    """Centre and spread of each feature, from the fitted rows."""

    centre: Column
    spread: Column

    def __call__(self, rows: Matrix) -> Matrix:
        """Return the rows in units of the spread."""
        scaled: Matrix = (rows - self.centre) / self.spread
        return scaled


@dataclass(frozen=True, slots=True)
class Tail:
    """Tail probabilities from calibration scores; higher scores are worse."""

    scores: Column
    threshold: float
    excess: float

    def __call__(self, scores: Column) -> Column:
        """Return for each score the share of ordinary rows that score as high."""
        count = len(self.scores)
        above = count - np.searchsorted(self.scores, scores, side="left")
        empirical = (above + 1.0) / (count + 1.0)
        share = (np.searchsorted(self.scores, self.threshold, side="right")) / count
        beyond = (1 - share) * np.exp(-np.maximum(scores - self.threshold, 0.0) / self.excess)
        over = scores > self.threshold
        result: Column = np.where(over, np.maximum(beyond, np.finfo(float).tiny), empirical)
        return result


@dataclass(frozen=True, slots=True)
class Model:
    """A fitted and calibrated model; it lives for one inspection."""

    scaler: Scaler
    forest: IsolationForest
    components: PCA
    tails: tuple[Tail, Tail]
    combined: Tail

    def p_values(self, rows: Matrix) -> Column:
        """Return how likely an ordinary row looks as odd, for each row."""
        return self.combined(_sum(self.tails, _scores(self, rows)))

    def oddities(self, rows: Matrix) -> Matrix:
        """Return how far each feature lies from its centre, in spreads."""
        return np.abs(self.scaler(rows))


def fit(older: Matrix, newer: Matrix, settings: PairHour) -> Model:
    """Fit on `older`, drop its worst rows, fit again, and calibrate on `newer`."""
    draft = _fit(older, settings)
    forest_scores, residuals = _scores(draft, older)
    worst = np.maximum(_rank(forest_scores), _rank(residuals))
    kept = older[worst <= 1 - settings.trimmed]
    model = _fit(kept, settings)
    scores = _scores(model, newer)
    first, second = (_tail(column, settings) for column in scores)
    combined = _tail(_sum((first, second), scores), settings)
    return Model(model.scaler, model.forest, model.components, (first, second), combined)


def _fit(rows: Matrix, settings: PairHour) -> Model:
    spread = np.maximum(rows.std(axis=0), _LEAST_SPREAD)
    scaler = Scaler(rows.mean(axis=0), spread)
    scaled = scaler(rows)
    forest = IsolationForest(
        n_estimators=settings.trees,
        max_samples=min(settings.samples, len(scaled)),
        random_state=settings.seed,
    ).fit(scaled)
    components = PCA(n_components=settings.kept_variance, svd_solver="full").fit(scaled)
    none = Tail(np.zeros(1), 0.0, 1.0)
    return Model(scaler, forest, components, (none, none), none)


def _scores(model: Model, rows: Matrix) -> tuple[Column, Column]:
    scaled = model.scaler(rows)
    forest: Column = -model.forest.score_samples(scaled)
    rebuilt = model.components.inverse_transform(model.components.transform(scaled))
    residual: Column = np.log1p(((scaled - rebuilt) ** 2).sum(axis=1))
    return forest, residual


def _sum(tails: tuple[Tail, Tail], scores: tuple[Column, Column]) -> Column:
    """Return the sum of the logarithms of both tail probabilities, higher is worse."""
    total: Column = -np.log(tails[0](scores[0])) - np.log(tails[1](scores[1]))
    return total


def _tail(scores: Column, settings: PairHour) -> Tail:
    ordered = np.sort(scores)
    threshold = float(np.quantile(ordered, 1 - settings.tail))
    over = ordered[ordered > threshold] - threshold
    excess = float(over.mean()) if len(over) else math.inf
    return Tail(ordered, threshold, max(excess, _LEAST_SPREAD))


def _rank(scores: Column) -> Column:
    """Return the rank of each score as a share, 1 for the worst."""
    ranks: Column = (np.argsort(np.argsort(scores, kind="stable"), kind="stable") + 1) / len(scores)
    return ranks
