import { expect, it } from "vitest";
import { trainedPath } from "../../core/acts/find-reusable.ts";
import { canonicalJson } from "../../core/canonical.ts";
import { openExperiments } from "../../core/experiments/open.ts";
import type { RunResult } from "../../schemas/run-result.ts";
import { TrainedArtifact } from "../../schemas/trained-artifact.ts";
import { ADA, arrangeModels } from "../stages/models.ts";
import { runJobs } from "./chain.ts";
import { arrangeRunner, EVENTS } from "./ports.ts";

/** A pull request's run under a policy that lets artifacts be taken again, and what the App then writes of it. */
async function arrangeTrained(change: (record: TrainedArtifact) => Partial<TrainedArtifact> = () => ({})) {
  const models = await arrangeModels({ policy: { register: { artifact: "reuse" } } });
  const runner = await arrangeRunner(models.repository);
  const { commit } = models;
  const { run } = await runJobs(runner, EVENTS.pullRequest(commit, commit), { model: "tiny", commit });
  const record = recordOf(run, commit);
  const experiments = openExperiments(models.ports.objects, undefined);
  const written = { ...record, ...change(record) };
  await experiments.write({
    files: { [trainedPath("tiny", written.fingerprint)]: canonicalJson(TrainedArtifact.parse(written)) },
    ...{ subject: "trained", author: ADA, at: new Date() },
  });
  return { ...models, runner, first: run };
}

function recordOf(run: RunResult, commit: string): TrainedArtifact {
  const { model, fingerprint, environment, artifact, started_at } = run;
  if (!artifact) throw new Error(JSON.stringify(run.problem));
  return {
    ...{ slipway: 1, model, fingerprint, runtime: environment.runtime, artifact, run: run.run, commit },
    ...{ pull_request: 1, recorded_at: started_at },
  };
}

it("takes a pull request's artifact of the same fingerprint on the default branch, and evaluates again", async () => {
  const { runner, commit, first, store } = await arrangeTrained();
  expect(first.artifact?.uri).toMatch(/^actions:77\/slipway-train-tiny\/sha256\//);
  const { run, jobs } = await runJobs(runner, EVENTS.push(commit), { model: "tiny", commit });
  expect(run).toMatchObject({ outcome: "succeeded", binding: true, artifact_from: "reused", artifact_run: first.run });
  expect(run.artifact?.sha256).toBe(first.artifact?.sha256);
  expect(run.artifact?.uri).toMatch(new RegExp(`^file:${store}`));
  expect(run.fingerprint).toBe(first.fingerprint);
  expect(jobs.train?.told.lines.join("\n")).toMatch(/train: reused/);
  expect(jobs.train?.told.lines.join("\n")).not.toMatch(/trained on/);
});

it.each<[string, (record: TrainedArtifact) => Partial<TrainedArtifact>]>([
  ["of another fingerprint", () => ({ fingerprint: "f".repeat(64) })],
  ["whose bytes the run does not have", ({ artifact }) => ({ artifact: { ...artifact, sha256: "a".repeat(64) } })],
])("trains where the record is of an artifact %s", async (_, change) => {
  const { runner, commit } = await arrangeTrained(change);
  const { run } = await runJobs(runner, EVENTS.push(commit), { model: "tiny", commit });
  expect(run).toMatchObject({ outcome: "succeeded", artifact_from: "trained" });
});
