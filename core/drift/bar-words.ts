import type { MonitorBar } from "../../schemas/monitor-spec.ts";
import { canonicalJson } from "../canonical.ts";
import { gateSubject } from "../gates/gate-words.ts";

/** How sure an alarm on a bar is, where the bar says nothing. */
export const DEFAULT_CONFIDENCE = 0.95;

/** What a bar looks at, as a key: the same for a bar that was moved since. */
export function barKey({ metric, slice }: Pick<MonitorBar, "metric" | "slice">): string {
  return canonicalJson(slice === undefined ? { metric } : { metric, slice });
}

/** `accuracy where sex = female at least 0.85`. */
export function barWords(bar: MonitorBar): string {
  return `${gateSubject(bar)} ${limitWords(bar)}`;
}

/** `at least 0.85`. */
export function limitWords(bar: MonitorBar): string {
  return bar["at-least"] === undefined ? `at most ${bar["at-most"]}` : `at least ${bar["at-least"]}`;
}
