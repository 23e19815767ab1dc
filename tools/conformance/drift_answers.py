"""Answers cases from drift.ts with the real SciPy and NumPy: SciPy's version, then a JSON line for each JSON line in."""

import json
import sys

import numpy as np
import scipy
from scipy.spatial.distance import jensenshannon
from scipy.stats import chi2, chi2_contingency, norm


def table(case):
    counts = np.array([case["reference"], case["current"]], dtype=float)
    empty = counts.sum(axis=1) == 0
    counts = counts[:, counts.sum(axis=0) > 0]
    degrees = max(counts.shape[1] - 1, 0)
    if empty.any():
        return {"statistic": 0, "degrees": degrees, "p": 1, "psi": 0, "divergence": 0}
    smooth = (counts + 0.5) / (counts + 0.5).sum(axis=1, keepdims=True)
    psi = np.sum((smooth[0] - smooth[1]) * np.log(smooth[0] / smooth[1]))
    found = {"psi": psi, "divergence": jensenshannon(*counts) ** 2}
    if degrees == 0:
        return {"statistic": 0, "degrees": 0, "p": 1, **found}
    statistic, p, degrees, _ = chi2_contingency(counts, correction=False)
    return {"statistic": statistic, "degrees": degrees, "p": p, **found}


def proportions(case):
    a, n = case["first"]["hits"], case["first"]["rows"]
    b, m = case["second"]["hits"], case["second"]["rows"]
    pooled = (a + b) / (n + m)
    if pooled in (0, 1):
        return {"z": 0, "p": 1}
    z = (b / m - a / n) / np.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m))
    return {"z": z, "p": 2 * norm.sf(abs(z))}


def cuts(case):
    values = np.array(case["values"], dtype=float)
    kept = np.unique(np.quantile(values, np.arange(1, 64) / 64, method="inverted_cdf"))
    counts = np.bincount(np.digitize(values, kept, right=True), minlength=len(kept) + 1)
    return {"cuts": (kept + 0.0).tolist(), "counts": counts.tolist(), "quantiles": np.quantile(values, np.arange(11) / 10).tolist()}


def answer(case):
    if "statistic" in case:
        return {"tail": chi2.sf(case["statistic"], case["degrees"])}
    if "z" in case:
        return {"tail": norm.sf(case["z"])}
    if "first" in case:
        return proportions(case)
    return cuts(case) if "values" in case else table(case)


print(scipy.__version__)
for line in sys.stdin:
    print(json.dumps({name: value if isinstance(value, list) else float(value) for name, value in answer(json.loads(line)).items()}))
