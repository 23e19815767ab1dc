"""Reading and writing the CSV files that Slipway hands over."""

import csv
import os

import numpy as np


def read(variable):
    """The rows of the file that an environment variable names, as dictionaries of texts."""
    with open(os.environ[variable], newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def write(variable, names, rows):
    with open(os.environ[variable], "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([names, *rows])


def matrix(rows, columns):
    return np.array([[float(row[column]) for column in columns] for row in rows])
