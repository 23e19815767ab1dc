import { canonicalJson, sha256 } from "../../core/canonical.ts";
import { escapeMarkdown } from "../../core/report/escape-text.ts";
import { counted } from "../../core/report/verdict-words.ts";
import type { Alarm, MonitorState } from "../../schemas/monitoring.ts";
import type { EventContext } from "../github/event-context.ts";
import { reply } from "../pulls/reply.ts";
import { decideIssue, type WantedIssue } from "./decide-issue.ts";
import { LABEL, type OwnIssue } from "./find-issues.ts";
import { alarmKey, writeIssueBody } from "./issue-body.ts";

const MOST_TOLD = 10;

/**
 * Brings a model's one issue up to what its alarms want, and resolves to it as it is then, where there is one. Comments come before what
 * they tell of: who was killed between the two finds the comment, and does the rest. Twice is once.
 */
export async function keepIssue(
  context: EventContext,
  wanted: WantedIssue,
  { model, state: stands, clean, snoozed }: Pick<MonitorState, "model" | "state" | "clean" | "snoozed">,
  report: () => Promise<string>,
  known: OwnIssue | undefined,
): Promise<OwnIssue | undefined> {
  const { octokit, repository } = context;
  const where = { owner: repository.owner, repo: repository.name };
  const step = decideIssue(wanted, known);
  if (step.step === "leave") return known;
  const isClosing = step.step === "close" || step.step === "settle";
  const marks = { model, isOpen: !isClosing, alarms: step.alarms };
  const body = writeIssueBody(marks, await report(), known?.body);
  if (known === undefined) {
    const about = { title: `Alarm: ${model}`, body, labels: [LABEL], request: { retries: 0 } };
    // A lost answer must not open a second one: the event is handled again, and finds this one.
    const { data } = await octokit.rest.issues.create({ ...where, ...about });
    return { ...marks, number: data.number, state: "open", body };
  }
  const { number } = known;
  const isNews = !["keep", "settle"].includes(step.step) || (step.fresh.length > 0 && snoozed === undefined);
  if (isNews) {
    const alarms = wanted.alarms.filter((alarm) => step.fresh.includes(alarmKey(alarm)));
    const key = sha256(canonicalJson({ ...step, told: known.alarms })).slice(0, 32);
    // A change of the body notifies nobody; a comment does. Its key is what it tells, so that it is told once.
    await reply(
      context,
      number,
      newsWords(
        step.step,
        alarms,
        stands === "idle" ? "No version is live any more: nothing is watched." : allClear(clean),
      ),
      `monitor-${key}`,
      { again: true },
    );
  }
  const state = isClosing ? "closed" : "open";
  if (known.body !== body || known.state !== state) {
    const why = isClosing ? { state_reason: "completed" as const } : {};
    await octokit.rest.issues.update({ ...where, issue_number: number, body, state, ...why });
  }
  return { ...marks, number, state, body };
}

function allClear(clean: number): string {
  return `All clear: ${counted(clean, "clean window")} in a row.`;
}

function newsWords(step: string, alarms: readonly Alarm[], over: string): string {
  if (step === "close") return over;
  const points = alarms.slice(0, MOST_TOLD).map(({ words }) => `- ${escapeMarkdown(words, 500)}`);
  return [`${step === "reopen" ? "Open again" : "New"}: ${counted(alarms.length, "alarm")}.`, ...points].join("\n");
}
