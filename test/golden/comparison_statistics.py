"""Reference values for test/electron/statistics/comparison-statistics.test.ts:
python3 test/golden/comparison_statistics.py > test/golden/comparison_statistics.json
Made with numpy, scipy and statsmodels; the versions are in the output."""
import itertools
import json
import numpy as np
import scipy
import statsmodels
import statsmodels.api as sm
from scipy.stats import bootstrap, t
from statsmodels.stats.contingency_tables import mcnemar

rng = np.random.default_rng(11)


def items(clusters):
    """Two right-or-wrong columns and one of lengths, in clusters of 1 to 4 items that resemble each other."""
    keys, columns = [], [[], [], []]
    for c in range(clusters):
        effect = rng.normal()
        for _ in range(int(rng.integers(1, 5))):
            keys.append(f"d{c}")
            columns[0].append(int(effect + rng.normal() > 0))
            columns[1].append(int(effect + rng.normal() > -0.4))
            columns[2].append(int(20 + 4 * effect + 6 * abs(rng.normal())))
    return keys, [np.array(column, float) for column in columns]


def by_cluster(keys, column):
    names, places = np.unique(keys, return_inverse=True)
    return np.bincount(places, weights=column), np.bincount(places).astype(float), len(names)


def bootstrapped(clusters, resamples):
    """SciPy's paired percentile bootstrap over documents of a ratio of sums: the mean over items."""
    keys, columns = items(clusters)
    result = {"keys": keys, "columns": [column.tolist() for column in columns], "means": [], "difference": None}

    def ratio(sums, sizes, axis=-1):
        return sums.sum(axis=axis) / sizes.sum(axis=axis)

    for column in [*columns, columns[1] - columns[0]]:
        sums, sizes, _ = by_cluster(keys, column)
        done = bootstrap((sums, sizes), ratio, paired=True, vectorized=True, n_resamples=resamples, batch=2000,
                         method="percentile", rng=np.random.default_rng(3))
        d = done.bootstrap_distribution
        entry = {"mean": float(column.mean()), "low": float(done.confidence_interval.low),
                 "high": float(done.confidence_interval.high), "se": float(done.standard_error),
                 "p": float(min(1, 2 * min((d <= 1e-12).mean(), (d >= -1e-12).mean())))}
        if len(result["means"]) < 3:
            result["means"].append(entry)
        else:
            result["difference"] = entry
    return result


def exact_bootstrap():
    """Every one of the 5^5 draws of five documents: what any number of random draws tends to."""
    keys, columns = items(5)
    sums, sizes, c = by_cluster(keys, columns[2])
    draws = [sums[list(d)].sum() / sizes[list(d)].sum() for d in itertools.product(range(c), repeat=c)]
    return {"keys": keys, "column": columns[2].tolist(),
            "quantiles": [[q, float(np.quantile(draws, q))] for q in (0.025, 0.25, 0.5, 0.75, 0.975)]}


def detectable(clusters, family):
    keys, columns = items(clusters)
    d = columns[1] - columns[0]
    groups = np.unique(keys, return_inverse=True)[1]
    fit = sm.OLS(d, np.ones(len(d))).fit(cov_type="cluster", cov_kwds={"groups": groups}, use_t=True)
    df = clusters - 1
    return {"keys": keys, "differences": d.tolist(), "family": family, "p": float(fit.pvalues[0]), "se": float(fit.bse[0]),
            "value": float((t.ppf(1 - 0.05 / (2 * family), df) + t.ppf(0.8, df)) * fit.bse[0])}


def skyline(n):
    """The Pareto set by sorting: longest prefix maximum of accuracy over ascending length (ties looked at apart)."""
    length = rng.integers(1, 12, n)
    accuracy = rng.integers(0, 8, n)
    best, kept = -1, set()
    for value in np.unique(length):
        top = accuracy[length == value].max()
        if top > best:
            best = top
            kept |= {i for i in range(n) if length[i] == value and accuracy[i] == top}
    return {"length": length.tolist(), "accuracy": accuracy.tolist(), "kept": [i in kept for i in range(n)]}


def area(x):
    y = rng.uniform(0, 1, len(x)).round(4)
    x = np.array(x, float)
    return {"budgets": x.tolist(), "y": y.tolist(),
            "linear": float(np.trapezoid(y, x) / np.ptp(x)),
            "log2": float(np.trapezoid(y, np.log2(1 + x)) / np.ptp(np.log2(1 + x)))}


def band(n):
    x = np.sort(rng.uniform(9, 12, n)).round(4)
    y = (0.1 * x + rng.normal(0, 0.05, n)).round(5)
    at = [float(x[0]), float(x.mean()), float(x[-1]), 13.0]
    fit = sm.OLS(y, sm.add_constant(x)).fit()
    bounds = fit.get_prediction(np.column_stack([np.ones(len(at)), at])).conf_int(alpha=0.05)
    return {"x": x.tolist(), "y": y.tolist(), "band": [[a, float(b[0]), float(b[1])] for a, b in zip(at, bounds)]}


quantiles = rng.normal(size=23).round(3)
print(json.dumps({
    "made_with": {"numpy": np.__version__, "scipy": scipy.__version__, "statsmodels": statsmodels.__version__},
    "mcnemar": [
        [b, c, float(mcnemar([[7, b], [c, 3]], exact=True).pvalue)]
        for b, c in [(0, 0), (1, 0), (5, 0), (3, 3), (4, 11), (11, 4), (2, 30), (120, 90), (1500, 1400), (40, 900), (10000, 10600)]
    ],
    "bootstraps": [bootstrapped(12, 100_000), bootstrapped(150, 100_000)],
    "exact_bootstrap": exact_bootstrap(),
    "quantiles": {"values": quantiles.tolist(), "at": [[q, float(np.quantile(quantiles, q))] for q in (0, 0.1, 0.333, 0.5, 0.975, 1)]},
    "detectable": [detectable(8, 1), detectable(60, 3), detectable(400, 28)],
    "pareto": [skyline(n) for n in (1, 4, 9, 30)],
    "bands": [band(4), band(25)],
    "areas": [area([2, 4, 8, 16, 32]), area([0, 10]), area([1, 2, 3, 50, 51, 400])],
}, indent=1))
