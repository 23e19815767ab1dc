import type { Refusal } from "../../schemas/decision.ts";
import type { StoredFile } from "../../schemas/manifest.ts";
import type { Person } from "../../schemas/names.ts";
import type { RunResult } from "../../schemas/run-result.ts";
import type { SlipwayError } from "../errors.ts";
import type { Report } from "../report/report.ts";
import { bindingModel } from "./binding.ts";
import { countRun } from "./charge-run.ts";
import { isCompleteRun } from "./manifest-of.ts";
import { refuseNewName } from "./new-name.ts";
import type { Ports } from "./ports.ts";
import {
  type Published,
  publishRun,
  registeredBefore,
  runFailure,
  sameAsLatest,
  type Unchanged,
} from "./publish-run.ts";
import { fingerprintHere, type RunOptions, runOne } from "./run.ts";

export interface RegistrationRequest extends Pick<RunOptions, "onOutput" | "onStep" | "transfer" | "fresh" | "here"> {
  model: string;
  requestedBy: Person;
}

export type RegistrationResult =
  | (Exclude<Published, Unchanged> & { run: RunResult; report: Report })
  | Unchanged
  | { outcome: "failed"; error: SlipwayError; run: RunResult };

/**
 * Registers a model as the default branch's tip has it: runs it from a clean copy of that commit (an artifact of the same
 * fingerprint is taken, the evaluation is made again), decides by the register gates, and publishes the next version.
 * The act's key is the model and the commit: twice is once. Rejects with DIRTY_TREE, WRONG_BRANCH or SPEC_INVALID.
 */
export async function registerModel(ports: Ports, request: RegistrationRequest): Promise<RegistrationResult> {
  const { model: name, requestedBy, ...rest } = request;
  const { commit, tree, project, model } = await bindingModel(ports, name);
  const snapshot = await ports.registry.snapshot();
  // What would refuse the first record of all is told before the training, not after it.
  if (snapshot.commit === undefined) await ports.registry.complete();
  if ((await snapshot.find(name)) === undefined) await refuseNewName(snapshot, name);
  const before =
    (await registeredBefore(snapshot, name, commit)) ??
    (request.fresh ? undefined : await sameAsLatest(snapshot, model, () => fingerprintHere(model, tree)));
  if (before) {
    // The writer of that version may have been killed before its tag.
    await ports.registry.complete();
    return before;
  }

  const source = { commit, dirty: false };
  const { run, report } = await runOne(ports, { ...rest, project, model, tree, source, binding: true });
  if (run.outcome === "failed" || !run.evaluation) return { outcome: "failed", error: runFailure(run), run };
  if (!isCompleteRun(run)) throw new Error(`run ${run.run} is not whole`);
  // Nobody's record named a reused artifact while this run predicted and scored.
  const state = run.artifact_from === "reused" ? await ports.store.has(run.artifact, { signal: ports.signal }) : "ok";
  if (state !== "ok") {
    await countRun(ports, { run, requestedBy });
    return { outcome: "refused", refusals: [removedMeanwhile(run.artifact)], results: [], run, report };
  }
  const published = await publishRun(ports, { run, model, requestedBy, bytes: { outcome: "checked", by: ports.name } });
  return published.outcome === "unchanged" ? published : { ...published, run, report };
}

function removedMeanwhile({ uri, sha256 }: StoredFile): Refusal {
  return {
    code: "ARTIFACT_MISSING",
    message: `The artifact of an earlier run, which this run took again, was removed meanwhile: expected sha256 ${sha256}, found not all of it at ${uri}.`,
    hint: "Register again: the model is trained anew.",
  };
}
