"""Reference values for test/electron/statistics: python3 test/golden/statistics.py > test/golden/statistics.json
Made with scipy and statsmodels; the versions are in the output."""
import json
import numpy as np
import scipy
import statsmodels
import statsmodels.api as sm
from scipy.stats import t
from statsmodels.stats.proportion import proportion_confint

rng = np.random.default_rng(7)


def clustered(values, keys):
    """Mean with a cluster-robust interval (CR1, Student's t with C - 1 degrees of freedom)."""
    groups = np.unique(keys, return_inverse=True)[1]
    fit = sm.OLS(values, np.ones(len(values))).fit(cov_type="cluster", cov_kwds={"groups": groups}, use_t=True)
    low, high = fit.conf_int(0.05)[0]
    return {"mean": float(fit.params[0]), "low": float(low), "high": float(high), "variance": float(fit.cov_params()[0, 0])}


def case(clusters, binary):
    keys, values = [], []
    for c in range(clusters):
        effect = rng.normal()
        for _ in range(int(rng.integers(1, 6))):
            keys.append(f"d{c}")
            x = effect + rng.normal()
            values.append(float(x > 0) if binary else round(float(10 + 5 * x), 3))
    values = np.array(values)
    result = {"values": values.tolist(), "keys": keys, **clustered(values, keys)}
    if binary:
        n, p, v = len(values), float(values.mean()), result["variance"]
        deff = max(1.0, v / (p * (1 - p) / n))
        q, m = float(t.ppf(0.975, clusters - 1)), n / deff
        centre = (p + q * q / (2 * m)) / (1 + q * q / m)
        half = q * np.sqrt(p * (1 - p) / m + q * q / (4 * m * m)) / (1 + q * q / m)
        result["proportion"] = {"low": float(centre - half), "high": float(centre + half)}
    return result


print(json.dumps({
    "made_with": {"numpy": np.__version__, "scipy": scipy.__version__, "statsmodels": statsmodels.__version__},
    "t95": [[df, float(t.ppf(0.975, df))] for df in [1, 2, 3, 4, 5, 7, 10, 19, 30, 100, 399, 10000]],
    "wilson": [
        [k, n, *map(float, proportion_confint(k, n, method="wilson"))]
        for k, n in [(0, 10), (1, 10), (5, 10), (10, 10), (3, 7), (137, 200), (199, 200), (0, 1), (1, 1), (4200, 10000)]
    ],
    "means": [case(c, False) for c in (2, 5, 40)],
    "proportions": [case(c, True) for c in (6, 25, 120)],
}, indent=1))
