import type { MonitorSpec } from "../../schemas/monitor-spec.ts";
import type { Alarm, DriftTest, WindowRecord } from "../../schemas/monitoring.ts";
import { recomputeTest } from "./recompute-test.ts";
import { brokenWords, movedShare, ruleSubject, testSubject, testWords } from "./test-words.ts";

/** Answered rows that a window needs before anything is said of it. */
const FEWEST_ROWS = 20;

/** What one window says of one subject; the words are for those that alarm, and costly for thousands of tests that do not. */
export interface WindowFinding {
  kind: Alarm["kind"];
  subject: string;
  bad: boolean;
  share(): number;
  words(): string;
}

/**
 * What a window says of each column that was compared, and of each rule that its rows break; `off` columns and least effects as the
 * spec has them now. A rule that no row breaks is not named: `rulesChecked` says whether it was asked.
 */
export function windowFindings(record: WindowRecord, spec: MonitorSpec | undefined): WindowFinding[] {
  const tests = record.tests
    .filter(({ of, column }) => of === "prediction" || columnSpec(spec, column) !== "off")
    .map((test) => ({
      kind: "drift" as const,
      subject: testSubject(test),
      bad: isDrifted(test, spec),
      share: () => movedShare(test),
      words: () => testWords(test),
    }));
  const rules = record.rules.map((rule) => ({
    kind: "rules" as const,
    subject: ruleSubject(rule),
    bad: rule.broken,
    share: () => (rule.rows === 0 ? 0 : Math.min(1, rule.count / rule.rows)),
    words: () => brokenWords(rule),
  }));
  return [...tests, ...rules];
}

/** Whether a window had rows enough to ask all rules of them. */
export function rulesChecked({ traffic }: Pick<WindowRecord, "traffic">): boolean {
  return traffic.rows - traffic.errors >= FEWEST_ROWS;
}

/** Drifted as the spec asks now: a least effect may have moved since the window was looked at. */
export function isDrifted(test: DriftTest, spec: MonitorSpec | undefined): boolean {
  const asked = test.of === "feature" && test.what === "distribution" ? columnSpec(spec, test.column) : undefined;
  return typeof asked === "object" ? recomputeTest({ ...test, least: asked.psi }).drifted : test.drifted;
}

function columnSpec(spec: MonitorSpec | undefined, column: string) {
  return spec?.columns && Object.hasOwn(spec.columns, column) ? spec.columns[column] : undefined;
}
