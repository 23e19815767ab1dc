import type { Evaluation } from "../../schemas/evaluation.ts";
import type { MonitorBar, MonitorSpec } from "../../schemas/monitor-spec.ts";
import type { WindowRecord } from "../../schemas/monitoring.ts";
import type { VersionNumber } from "../../schemas/names.ts";
import { findValue, isNumber } from "../gates/gate-evidence.ts";
import { formatAgainst } from "../gates/number-words.ts";
import { isBeyond } from "./bar-holds.ts";
import { barSeen } from "./bar-seen.ts";
import { barWords } from "./bar-words.ts";
import { followBar } from "./follow-bar.ts";
import { leadingRecords } from "./leading-records.ts";
import { windowLength } from "./windows.ts";

/** A version that was in the stage before, with what is known of how good it is. */
export interface EarlierVersion {
  version: VersionNumber;
  /** Of its test rows; undefined if it was never evaluated. */
  evaluation: Evaluation | undefined;
  /** Looks at what it answered, in any order. */
  windows: readonly WindowRecord[];
}

export interface RollbackTarget {
  /** Undefined where none holds the bars. */
  version: VersionNumber | undefined;
  /** A sentence for each version that was asked: how it holds the bars, or why it does not. */
  words: string[];
}

/** With fewer labelled rows of its own, a version is judged by its evaluation. */
const FEWEST_LABELS = 30;

/**
 * The first of `earlier` that holds every bar of the spec: by the labels of what it answered itself, where there are enough, else by its
 * recorded evaluation. What cannot be told does not hold.
 */
export function rollbackTarget(earlier: readonly EarlierVersion[], spec: MonitorSpec | undefined): RollbackTarget {
  const words: string[] = [];
  for (const each of earlier) {
    const answers = (spec?.bars ?? []).map((bar) => holdsBar(each, bar, spec));
    const broken = answers.find(({ holds }) => !holds);
    words.push(`version ${each.version}: ${(broken ?? answers[0])?.words ?? "the spec asks no bar"}`);
    if (broken === undefined && answers.length > 0) return { version: each.version, words };
  }
  return { version: undefined, words };
}

interface Answer {
  holds: boolean;
  words: string;
}

function holdsBar(version: EarlierVersion, bar: MonitorBar, spec: MonitorSpec | undefined): Answer {
  return holdsLive(version, bar, spec) ?? holdsEvaluated(version, bar);
}

/** Undefined where too few of its answers have labels. */
function holdsLive(
  { version, windows }: EarlierVersion,
  bar: MonitorBar,
  spec: MonitorSpec | undefined,
): Answer | undefined {
  const own = windows.filter((record) => record.version === version);
  const length = windowLength(spec);
  const records = leadingRecords(own, { version }, length).map(({ record }) => record);
  const seen = records.flatMap((record) => barSeen(bar, record) ?? []);
  const rows = seen.reduce((sum, each) => sum + each.rows, 0);
  if (rows < FEWEST_LABELS) return undefined;
  const value = seen.reduce((sum, each) => sum + each.value * each.rows, 0) / rows;
  const follow = followBar(bar);
  const first = Date.parse(records[0]?.window.from ?? "");
  const states = records.map((record) => follow(record, Math.round((Date.parse(record.window.from) - first) / length)));
  const words = `${barWords(bar)}: it was ${told(value, bar)} on the ${rows} labelled rows that it answered`;
  if (states.at(-1)?.alarm !== undefined) return { holds: false, words: `${words}, and ended below` };
  return { holds: isBeyond(bar, value), words };
}

function holdsEvaluated({ evaluation }: EarlierVersion, bar: MonitorBar): Answer {
  const asked = barWords(bar);
  if (evaluation === undefined) return { holds: false, words: `${asked}: it was never evaluated` };
  const { metric, slice } = bar;
  const found = findValue({ metric, ...(slice === undefined ? {} : { slice }) }, evaluation);
  if ("reason" in found) return { holds: false, words: `${asked}: its evaluation cannot tell: ${found.found}` };
  const { value } = found.measure;
  if (!isNumber(value)) return { holds: false, words: `${asked}: undefined in its evaluation` };
  return { holds: isBeyond(bar, value), words: `${asked}: it was ${told(value, bar)} in its evaluation` };
}

function told(value: number, bar: MonitorBar): string {
  return formatAgainst(value, bar["at-least"] ?? bar["at-most"] ?? value);
}
