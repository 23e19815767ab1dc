import type { RetrainOutcome } from "../../core/acts/open-retrain.ts";
import { escapeMarkdown } from "../../core/report/escape-text.ts";
import type { Refusal } from "../../schemas/decision.ts";
import type { MonitorResult } from "../../schemas/monitoring.ts";
import type { EventContext } from "../github/event-context.ts";
import { reply } from "../pulls/reply.ts";
import type { WorkflowRun } from "../pulls/results/workflow-run.ts";

/** What came of a run that somebody asked for. */
export type AskedRun =
  | { refusal: Refusal }
  | { result: MonitorResult; retrained: ReadonlyMap<string, RetrainOutcome | Refusal> };

/** Answers where somebody asked for a retrain pull request. A run that nobody asked for tells nothing here. */
export async function tellThread(
  context: EventContext,
  run: WorkflowRun,
  thread: number | undefined,
  came: AskedRun,
): Promise<void> {
  if (thread === undefined) return;
  const lines = "refusal" in came ? [refusalLine(came.refusal)] : answers(came);
  if (lines.length === 0) return;
  const body = [...lines, `[The run that looked](${run.html_url})`].join("\n\n");
  try {
    await reply(context, thread, body, `monitored-${run.id}-${run.run_attempt}`, { again: true });
  } catch (error) {
    // Whoever starts a run by hand may name a thread that is not there.
    const status = error instanceof Error && "status" in error ? error.status : undefined;
    if (status !== 404 && status !== 410 && status !== 422) throw error;
    context.log.info({ run: run.id, thread }, "there is no such thread to answer in");
  }
}

function answers({ result, retrained }: Extract<AskedRun, { result: MonitorResult }>): string[] {
  return (result.retrain ?? []).map((model) => {
    const came = retrained.get(model);
    const problem = result.problems.find((each) => each.model === model);
    if (came !== undefined)
      return `**${escapeMarkdown(model)}**: ${"code" in came ? refusalLine(came) : retrainWords(came)}`;
    if (problem !== undefined) return `**${escapeMarkdown(model)}**: ${refusalLine(problem)}`;
    return `**${escapeMarkdown(model)}**: none of its data has moved since it was pinned, so there is nothing new to train on.`;
  });
}

function retrainWords({ outcome, branch, pull, until }: RetrainOutcome): string {
  const at = pull === undefined ? `the branch \`${branch}\`` : `#${pull}`;
  switch (outcome) {
    case "opened":
      return `its data has moved: ${at} brings the new pins.`;
    case "updated":
      return `its data has moved again: ${at} brings the newest pins.`;
    case "open":
      return `${at} is open already, with these pins.`;
    case "waiting":
      return `a former one is not as old yet as labels take: the next may open after ${until}.`;
    case "edited":
      return `somebody works on ${at}: it stays as it is.`;
    case "declined":
      return `${at} with these pins was closed: it is not opened again.`;
    case "overtaken":
      return "the default branch has other pins by now than those that were looked at.";
  }
}

function refusalLine({ message, code }: Pick<Refusal, "message" | "code">): string {
  return `${escapeMarkdown(message, 1_000)} (${code})`;
}
