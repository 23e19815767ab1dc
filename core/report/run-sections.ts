import type { RunResult } from "../../schemas/run-result.ts";
import { readParams } from "../json-text.ts";
import { textOnOneLine } from "./diff-versions.ts";
import { measured } from "./metric-words.ts";
import type { Section } from "./report.ts";
import { left, right } from "./report.ts";
import { size } from "./size-words.ts";
import { counted } from "./verdict-words.ts";

/** Declared rules that the data breaks, by row id: values are never shown. */
export function violationSection({ violations }: RunResult): Section[] {
  if (violations.length === 0) return [];
  const columns = [
    ...["Data", "Column", "Check"].map(left),
    right("Rows"),
    ...["Expected", "Found", "First row ids"].map(left),
  ];
  const rows = violations.map((violation) => [
    violation.set,
    violation.column ?? "–",
    { mark: "fail" as const, text: violation.check },
    String(violation.count),
    violation.expected,
    violation.found,
    violation.rows.join(", "),
  ]);
  return [{ title: "Data that breaks its rules", folded: false, text: [], table: { columns, rows } }];
}

/** What a command said last, line by line. Broken rules have a table of their own. */
export function lastLinesSection({ problem, violations }: RunResult): Section[] {
  const [, ...lines] = problem?.found?.split("\n") ?? [];
  if (lines.length === 0 || violations.length > 0) return [];
  const table = { columns: [left("Output")], rows: lines.map((line) => [line]) };
  return [{ title: "Its last lines", folded: false, text: [], table }];
}

/** What it cost, in a sentence. */
export function costSection({ steps, seconds, artifact, artifact_from, evaluation }: RunResult): Section[] {
  const parts = steps
    .filter(({ step, outcome }) => outcome === "done" && (step === "train" || step === "predict"))
    .map(({ step, seconds }) => `${step} ${duration(seconds)}`);
  if (artifact_from === "reused") parts.unshift("artifact of an earlier run, not trained again");
  const perRow = evaluation?.metrics["predict_ms_per_row"]?.value;
  if (typeof perRow === "number") parts.push(`${measured(perRow)} ms a row to predict`);
  if (artifact !== undefined) parts.push(`artifact ${size(artifact.size)}`);
  parts.push(`${duration(seconds)} in all`);
  return [{ title: "Cost and time", folded: false, text: [`${parts.join(", ")}.`] }];
}

export function stepSection({ steps }: RunResult): Section[] {
  if (steps.length === 0) return [];
  const columns = [left("Step"), left("Outcome"), right("Time"), left("Detail")];
  const rows = steps.map(({ step, outcome, seconds, detail }) => [
    step,
    { mark: outcome === "failed" ? ("fail" as const) : ("note" as const), text: outcome },
    duration(seconds),
    detail ?? "",
  ]);
  return [{ title: "Steps", folded: true, text: [], table: { columns, rows } }];
}

/** What went in: data by digest, params, seed. */
export function inputSection({ data, params, seed }: RunResult): Section[] {
  const sets = [
    ["train", data?.train],
    ["test", data?.test],
  ] as const;
  const rows = [
    ...sets.flatMap(([role, set]) =>
      set === undefined ? [] : [[`${role} data`, `${counted(set.rows, "row")}, sha256 ${set.sha256}`]],
    ),
    ["seed", String(seed)],
    ...Object.entries(readParams(params)).map(([key, value]) => [`param ${key}`, textOnOneLine(value)]),
  ];
  return [{ title: "Inputs", folded: true, text: [], table: { columns: [left("Input"), left("Value")], rows } }];
}

/** Seconds as people say them. */
export function duration(seconds: number): string {
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)];
  return hours > 0 ? `${hours} h ${minutes} min` : `${minutes} min ${whole % 60} s`;
}
