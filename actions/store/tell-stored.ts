import { buildReport } from "../../core/report/build-report.ts";
import { escapeMarkdown } from "../../core/report/escape-text.ts";
import { toMarkdown } from "../../core/report/to-markdown.ts";
import type { Problem } from "../../schemas/problem.ts";
import type { RunResult } from "../../schemas/run-result.ts";
import type { ActionPorts } from "../job/ports.ts";
import { SUMMARY_LIMIT } from "../job/summary.ts";
import { annotationOf, tellProblems } from "../job/tell-problem.ts";

/**
 * Tells how a run ended, as far as no other job has told it: that it failed, and that nothing of it will be registered, or
 * would be if it were merged. `scored` says that the jobs before were fine, so that a failure is the store's.
 */
export async function tellStored(
  ports: Pick<ActionPorts, "annotate" | "log" | "summary">,
  run: RunResult,
  scored: boolean,
): Promise<void> {
  const { outcome, problem, binding, stored, store_problem: lacking } = run;
  if (outcome === "failed") {
    await ports.summary(toMarkdown(buildReport({ run }), { limit: SUMMARY_LIMIT }));
    if (scored && problem) tellProblems(ports, [problem]);
    return;
  }
  if (stored !== undefined || lacking === undefined) return;
  const title = binding ? "Nothing of this run will be registered" : "Merging this would register nothing";
  const annotation = annotationOf({ ...lacking, message: `${title}. ${lacking.message}` });
  ports.annotate(binding ? "error" : "warning", annotation);
  await ports.summary(`### ${title}\n\n${words(lacking)}\n`);
}

function words({ code, message, expected, found, hint }: Problem): string {
  const lines = [`${message} (${code}).`, expected && `Expected: ${expected}`, found && `Found: ${found}`, hint];
  return lines.flatMap((line) => (line ? [escapeMarkdown(line, 1_000)] : [])).join("\n\n");
}
