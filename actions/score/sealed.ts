import { mkdir } from "node:fs/promises";
import { reportRun } from "../../core/acts/report-run.ts";
import { readResults } from "../../core/attested/read-results.ts";
import { isRefused } from "../../core/attested/refusal.ts";
import { SlipwayError } from "../../core/errors.ts";
import { toMarkdown } from "../../core/report/to-markdown.ts";
import { bundleName } from "../../core/stages/actions-uri.ts";
import { formatResultName, parseResultName } from "../../core/stages/result-name.ts";
import { type ScoredRun, scoreStage } from "../../core/stages/score.ts";
import { storeStage } from "../../core/stages/store.ts";
import type { CommitId, ModelName } from "../../schemas/names.ts";
import type { RunResult } from "../../schemas/run-result.ts";
import { withCommitSource } from "../job/commit-job.ts";
import { choiceInput, commitInput, modelInput, numberInput } from "../job/inputs.ts";
import type { ActionOutcome, ActionPorts } from "../job/ports.ts";
import { readJobFacts } from "../job/run-facts.ts";
import { stageJob } from "../job/stage-job.ts";
import { SUMMARY_LIMIT } from "../job/summary.ts";

/**
 * Scores what a pull request's run predicted, on labels that only this job opens. Nothing of the pull request is run or
 * checked out. Its bundles count by the digests in the result that its last job attests, and what is scored is the default
 * branch's to say. The run's whole result is handed on, now with an evaluation.
 */
export async function scoreSealed(ports: ActionPorts): Promise<ActionOutcome> {
  const model = modelInput(ports);
  const head = commitInput(ports);
  const [id, attempt] = [numberInput(ports, "run"), numberInput(ports, "attempt")];
  const origin = choiceInput(ports, "origin", ["same-repository", "fork"]);
  const { repository, ...job } = readJobFacts(ports.context);
  const { run, handed } = await unscored(ports, repository.fullName, model, { id, attempt, head });
  const facts = { ...job, repository, event: "pull_request" as const, origin, head, base: undefined };
  const from = { run: String(id), repository: repository.fullName, token: ports.input("token") };
  let summary: string | undefined;
  const { record: _, ...ended } = await stageJob(
    ports,
    "score",
    async (of) => {
      const given = {
        validate: of.bundle("validate", handed.validate),
        baseline: of.bundle("baseline", handed.baseline),
        train: of.bundle("train", handed.train),
        predict: of.bundle("predict", handed.predict),
      };
      const write = (made: ScoredRun, stage: Parameters<typeof reportRun>[1]) =>
        stage.step("report", async () => {
          const { report, folder } = await reportRun(made, stage);
          summary = toMarkdown(report, { limit: SUMMARY_LIMIT });
          return stage.store.putFolder(folder);
        });
      const score = await withCommitSource(ports, of, (source) => scoreStage(of.context, given, source, write), {
        judgedByTip: true,
      });
      const out = await of.folder("result");
      const stages = Object.fromEntries(
        Object.entries({ ...given, score }).map(([stage, bundle]) => [stage, { result: "success" as const, bundle }]),
      );
      const temporary = await of.folder("result-tmp");
      await mkdir(out, { recursive: true });
      const source = { commit: head, dirty: false };
      await storeStage({ ...{ model, run, source, binding: false, collectOnly: true }, stages, out, temporary });
      const { id: artifact, digest } = await ports.artifacts.upload(bundleName("result", model), out);
      ports.output("result", formatResultName({ artifact, sha256: digest }));
      return score;
    },
    { facts, from, run },
  );
  if (summary !== undefined) await ports.summary(summary);
  return ended;
}

/** The run's result that waits for its score. Rejects with HANDOVER_CORRUPT where the run attests none. */
async function unscored(
  ports: ActionPorts,
  fullName: string,
  model: ModelName,
  run: { id: number; attempt: number; head: CommitId },
): Promise<{ run: string; handed: NonNullable<RunResult["handed"]> }> {
  const { githubApi } = await import("../job/github-api.ts");
  const named = parseResultName(ports.input("result"));
  const attested = named === undefined ? [] : [{ ...named, model, attempt: run.attempt }];
  const api = githubApi(ports.input("token"), fullName, ports.context.apiUrl);
  const [read] = await readResults(api, { ...run, binding: false }, attested, [model]);
  if (read === undefined || isRefused(read)) {
    throw new SlipwayError("HANDOVER_CORRUPT", `The run ${run.id} attests no result of ${model}`, {
      found: read?.refusal.message ?? "none",
      hint: "Run the pull request's pipeline again.",
    });
  }
  const { handed, unscored: waits, run: name } = read.result;
  if (waits !== undefined && handed !== undefined) return { run: name, handed };
  throw new SlipwayError("HANDOVER_CORRUPT", `The result of ${model} in the run ${run.id} waits for no score`, {
    expected: "a run that succeeded without an evaluation, since its labels are sealed",
    found: read.result.outcome,
  });
}
