import type { MonitorBar } from "../../schemas/monitor-spec.ts";
import type { Alarm, WindowRecord } from "../../schemas/monitoring.ts";
import { gateSubject } from "../gates/gate-words.ts";
import { formatAgainst, formatNumber } from "../gates/number-words.ts";
import { isBeyond } from "./bar-holds.ts";
import { type BarSeen, barSeen } from "./bar-seen.ts";
import { barWords, DEFAULT_CONFIDENCE, limitWords } from "./bar-words.ts";
import { collectEvidence } from "./e-value.ts";

/** An alarm without whose it is. */
export type FoundAlarm = Omit<Alarm, "version">;

export interface BarState {
  /** Whether labels enough have come to call it clean or bad: it counts neither way without. */
  labelled: boolean;
  bad: boolean;
  /** Puts it into words; undefined without an alarm. */
  alarm: (() => FoundAlarm) | undefined;
  /** What all labels since it began, or its last alarm was over, say against the bar; undefined of what is no mean. */
  evidence?: BarAgainst | undefined;
}

/** Labels against a bar on a mean of rows that are 0 or 1. */
export interface BarAgainst {
  rows: number;
  /** Rows that are 1. */
  hits: number;
  /** The natural logarithm of what the bets against the bar have come to, each begun with 1. */
  log: number;
  /** The alarm is sure from here on. */
  sureFrom: number;
}

/** Clean windows in a row, after which an alarm is over. */
export const CLEAN_WINDOWS = 5;
const MOST_WINDOWS = 100;
/** Labelled rows that tell whether a window is clean: those of windows with fewer count together. */
const FEWEST_ROWS = 20;

/**
 * Follows one bar over a version's windows; whoever calls hands them in in their order, with their places counted from its first one.
 * Of a mean of rows that are 0 or 1 an alarm is sure: by all labels so far, with the bar's confidence over all looks at them. Of
 * another metric, two of three windows whose interval is beyond the bar are an alarm, which is not sure.
 */
export function followBar(bar: MonitorBar): (record: WindowRecord, place: number) => BarState {
  const [followMean, followOther] = [followMeanOf(bar), followOtherOf(bar)];
  let alarm: BarState["alarm"];
  let evidence: BarState["evidence"];
  return (record, place) => {
    const seen = barSeen(bar, record);
    if (seen === undefined) return { labelled: false, bad: false, alarm, evidence };
    const { hits } = seen;
    const state = hits === undefined ? followOther(seen) : followMean({ ...seen, hits, place });
    ({ alarm, evidence } = state);
    return state;
  };
}

const NO_ROWS = { rows: 0, hits: 0 };

type MeanSeen = BarSeen & { hits: number; place: number };

/**
 * Once its alarm is over, the count begins anew: what was seen before has had its consequence. It is sure while all labels so far
 * say so together: labels come late and in any order, and of evidence that was there only without the later windows' labels the
 * bar's confidence does not hold.
 */
function followMeanOf(bar: MonitorBar): (seen: MeanSeen) => BarState {
  const sureFrom = -Math.log(1 - (bar.confidence ?? DEFAULT_CONFIDENCE));
  let collect = collectEvidence(bar);
  let windows: MeanSeen[] = [];
  let since: number | undefined;
  let held = 0;
  let [part, all] = [NO_ROWS, NO_ROWS];
  return (seen) => {
    windows.push(seen);
    part = { rows: part.rows + seen.rows, hits: part.hits + seen.hits };
    const { rows, hits } = part;
    const labelled = rows >= FEWEST_ROWS;
    if (labelled) part = NO_ROWS;
    const { log, since: began } = collect(seen);
    all = { rows: all.rows + seen.rows, hits: all.hits + seen.hits };
    const evidence = { ...all, log, sureFrom };
    if (since === undefined && log < sureFrom) return { labelled, bad: false, alarm: undefined, evidence };
    since ??= began;
    if (labelled) held = isBeyond(bar, hits / rows) ? held + 1 : 0;
    if (held >= CLEAN_WINDOWS) {
      [collect, windows, since, held, all] = [collectEvidence(bar), [], undefined, 0, NO_ROWS];
      return { labelled, bad: false, alarm: undefined, evidence: { ...NO_ROWS, log: 0, sureFrom } };
    }
    const [begin, end, seenAll] = [since, windows.length, windows];
    const counting = () => seenAll.slice(0, end).filter(({ place }) => place >= begin);
    return { labelled, bad: held === 0, alarm: () => meanAlarm(bar, counting(), log >= sureFrom), evidence };
  };
}

function followOtherOf(bar: MonitorBar): (seen: BarSeen) => BarState {
  let last: BarSeen[] = [];
  return (seen) => {
    const bad = seen.holds === "no";
    const labelled = bad || seen.rows >= FEWEST_ROWS;
    if (labelled) last = [...last, seen].slice(-3);
    const broken = last.filter(({ holds }) => holds === "no");
    return { labelled, bad, alarm: broken.length < 2 ? undefined : () => unsureAlarm(bar, broken) };
  };
}

function meanAlarm(bar: MonitorBar, counting: readonly MeanSeen[], sure: boolean): FoundAlarm {
  const rows = counting.reduce((sum, each) => sum + each.rows, 0);
  const hits = counting.reduce((sum, each) => sum + each.hits, 0);
  const failed = bar["at-least"] === undefined ? hits : rows - hits;
  const limit = bar["at-least"] ?? bar["at-most"] ?? 0;
  return {
    ...about(bar, counting),
    share: failed / rows,
    sure,
    words: `${gateSubject(bar)} is ${formatAgainst(hits / rows, limit)} on the ${rows} labelled rows since then (${hits} of them), and has to be ${limitWords(bar)}: ${sure ? "surely broken, over all labels so far" : "it was broken, and labels of later windows leave it open whether it is, so no rollback rests on it"}`,
  };
}

function unsureAlarm(bar: MonitorBar, broken: readonly BarSeen[]): FoundAlarm {
  const values = broken.map(({ value }) => formatNumber(value)).join(" and ");
  return {
    ...about(bar, broken),
    sure: false,
    words: `${gateSubject(bar)} was ${values} in ${broken.length} of the last 3 windows with labels, each beyond ${limitWords(bar)} by its interval; that is no proof over many looks, and no rollback rests on it`,
  };
}

function about(bar: MonitorBar, windows: readonly BarSeen[]) {
  const begins = windows.map(({ from }) => from);
  return {
    kind: "bar" as const,
    subject: barWords(bar).slice(0, 2_000),
    since: begins[0] ?? "",
    windows: begins.slice(-MOST_WINDOWS),
  };
}
