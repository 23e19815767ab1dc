import type { MonitorSpec } from "../../schemas/monitor-spec.ts";
import type { DriftTest, WindowRecord } from "../../schemas/monitoring.ts";
import { testSubject } from "../drift/test-words.ts";
import { isDrifted } from "../drift/window-findings.ts";
import { formatNumber } from "../gates/number-words.ts";
import { type Cell, left, right, type Section } from "./report.ts";
import { dayWords } from "./window-words.ts";

/** How far something moved in a window. */
export interface DriftCell {
  effect: number;
  least: number;
  drifted: boolean;
}

/** What was compared, over windows: a row each, the ones that moved most first. */
export interface DriftOverTime {
  /** In order, oldest first. */
  windows: readonly WindowRecord[];
  subjects: readonly { subject: string; cells: readonly (DriftCell | undefined)[] }[];
  /** How many moved less, and are left out. */
  more: number;
}

/** Of windows in order, the `most` things that moved most. What the spec asks now says what counts. */
export function driftOverTime(
  windows: readonly WindowRecord[],
  spec: MonitorSpec | undefined,
  most: number,
): DriftOverTime {
  const bySubject = new Map<string, (DriftCell | undefined)[]>();
  for (const [at, { tests }] of windows.entries())
    for (const test of tests) {
      const subject = testSubject(test);
      const cells = bySubject.get(subject) ?? new Array<DriftCell | undefined>(windows.length).fill(undefined);
      cells[at] = { effect: test.effect, least: leastOf(test, spec), drifted: isDrifted(test, spec) };
      bySubject.set(subject, cells);
    }
  const moved = (cells: readonly (DriftCell | undefined)[]) =>
    Math.max(
      ...cells.flatMap((cell) => (cell === undefined ? [] : [(cell.drifted ? 1e6 : 0) + cell.effect / cell.least])),
    );
  const sorted = [...bySubject]
    .map(([subject, cells]) => ({ subject, cells, moved: moved(cells) }))
    .sort((a, b) => b.moved - a.moved || (a.subject < b.subject ? -1 : 1));
  const shown = sorted.slice(0, most).map(({ subject, cells }) => ({ subject, cells }));
  return { windows, subjects: shown, more: sorted.length - shown.length };
}

/** The same as a table, of its newest windows: what the picture shows, in numbers. */
export function driftTable({ windows, subjects, more }: DriftOverTime, newest: number): Section[] {
  if (subjects.length === 0) return [];
  const from = Math.max(0, windows.length - newest);
  const shown = windows.slice(from);
  const columns = [left("Column"), right("Counts from"), ...shown.map(({ window }) => right(dayWords(window.from)))];
  const rows = subjects.map(({ subject, cells }): Cell[] => [
    subject,
    formatNumber(cells.findLast((cell) => cell !== undefined)?.least ?? 0),
    ...cells.slice(from).map((cell): Cell => {
      if (cell === undefined) return "–";
      const text = formatNumber(cell.effect);
      return cell.drifted ? { mark: "fail", text } : text;
    }),
  ]);
  const text = [
    "PSI of a distribution, or by how much a share rose or fell, against what the version was trained on.",
    ...(more > 0 ? [`${more} that moved less are not shown.`] : []),
  ];
  return [{ title: "Drift by column and window, in numbers", folded: true, text, table: { columns, rows } }];
}

/** From which effect on it counts, as the spec asks now. */
function leastOf({ of, what, column, least }: DriftTest, spec: MonitorSpec | undefined): number {
  if (of !== "feature" || what !== "distribution" || !spec?.columns || !Object.hasOwn(spec.columns, column))
    return least;
  const asked = spec.columns[column];
  return typeof asked === "object" ? asked.psi : least;
}
