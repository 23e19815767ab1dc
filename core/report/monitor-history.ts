import type { MonitorSpec } from "../../schemas/monitor-spec.ts";
import type { WindowRecord } from "../../schemas/monitoring.ts";
import { barSeen } from "../drift/bar-seen.ts";
import { barWords } from "../drift/bar-words.ts";
import { testSubject } from "../drift/test-words.ts";
import { isDrifted, windowFindings } from "../drift/window-findings.ts";
import { formatNumber } from "../gates/number-words.ts";
import { type Cell, left, type Report, right } from "./report.ts";
import { counted } from "./verdict-words.ts";
import { windowWords } from "./window-words.ts";

/** A terminal shows no more rows of a table. */
const MOST = 100;

/** Looks at a model, a window and version a row, oldest first and the newest hundred of them: `slipway monitor --history`. */
export function monitorHistory(model: string, windows: readonly WindowRecord[], spec: MonitorSpec | undefined): Report {
  const bars = spec?.bars ?? [];
  const inOrder = [...windows].sort((a, b) =>
    a.window.from === b.window.from ? a.version - b.version : a.window.from < b.window.from ? -1 : 1,
  );
  const columns = [
    ...[left("Window"), right("Version"), right("Rows"), { ...right("Errors"), drop: 100 }, right("Drifted")],
    ...[{ ...left("Most drifted"), drop: 1 }, { ...right("PSI"), drop: 1 }, right("Broken rules"), right("Labels")],
    // The first bar stays longest: it is what most look for.
    ...bars.map((bar, n) => ({ ...right(barWords(bar)), drop: n === 0 ? 0 : 1 + n })),
  ];
  const rows = inOrder.slice(-MOST).map((record): Cell[] => {
    const { window, version, traffic, performance, rules } = record;
    const drifted = windowFindings(record, spec).filter(({ kind, bad }) => kind === "drift" && bad).length;
    const most = mostDrifted(record, spec);
    return [
      windowWords(window),
      ...[String(version), String(traffic.rows), String(traffic.errors)],
      drifted === 0 ? "0" : { mark: "fail", text: `${drifted} of ${record.tests.length}` },
      ...(most === undefined ? ["–", "–"] : [testSubject(most), formatNumber(most.effect)]),
      String(rules.filter(({ broken }) => broken).length),
      performance === undefined ? "–" : String(performance.labelled),
      ...bars.map((bar) => {
        const seen = barSeen(bar, record);
        return seen === undefined ? "–" : formatNumber(seen.value);
      }),
    ];
  });
  return {
    title: model,
    verdict: { mark: "note", text: `${counted(inOrder.length, "look")} at its windows` },
    notices: rows.length < inOrder.length ? [`The newest ${rows.length} are shown; --json has all.`] : [],
    sections: rows.length === 0 ? [] : [{ title: "Windows", folded: false, text: [], table: { columns, rows } }],
    footer: [],
  };
}

/** Of the distributions the one that moved most: one that drifted before one that did not. */
function mostDrifted(record: WindowRecord, spec: MonitorSpec | undefined) {
  const rank = (test: WindowRecord["tests"][number]) => (isDrifted(test, spec) ? 1e9 : 0) + test.effect;
  return record.tests.filter(({ what }) => what === "distribution").sort((a, b) => rank(b) - rank(a))[0];
}
