"""An own metric: is a prediction within 50 points of what happened? One value per row; Slipway takes the mean."""

import rows

labels = {row["slipway_id"]: float(row["progression"]) for row in rows.read("SLIPWAY_LABELS")}
scores = [
    (row["slipway_id"], "within_50", int(abs(float(row["prediction"]) - labels[row["slipway_id"]]) <= 50))
    for row in rows.read("SLIPWAY_PREDICTIONS")
]
rows.write("SLIPWAY_SCORES", ["slipway_id", "metric", "value"], scores)
