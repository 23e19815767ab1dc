"""Answers cases from sklearn.ts with the real scikit-learn: a JSON line of rows and calls in, a line of answers out.

The calls below are how Slipway asks scikit-learn: the classes of the proba_ columns are its `labels`, and with two
classes the spec's positive class (or else the greater) is the one that scores rank.
"""

import json
import sys
import warnings

import numpy as np
from sklearn import metrics
from sklearn.calibration import calibration_curve

warnings.simplefilter("ignore")
SHARES = {"precision_score", "recall_score", "f1_score", "fbeta_score"}


def numbers(values):
    return np.array([float(value) for value in values])


def column(case, positive):
    values = matrix(case)
    if values.shape[1] == 1:
        return values[:, 0]
    return values[:, case["classes"].index(positive)]


def positive_of(case, y_true):
    known = case["classes"] or np.unique(y_true).tolist()
    return case["positive"] if case["positive"] is not None else known[-1]


def ranked(case, kwargs, y_true):
    function = getattr(metrics, case["function"])
    classes = case["classes"] or np.unique(y_true).tolist()
    name = case["function"]
    check(case, y_true)
    if name == "average_precision_score":
        if len(classes) > 2:
            if kwargs.get("average", "macro") is None and len(np.unique(y_true)) < len(classes):
                ones = [y_true == value for value in classes]
                return [function(one, matrix(case)[:, i]) if one.any() else float("nan") for i, one in enumerate(ones)]
            return function(y_true, matrix(case), **kwargs)
        positive = kwargs.pop("pos_label", case["positive"])
        positive = 1 if positive is None else positive
        if len(np.unique(y_true)) == 2 and positive not in y_true:
            raise ValueError("positive is no class")
        if not np.any(y_true == positive):
            return float("nan")  # scikit-learn warns, and says 0
        return function(y_true, column(case, positive), pos_label=positive, **kwargs)
    if len(classes) > 2:
        kwargs.setdefault("labels", classes)
        return function(y_true, matrix(case), **kwargs)
    positive = positive_of(case, y_true)
    score = column(case, positive)
    if len(classes) == 1 and case["positive"] is None:
        return float("nan")  # nothing says what the one score column ranks
    kwargs.pop("labels", None)
    if name == "top_k_accuracy_score":
        kwargs["labels"] = [False, True]
    return function(y_true == positive, score, **kwargs)


def matrix(case):
    return numbers(case["values"]).reshape(len(case["labels"]), -1)


def check(case, y_true):
    """Slipway looks at every column, also where scikit-learn is given one of them."""
    if not case["values"] or not np.all(np.isfinite(matrix(case))):
        raise ValueError("a score is missing or not finite")
    if y_true.dtype.kind == "f":
        raise ValueError("no classes")
    if case["classes"] and len(np.setdiff1d(y_true, case["classes"])):
        raise ValueError("a label without a column")


def probable(case, kwargs, y_true):
    function = getattr(metrics, case["function"])
    check(case, y_true)
    values = matrix(case)
    if values.min() < 0 or values.max() > 1:
        raise ValueError("no probabilities")
    if "pos_label" in kwargs:
        return function(y_true, column(case, kwargs["pos_label"]), **kwargs)
    kwargs.setdefault("labels", case["classes"])
    return function(y_true, values, **kwargs)


def curve(case, y_true):
    check(case, y_true)
    positive = positive_of(case, y_true)
    score = column(case, positive)
    truth = y_true == positive
    if case["function"] == "roc_curve":
        fpr, tpr, _ = metrics.roc_curve(truth, score, drop_intermediate=False)
        return [fpr.tolist(), tpr.tolist()]
    if case["function"] == "precision_recall_curve":
        precision, recall, _ = metrics.precision_recall_curve(truth, score)
        return [recall[::-1].tolist(), precision[::-1].tolist()]
    shares, means = calibration_curve(truth, score, n_bins=case["bins"], strategy=case["strategy"], pos_label=True)
    return [means.tolist(), shares.tolist()]


def answer(case):
    name, kwargs = case["function"], dict(case["kwargs"])
    if case["numeric"]:
        return getattr(metrics, name)(numbers(case["labels"]), numbers(case["predictions"]), **kwargs)
    y_true, y_pred = np.array(case["labels"]), np.array(case["predictions"])
    if (y_true.dtype.kind == "U") != (y_pred.dtype.kind == "U"):
        raise ValueError("text beside numbers")
    if kwargs.get("average") == "none":
        kwargs["average"] = None
    if name.endswith("_curve"):
        return curve(case, y_true)
    if name in ("roc_auc_score", "average_precision_score", "top_k_accuracy_score"):
        return ranked(case, kwargs, y_true)
    if name in ("log_loss", "brier_score_loss"):
        return probable(case, kwargs, y_true)
    if name in SHARES:
        if case["positive"] is not None:
            kwargs.setdefault("pos_label", case["positive"])
        if kwargs.get("zero_division") == "nan":
            kwargs["zero_division"] = np.nan
        binary = kwargs.get("average", "binary") == "binary"
        if binary and (y_true.dtype.kind == "U") != isinstance(kwargs.get("pos_label", 1), str):
            raise ValueError("Slipway refuses a positive class of another kind, with one class too")
    return getattr(metrics, name)(y_true, y_pred, **kwargs)


def plain(value):
    if isinstance(value, (list, np.ndarray)):
        return [plain(item) for item in value]
    return float(value) if np.isfinite(value) else None


def attempt(case):
    try:
        return {"value": plain(answer(case))}
    except Exception as error:  # whatever scikit-learn raises is the answer
        return {"error": f"{type(error).__name__}: {error}"[:300]}


def main():
    for line in sys.stdin:
        rows = json.loads(line)
        answers = [attempt({**rows, **call}) for call in rows.pop("calls")]
        sys.stdout.write(json.dumps(answers) + "\n")


main()
