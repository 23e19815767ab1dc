import { isNumber } from "../gates/gate-evidence.ts";
import { varies } from "../gates/gate-words.ts";
import { changeSection } from "./change-section.ts";
import type { MetricChange, VersionDiff } from "./diff-versions.ts";
import { measured, sideWords, trendCell } from "./metric-words.ts";
import type { Cell, Report } from "./report.ts";
import { left, right } from "./report.ts";

/** What `slipway diff` shows: the same renderers take it. */
export function diffReport(model: string, diff: VersionDiff): Report {
  const name = (version: number | undefined) => (version === undefined ? "this run" : `version ${version}`);
  const moved = diff.metrics.filter(({ reading }) => reading === "better" || reading === "worse").length;
  const what = diff.same ? "same fingerprint" : "other inputs";
  const columns = [left("Metric"), right(name(diff.from)), right(name(diff.to)), right("Difference"), left("Reading")];
  const text = [
    diff.sameTest
      ? "Values alone, on the same test data; whether a difference is clear, the version's own report says."
      : "Measured on different test data: the differences are not paired.",
    ...(diff.stepped
      ? ["In steps a value alone does not tell: better or worse is what their own comparison says."]
      : []),
  ];
  return {
    title: `${model}: ${name(diff.from)} → ${name(diff.to)}`,
    verdict: { mark: "note", text: `${what}; ${moved} of ${diff.metrics.length} metrics moved` },
    notices: [],
    sections: [
      ...changeSection(diff),
      ...(diff.metrics.length === 0
        ? []
        : [{ title: "Metrics", folded: false, text, table: { columns, rows: diff.metrics.map(metricRow) } }]),
    ],
    footer: [],
  };
}

function metricRow({ metric, from, to, difference, reading }: MetricChange): Cell[] {
  const words = (value: number | null, other: number | null) =>
    isNumber(value) ? sideWords(metric, value, other) : "–";
  const signed = difference === null ? "–" : `${difference > 0 ? "+" : ""}${measured(difference)}`;
  const read: Cell =
    varies(metric) && reading !== "unknown" ? { mark: "inconclusive", text: "varies" } : trendCell(reading);
  return [metric, words(from, to), words(to, from), signed, read];
}
