import type { Gate, SliceFilter } from "../../schemas/gate.ts";

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

/** Whether a metric differs from run to run of the same thing: a time does. */
export function varies(metric: string): boolean {
  return metric === "predict_ms_per_row";
}

/** The unit of a measured metric, with a leading space; nothing for the others. */
export function unitOf(metric: string): string {
  if (varies(metric)) return " ms";
  return metric === "artifact_mb" ? " MB" : "";
}
