import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { changesOfJudge } from "../../core/acts/changes-of-judge.ts";
import { attestedModels } from "../../core/attested/attested.ts";
import { checkWorkflow } from "../../core/attested/check-workflow.ts";
import { attestedBy, readResults } from "../../core/attested/read-results.ts";
import { escapeMarkdown } from "../../core/report/escape-text.ts";
import { removeTree } from "../../core/runtime/remove-tree.ts";
import { formatResultName } from "../../core/stages/result-name.ts";
import type { ModelName } from "../../schemas/names.ts";
import type { GitHubApi } from "../job/github-api.ts";
import type { ActionOutcome, ActionPorts } from "../job/ports.ts";
import { openRunRepository } from "../job/repository.ts";
import { type JobFacts, readJobFacts } from "../job/run-facts.ts";
import { findTriggeringRun, readScoreRequest, type TriggeringRun } from "./score-request.ts";

/** A leg of the matrix: a model whose predictions are to be scored. */
interface Leg {
  model: ModelName;
  /** The job's name that attests its result. */
  result: string;
}

/**
 * Finds what of a pull request's run waits for its score: models whose labels are sealed, that trained and predicted, and whose
 * judge is the default branch's. Runs no code of the pull request, and writes down why it leaves one out.
 */
export async function run(ports: ActionPorts): Promise<ActionOutcome> {
  const facts = readJobFacts(ports.context);
  const { githubApi } = await import("../job/github-api.ts");
  const api = githubApi(ports.input("token"), facts.repository.fullName, ports.context.apiUrl);
  const asked = readScoreRequest(ports.context);
  const triggering = await findTriggeringRun(api, asked);
  const { legs, left } =
    "left" in triggering ? { legs: [], left: [triggering.left] } : await legsOf(ports, api, facts, triggering);
  ports.output("matrix", JSON.stringify({ include: legs }));
  ports.output("count", String(legs.length));
  if (!("left" in triggering)) {
    for (const name of ["run", "attempt", "head", "origin"] as const) ports.output(name, String(triggering[name]));
  }
  const lines = [
    ...legs.map(({ model }) => `- ${model} is scored.`),
    ...left.map((why) => `- ${escapeMarkdown(why, 700)}`),
  ];
  await ports.summary(
    `### Scores of run ${asked.run}\n\n${lines.length > 0 ? lines.join("\n") : "No model waits for one."}\n`,
  );
  return { outcome: "succeeded" };
}

async function legsOf(
  ports: ActionPorts,
  api: GitHubApi,
  { repository: { url, defaultBranch: branch } }: JobFacts,
  { run: id, attempt, head }: TriggeringRun,
): Promise<{ legs: Leg[]; left: string[] }> {
  const home = await mkdtemp(join(ports.env["RUNNER_TEMP"] || tmpdir(), "slipway-"));
  const repository = await openRunRepository(home, { url, defaultBranch: branch }, ports.input("token"));
  try {
    const tip = await repository.tip();
    await repository.bring(head);
    const base = (await repository.branchPoint(tip, head)) ?? tip;
    await repository.bring(base);
    const wrong = await checkWorkflow(repository.objects, { use: "pulls", tip, head, base, branch });
    if (wrong) return { legs: [], left: [wrong.refusal.message] };
    const known = { id, attempt, head, binding: false };
    const attested = await attestedBy(api, known);
    if (attested === "superseded") return { legs: [], left: [`Run ${id} was run again: the end of that one counts.`] };
    const legs: Leg[] = [];
    const left: string[] = [];
    for (const read of await readResults(api, known, attested, attestedModels(attested))) {
      const { model } = read;
      if ("refusal" in read) left.push(`${model}: ${read.refusal.message}`);
      else if (read.result.unscored === undefined) continue;
      else {
        const changes = await changesOfJudge(repository.objects, { tip, head, model });
        const named = attested.find((each) => each.model === model);
        if (changes.length > 0) left.push(`${model} is scored once this is merged: it changes ${changes.join(", ")}.`);
        else if (named) legs.push({ model: read.result.model, result: formatResultName(named) });
      }
    }
    return { legs, left };
  } finally {
    await repository.close();
    await removeTree(home);
  }
}
