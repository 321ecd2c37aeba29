"""Reference values for the studies' statistics:
python3 test/golden/study_statistics.py > test/golden/study_statistics.json
Made with scipy and statsmodels; the versions are in the output."""
import json
from math import comb

import numpy as np
import pandas as pd
import scipy
import statsmodels
from scipy.stats import linregress, t
from statsmodels.formula.api import ols
from statsmodels.stats.anova import anova_lm
from statsmodels.stats.multitest import multipletests

rng = np.random.default_rng(11)


def crossed(seeds, documents, seed_sd, document_sd, rest_sd):
    y = (
        0.3
        + rng.normal(0, seed_sd, (seeds, 1))
        + rng.normal(0, document_sd, (1, documents))
        + rng.normal(0, rest_sd, (seeds, documents))
    ).round(4)
    frame = pd.DataFrame(
        [(s, d, y[s, d]) for s in range(seeds) for d in range(documents)], columns=["s", "d", "y"]
    )
    squares = anova_lm(ols("y ~ C(s) + C(d)", frame).fit())["mean_sq"]
    ms, md, mr = (float(squares[name]) for name in ("C(s)", "C(d)", "Residual"))
    total = ms + md - mr
    if total <= ms:
        total, df = ms, seeds - 1
    elif total <= md:
        total, df = md, documents - 1
    else:
        df = total**2 / (
            ms**2 / (seeds - 1) + md**2 / (documents - 1) + mr**2 / ((seeds - 1) * (documents - 1))
        )
    se = float(np.sqrt(total / (seeds * documents)))
    mean = float(y.mean())
    half = float(t.ppf(0.975, df)) * se
    return {
        "cells": y.tolist(), "mean": mean, "se": se, "df": float(df), "low": mean - half, "high": mean + half,
        "p": float(2 * t.sf(abs(mean / se), df)),
    }


def fit(n, noise):
    x = np.sort(rng.uniform(10, 13, n)).round(4)
    y = (0.2 * x - 1 + rng.normal(0, noise, n)).round(5)
    result = linregress(x, y)
    half = float(t.ppf(0.975, n - 2)) * float(result.stderr)
    return {
        "x": x.tolist(), "y": y.tolist(), "slope": float(result.slope), "intercept": float(result.intercept),
        "low": float(result.slope) - half, "high": float(result.slope) + half, "r2": float(result.rvalue**2),
    }


def jackknifed_median(values):
    n = len(values)
    without = np.array([np.median(np.delete(values, i)) for i in range(n)])
    return {
        "values": values, "mean": float(np.median(values)),
        "se": float(np.sqrt((n - 1) / n * np.sum((without - without.mean()) ** 2))),
    }


print(json.dumps({
    "made_with": {
        "numpy": np.__version__, "scipy": scipy.__version__, "statsmodels": statsmodels.__version__,
        "pandas": pd.__version__,
    },
    "critical": [
        [df, level, float(t.ppf((1 + level) / 2, df))]
        for df in [0.7, 1, 1.37, 2, 2.5, 3.9, 8, 41.3, 1234.5, 1e6] for level in (0.95, 0.99)
    ],
    "p": [
        [x, df, float(2 * t.sf(abs(x), df))]
        for df in [0.7, 1, 2.4, 7, 33.3, 5000] for x in (0.0, 0.1, -1.0, 2.5, 9.0, 40.0)
    ],
    "crossed": [
        crossed(3, 7, 0.2, 1.0, 0.4), crossed(5, 40, 0.05, 0.3, 0.5), crossed(4, 12, 0.0, 0.5, 1.0),
        crossed(3, 6, 1.0, 0.0, 0.5), crossed(2, 30, 0.3, 0.3, 0.3),
    ],
    "fits": [fit(3, 0.01), fit(12, 0.05), fit(40, 0.5)],
    "pass_at_k": [
        [n, c, k, 1 - comb(n - c, k) / comb(n, k)]
        for n, c, k in [(1, 0, 1), (1, 1, 1), (4, 1, 1), (4, 1, 2), (8, 3, 4), (8, 5, 4), (20, 2, 10), (200, 7, 100), (10, 0, 5), (10, 10, 1)]
    ],
    "holm": [
        {"p": p, "corrected": multipletests(p, method="holm")[1].tolist()}
        for p in ([0.01, 0.04, 0.03, 0.005], [0.2], [0.5, 0.5, 0.0001, 0.9, 0.02, 0.02], [1.0, 0.0])
    ],
    "jackknife": jackknifed_median([0.4, 0.9, 0.1, 0.45, 0.7]),
}, indent=1))
