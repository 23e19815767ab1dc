"""Times scikit-learn on rows from metrics.ts: the median of five passes over all metrics, in seconds, as JSON."""

import json
import statistics
import sys
import time
import warnings

import numpy as np
from sklearn import metrics

warnings.simplefilter("ignore")
PROBABILITIES = {"roc_auc_score", "average_precision_score", "log_loss", "brier_score_loss", "top_k_accuracy_score"}


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        rows = json.load(file)
    y_true, y_pred = np.array(rows["labels"]), np.array(rows["predictions"])
    proba = np.array(rows["values"]).reshape(len(y_true), -1)
    column = proba[:, 1] if proba.shape[1] == 2 else proba

    def one_pass():
        start = time.perf_counter()
        for metric in rows["metrics"]:
            name, kwargs = metric["metric"], {key: value for key, value in metric.items() if key != "metric"}
            getattr(metrics, name)(y_true, column if name in PROBABILITIES else y_pred, **kwargs)
        return time.perf_counter() - start

    one_pass()
    json.dump({"median": statistics.median(one_pass() for _ in range(5))}, sys.stdout)


main()
