import { isNumber } from "../../../../core/gates/gate-evidence.ts";
import { varies } from "../../../../core/gates/gate-words.ts";
import { formatInterval } from "../../../../core/gates/number-words.ts";
import { shownInterval, valueWords } from "../../../../core/report/metric-words.ts";
import { type Cell, left, right, type Section } from "../../../../core/report/report.ts";
import { type Scalar, scalarMetrics } from "../../../../core/report/scalar-metrics.ts";
import type { ShownVersion } from "../load-version.ts";
import { onSameRows } from "./chosen.ts";

/** Each version's metrics by name, with the names in order. */
export function valuesOf(versions: readonly ShownVersion[]): { names: string[]; values: Map<string, Scalar>[] } {
  const values = versions.map(({ manifest }) => new Map(scalarMetrics(manifest.evaluation.metrics)));
  return { names: [...new Set(values.flatMap((each) => [...each.keys()]))], values };
}

/** Every metric of each version with its interval, the best marked where values alone can tell. */
export function valuesSection(versions: readonly ShownVersion[]): Section[] {
  const { names, values } = valuesOf(versions);
  if (names.length === 0) return [];
  const same = onSameRows(versions);
  const columns = [left("Metric"), ...versions.map(({ version }) => right(`Version ${version}`)), left("Better is")];
  const rows = names.map((name): Cell[] => {
    const found = values.map((each) => each.get(name));
    const best = same && !varies(name) ? bestOf(found) : undefined;
    const direction = found.find((each) => each !== undefined)?.greater_is_better;
    return [
      name,
      ...found.map((metric): Cell => {
        if (metric === undefined || !isNumber(metric.value)) return "–";
        const interval = shownInterval(metric.intervals);
        const text = `${valueWords(name, metric)}${interval === undefined ? "" : ` ${formatInterval(interval)}`}`;
        return metric.value === best ? { mark: "better", text } : text;
      }),
      direction === undefined ? "–" : direction ? "larger" : "smaller",
    ];
  });
  const text = same
    ? "On the same test rows. ▲ marks the best value; whether a difference is clear, the paired one above says."
    : "Measured on different test rows: no value is marked, and none is better for being larger.";
  return [{ title: "Metrics", folded: false, text: [text], table: { columns, rows } }];
}

/** The best value, if one is better than another. Undefined of values in steps, which alone do not tell. */
function bestOf(found: readonly (Scalar | undefined)[]): number | undefined {
  const measured = found.flatMap((each) =>
    each !== undefined && isNumber(each.value) ? [{ ...each, at: each.value }] : [],
  );
  const [first] = measured;
  if (
    first === undefined ||
    measured.some(({ step, greater_is_better: better }) => step !== undefined || better !== first.greater_is_better)
  )
    return undefined;
  const all = measured.map(({ at }) => at);
  const [least, largest] = [Math.min(...all), Math.max(...all)];
  if (least === largest) return undefined;
  return first.greater_is_better ? largest : least;
}
