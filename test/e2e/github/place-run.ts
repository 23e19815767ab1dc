import { WORKFLOWS } from "../../../core/github.ts";
import { formatResultName } from "../../../core/stages/result-name.ts";
import type { RunResult } from "../../../schemas/run-result.ts";
import type { Sandbox } from "../../../tools/sandbox/start.ts";
import type { Artifact, Conclusion, Repo, WorkflowRun } from "../../../tools/sandbox/state.ts";
import { zipOf } from "../../attested/zip.ts";
import { runResult } from "../../report/run-result.ts";

/** A run that somebody could have made: what its results say, and what is forged about it. */
export interface MadeRun {
  /** By model; each says that it is of this run and its commit, unless it says otherwise. */
  results?: Readonly<Record<string, Partial<RunResult>>>;
  conclusion?: Conclusion;
  /** Instead of the pipeline's. */
  path?: string;
  event?: string;
  headSha?: string;
  /** What is uploaded in place of a zip with the result alone. */
  zip?: (result: RunResult) => Buffer;
  /** The names of jobs in place of those that attest what was uploaded. */
  jobs?: (attesting: readonly string[]) => readonly string[];
  /** Before GitHub tells of the run's end: what an artifact is, or is said to be. */
  tamper?: (artifact: Artifact) => void;
}

/** Puts a finished run of the pipeline beside a pull request's head, or main's tip. */
export async function placeRun(
  sandbox: Sandbox,
  repo: Repo,
  number: number | undefined,
  made: MadeRun,
): Promise<WorkflowRun> {
  const pull = number === undefined ? undefined : repo.pulls.get(number);
  const { results = {}, zip = zipResult, tamper } = made;
  const resultOf = (run: WorkflowRun, model: string, about: Partial<RunResult>) =>
    runResult({
      ...{ model, spec: `models/${model}/model.yaml`, run: `${run.id}-${run.attempt}-${model}` },
      source: { commit: run.headSha, dirty: false },
      ...about,
    });
  const event = made.event ?? (pull ? "pull_request" : "push");
  const { path, name } = event === "push" ? WORKFLOWS.register : WORKFLOWS.pulls;
  return sandbox.addFinishedRun(repo.fullName, {
    ...{ path: made.path ?? path, name, event },
    ...(pull === undefined ? {} : { pull }),
    ...(made.headSha === undefined ? {} : { headSha: made.headSha }),
    ...(made.conclusion === undefined ? {} : { conclusion: made.conclusion }),
    artifacts: (run) =>
      Object.fromEntries(
        Object.entries(results).map(([model, about]) => [`slipway-result-${model}`, zip(resultOf(run, model, about))]),
      ),
    jobs: (artifacts) => {
      for (const artifact of artifacts) tamper?.(artifact);
      const attesting = artifacts.map(({ id, name, digest }) => {
        const result = formatResultName({ artifact: id, sha256: digest.replace("sha256:", "") });
        return `pipeline / ${name.replace("slipway-result-", "")} / ${result}`;
      });
      return (made.jobs?.(attesting) ?? attesting).map((name) => ({ name }));
    },
  });
}

export function zipResult(result: RunResult): Buffer {
  return zipOf({ name: "result.json", content: JSON.stringify(result) });
}
