import type { MetricSpec } from "../../schemas/metric-spec.ts";
import { SlipwayError } from "../errors.ts";
import { metricRow } from "./catalog.ts";
import { type CompiledMetric, type Frame, one } from "./metric-row.ts";
import { badPredictions, unfit } from "./refuse.ts";
import type { Scored } from "./scored.ts";
import { rowMean, type Statistic } from "./statistic.ts";

export function frameOf(scored: Scored): Frame {
  const made = new Map<unknown, unknown>();
  return {
    scored,
    share<Made>(make: (scored: Scored) => Made) {
      if (!made.has(make)) made.set(make, make(scored));
      return made.get(make) as Made;
    },
  };
}

/** Throws SlipwayError METRIC_UNFIT or PREDICTIONS_INVALID if the rows make the metric impossible to ask for. */
export function compileMetric(name: string, spec: MetricSpec, frame: Frame): CompiledMetric {
  if ("run" in spec) return one(ownMean(name, frame.scored));
  if (frame.scored.labels.length === 0) {
    throw unfit(
      `${spec.metric} needs labels.`,
      "a label column",
      "none",
      "Name it with `label` under data, or use a metric of your own (run: …).",
    );
  }
  return metricRow(spec.metric).compile(frame, spec);
}

/** Scores that are all 0 or 1 are a share, and get a share's interval. */
function ownMean(name: string, scored: Scored): Statistic {
  const scores = scored.own[name];
  if (!scores || scores.length !== scored.ids.length) {
    throw new SlipwayError("SCORES_INVALID", `There are no scores of ${name} for these rows.`, {
      expected: `${scored.ids.length} scores`,
      found: String(scores?.length ?? "none"),
      hint: `Let its command write a line with slipway_id, metric ${name} and value for each row into SLIPWAY_SCORES.`,
    });
  }
  const bad = scores.findIndex((score) => !Number.isFinite(score));
  if (bad >= 0) {
    throw badPredictions(
      "A score is not a number.",
      "finite numbers",
      `${scores[bad]} at id ${scored.ids[bad]}`,
      "Mend the metric's command.",
    );
  }
  const infinite = Number.POSITIVE_INFINITY;
  return scores.every((score) => score === 0 || score === 1)
    ? rowMean(scores, { kind: "score", range: [0, 1] })
    : rowMean(scores, { kind: "studentized", range: [-infinite, infinite] });
}
