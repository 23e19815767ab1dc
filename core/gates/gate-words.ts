import type { Gate, SliceFilter } from "../../schemas/gate.ts";
import { formatPercent } from "./number-words.ts";

/** What a gate looks at, in words: `recall of class yes where island = Dream`. */
export function gateSubject(gate: Pick<Gate, "metric" | "class" | "slice">): string {
  const ofClass = gate.class === undefined ? "" : ` of class ${gate.class}`;
  return `${gate.metric}${ofClass}${gate.slice === undefined ? "" : ` where ${sliceWords(gate.slice)}`}`;
}

/** `island = Dream and sex = female`, columns in order. */
export function sliceWords(slice: SliceFilter): string {
  return Object.keys(slice)
    .sort()
    .map((column) => `${column} = ${slice[column]}`)
    .join(" and ");
}

/** What a gate asks for, in words; thresholds stand as they were written. */
export function gateExpectation(gate: Gate): string {
  const unit = unitOf(gate.metric);
  const parts: string[] = [];
  if (gate["at-least"] !== undefined) parts.push(`at least ${gate["at-least"]}${unit}`);
  if (gate["at-most"] !== undefined) parts.push(`at most ${gate["at-most"]}${unit}`);
  const improvement = gate["min-improvement"];
  if (improvement !== undefined) {
    parts.push(
      improvement === 0 ? `as good as ${gate.versus}` : `at least ${improvement}${unit} better than ${gate.versus}`,
    );
  }
  const regression = gate["max-regression"];
  if (regression !== undefined) {
    parts.push(
      regression === 0 ? `not worse than ${gate.versus}` : `at most ${regression}${unit} worse than ${gate.versus}`,
    );
  }
  if (parts.length === 0) parts.push("a threshold");
  const confidence = gate.confidence === undefined ? "" : ` with ${formatPercent(gate.confidence)} confidence`;
  return parts.join(" and ") + confidence;
}

/** The unit of a measured metric, with a leading space; nothing for the others. */
export function unitOf(metric: string): string {
  if (metric === "predict_ms_per_row") return " ms";
  return metric === "artifact_mb" ? " MB" : "";
}
