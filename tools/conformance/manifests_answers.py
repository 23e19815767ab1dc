"""Holds manifests against the schemas of those who read them: Kubernetes' own OpenAPI, and KServe's classes.

Reads one JSON object a line, {"name", "yaml"}; writes one a line, {"problems": [...]}.
"""

import json
import re
import sys

import kserve
import kubernetes.client
import kubernetes_validate
import yaml
from kubernetes.utils.quantity import parse_quantity

KUBERNETES = "1.33"
SCALARS = {"str": str, "int": int, "bool": bool, "float": (int, float), "object": object}


def class_of(name):
    return getattr(kserve, name, None) or getattr(kubernetes.client, name, None)


def walk(value, kind, at):
    """Problems of a value along a class's own map of attributes and types: unknown keys, wrong types, refused values."""
    listed = re.fullmatch(r"list\[(.*)\]", kind)
    if listed:
        if not isinstance(value, list):
            return [f"{at} is no list"]
        return [each for i, item in enumerate(value) for each in walk(item, listed[1], f"{at}[{i}]")]
    mapped = re.fullmatch(r"dict\(str, (.*)\)", kind)
    if mapped:
        if not isinstance(value, dict):
            return [f"{at} is no map"]
        # Their classes take any text for an amount; what parses amounts does not.
        amounts = at.endswith((".limits", ".requests"))
        return [
            each
            for key, item in value.items()
            for each in (quantity if amounts else lambda v, a: walk(v, mapped[1], a))(item, f"{at}.{key}")
        ]
    if kind in SCALARS:
        wrong = not isinstance(value, SCALARS[kind]) or (kind == "int" and isinstance(value, bool))
        return [f"{at} is no {kind}: {value!r}"] if wrong else []
    owner = class_of(kind)
    if owner is None:
        return [f"{at} has the type {kind}, which is not known here"]
    if not isinstance(value, dict):
        return [f"{at} is no {kind}"]
    names = {theirs: ours for ours, theirs in owner.attribute_map.items()}
    found = []
    for key, item in value.items():
        if key not in names:
            found.append(f"{at}.{key} is unknown to {kind}")
        else:
            found += walk(item, owner.openapi_types[names[key]], f"{at}.{key}")
    return found


def quantity(value, at):
    try:
        parse_quantity(value)
        return []
    except ValueError as error:
        return [f"{at} is no quantity: {error}"]


def problems_of(text):
    document = yaml.safe_load(text)
    if document["kind"] == "InferenceService":
        return walk(document, "V1beta1InferenceService", "InferenceService")
    try:
        kubernetes_validate.validate(document, KUBERNETES, strict=True)
        return []
    except kubernetes_validate.ValidationError as error:
        return [f"{'.'.join(map(str, error.path))}: {error.message}"]


for line in sys.stdin:
    print(json.dumps({"problems": problems_of(json.loads(line)["yaml"])}))
