import { sha256 } from "../../core/canonical.ts";
import { timestamp } from "../../core/clock.ts";
import type { PullResult } from "../../schemas/pull-result.ts";
import type { EventContext } from "../github/event-context.ts";
import { publishLoaded } from "../pulls/publish.ts";
import { nextWords } from "../pulls/render/merged-models.ts";
import { reply } from "../pulls/reply.ts";
import type { WorkflowRun } from "../pulls/results/workflow-run.ts";
import { loadPull } from "../pulls/state/load-pull.ts";
import type { PullRequest } from "../pulls/state/pull-request-cache.ts";
import { pullRecordFile, readRecords } from "../pulls/state/records.ts";
import type { PullState } from "../pulls/state/state.ts";
import type { Merge } from "./find-merges.ts";
import { missedOf } from "./missed.ts";
import type { Registered } from "./registered.ts";
import { missedText, registeredText } from "./registration-text.ts";

/**
 * Says on each merged pull request what became of its models: a comment for each new version, once, and the pull
 * request's one comment brought up to date. What was not registered is kept on `experiments`, since no record of the
 * registry tells of it.
 */
export async function tellPulls(
  context: EventContext,
  run: WorkflowRun,
  merges: readonly Merge[],
  registered: readonly Registered[],
): Promise<void> {
  for (const { pull, models } of merges) {
    const own = registered.filter(({ model }) => models.includes(model));
    if (own.length === 0) continue;
    await recordMissed(context, run, pull, own);
    await context.refresh([pull.number]);
    const state = await loadPull(context, pull);
    await announce(context, run, state, own);
    await publishLoaded(context, state);
  }
}

async function announce(
  context: EventContext,
  run: WorkflowRun,
  state: PullState,
  own: readonly Registered[],
): Promise<void> {
  for (const { model, answer } of own) {
    const made = answer.outcome === "registered" || (answer.outcome === "unchanged" && isOf(answer, run));
    const manifest = made && "manifest" in answer ? answer.manifest : undefined;
    const said = manifest ? `${model}@${manifest.version}` : `${model} ${run.head_sha} ${run.id}-${run.run_attempt}`;
    const body = manifest
      ? registeredText(manifest, nextOf(state, model))
      : missedText(model, missedOf(context, run, answer));
    const key = `registration-${sha256(said).slice(0, 32)}`;
    // What this very event registered was told by nobody before.
    await reply(context, state.pull.number, body, key, { again: context.again || answer.outcome !== "registered" });
  }
}

function nextOf({ merged, current }: PullState, name: string): string | undefined {
  const model = merged.find((each) => each.model === name);
  return model?.kind === "registered" ? nextWords(model, current, merged.length === 1) : undefined;
}

/** Whether an earlier telling of this commit made the version: then it is this run's, and may not have been told. */
function isOf({ manifest }: Extract<Registered["answer"], { outcome: "unchanged" }>, run: WorkflowRun): boolean {
  return manifest.source.commit === run.head_sha;
}

async function recordMissed(
  context: EventContext,
  run: WorkflowRun,
  pull: PullRequest,
  own: readonly Registered[],
): Promise<void> {
  const records = await readRecords(context, pull.number);
  const files: Record<string, string> = {};
  for (const { model, answer } of own) {
    if (answer.outcome === "registered" || (answer.outcome === "unchanged" && isOf(answer, run))) continue;
    const known = records.get(model) ?? unreported(context, run, pull, model);
    if (known.registration?.run.id === run.id && known.registration.run.attempt === run.run_attempt) continue;
    const [path, text] = pullRecordFile({ ...known, registration: missedOf(context, run, answer) });
    files[path] = text;
  }
  if (Object.keys(files).length === 0) return;
  await context.experiments.write({
    ...{ files, subject: `Registration of #${pull.number}`, at: context.clock() },
    author: { name: context.app.login, id: context.app.login },
  });
}

/** A pull request whose own run told nothing, as when it was merged before it ended. */
function unreported(context: EventContext, run: WorkflowRun, pull: PullRequest, model: string): PullResult {
  const { number: pull_request, head, fork } = pull;
  const ran = { id: run.id, attempt: run.run_attempt, url: run.html_url };
  const refusal = { code: "RESULT_MISSING", message: `No run of this pull request reported ${model}.` };
  return {
    slipway: 1,
    pull_request,
    model,
    head,
    fork,
    run: ran,
    refusal,
    charts: {},
    recorded_at: timestamp(context.clock()),
  };
}
