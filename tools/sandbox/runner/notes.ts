import type { CheckRun } from "../state.ts";
import type { WorkflowCommand } from "./commands.ts";

export const LEVELS: Readonly<Record<string, "failure" | "warning" | "notice">> = {
  error: "failure",
  warning: "warning",
  notice: "notice",
};

/** GitHub's limits: annotations of one level in a step, of all levels in a job, and bytes of a step's summary. */
const STEP_ANNOTATIONS = 10;
const JOB_ANNOTATIONS = 50;
const SUMMARY_BYTES = 1024 * 1024;

/** How many annotations of each level a step has made. */
export type StepNotes = Map<string, number>;

/** Adds what a step printed about a file; what is over GitHub's limits is dropped, as there. */
export function annotate(check: CheckRun, step: StepNotes, command: WorkflowCommand): void {
  const { name, properties, message } = command;
  const before = step.get(name) ?? 0;
  if (before >= STEP_ANNOTATIONS || check.annotations.length >= JOB_ANNOTATIONS) return;
  step.set(name, before + 1);
  const number = (key: string) => (properties[key] === undefined ? null : Number(properties[key]));
  const line = number("line") ?? 1;
  check.annotations.push({
    path: properties["file"] ?? ".github",
    start_line: line,
    end_line: number("endLine") ?? line,
    start_column: number("col"),
    end_column: number("endColumn"),
    annotation_level: LEVELS[name] ?? "notice",
    message,
    title: properties["title"] ?? null,
    raw_details: null,
  });
}

/** Adds a step's summary to its job's; one that is too long is left out, and an annotation says so, as on GitHub. */
export function summarize(check: CheckRun, text: string): void {
  if (text === "") return;
  const message = `$GITHUB_STEP_SUMMARY upload aborted, supports content up to a size of ${SUMMARY_BYTES / 1024}k`;
  if (Buffer.byteLength(text) > SUMMARY_BYTES) annotate(check, new Map(), { name: "error", properties: {}, message });
  else check.output.summary = `${check.output.summary ?? ""}${text}`;
}
