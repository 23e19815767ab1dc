import type { Refusal } from "../../schemas/decision.ts";
import type { CommitId, Person } from "../../schemas/names.ts";
import type { RunResult } from "../../schemas/run-result.ts";
import { canonicalJson } from "../canonical.ts";
import { SlipwayError } from "../errors.ts";
import { runGit } from "../git/run.ts";
import { openCommit } from "../source/commit.ts";
import type { LoadedModel } from "../spec/project.ts";
import { decidingBranch } from "./binding.ts";
import { countRun } from "./charge-run.ts";
import { checkBytes } from "./check-bytes.ts";
import { keepComparisons } from "./compare-later.ts";
import { type CompleteRun, isCompleteRun } from "./manifest-of.ts";
import type { Ports } from "./ports.ts";
import { soundProject } from "./project.ts";
import { type Published, publishRun, registeredBefore, runFailure, sameAsLatest } from "./publish-run.ts";

/** What registering a finished run comes to: what `registerModel` answers, without the run that the caller has. */
export type ResultRegistration = Published | { outcome: "failed"; error: SlipwayError };

export interface ResultOptions {
  /** As the host has it from the default branch's own run, whose jobs it has checked. */
  run: RunResult;
  requestedBy: Person;
  /** The pull request whose merge is registered. */
  pullRequest?: number | undefined;
}

/**
 * Registers what the default branch's own run has made. The run's word is not enough: its commit must be on the default
 * branch as it stands, its evaluation binding and of this model, its bytes in the durable store, read here or attested; then the
 * register gates of the tip decide. The act's key is the model and the commit: twice is once, and a run of the same
 * spec and fingerprint as the latest version says nothing new, but for how it compares with what went live since. What such
 * a run found was seen, whatever it is refused for: its tries are counted. Rejects with STORE_FAILED where the store cannot tell.
 */
export async function registerResult(ports: Ports, options: ResultOptions): Promise<ResultRegistration> {
  const { run, requestedBy, pullRequest } = options;
  if (run.outcome === "failed" || !run.evaluation) return { outcome: "failed", error: runFailure(run) };
  const { commit, dirty } = run.source;
  if (!isCompleteRun(run) || commit === undefined || dirty)
    return refused(invalid(`The result of run ${run.run} is not whole, or not of a commit.`));
  if (!run.binding || !run.evaluation.binding) return refused(NOT_BINDING);
  const seen = async (refusal: Refusal) => {
    await countRun(ports, { run, requestedBy });
    return refused(refusal);
  };
  const { commit: tip } = await decidingBranch(ports);
  const off = await offBranch(ports, commit, tip);
  if (off) return seen(off);
  const model = await modelOf(ports, run);
  if (model instanceof SlipwayError) return { outcome: "failed", error: model };
  const misfit = contradiction(run, model);
  if (misfit) return refused(misfit);

  const snapshot = await ports.registry.snapshot();
  const before =
    (await registeredBefore(snapshot, model.name, commit)) ??
    (await sameAsLatest(snapshot, model, async () => run.fingerprint));
  if (before) {
    const kept = await keepComparisons(ports, { run, manifest: before.manifest, requestedBy });
    // The writer of that version may have been killed before its tag.
    await ports.registry.complete();
    const compared = kept.map(({ comparison }) => `version ${comparison.version} in ${comparison.stage}`);
    if (compared.length === 0) return before;
    return { ...before, reason: `${before.reason}; it is compared with ${compared.join(" and ")} now` };
  }
  const bytes = await checkBytes(ports, run, tip);
  if ("refusal" in bytes) return seen(bytes.refusal);
  const admit = (now: CommitId) => offBranch(ports, commit, now);
  return publishRun(ports, { run, model, requestedBy, pullRequest, bytes, admit });
}

/**
 * Counts what a default branch's own run found that becomes no version, as a later attempt or a newer workflow took its place.
 * What is no whole, binding result counts nothing. The same twice is once.
 */
export async function countResult(
  ports: Ports,
  { run, requestedBy }: Pick<ResultOptions, "run" | "requestedBy">,
): Promise<void> {
  if (isCompleteRun(run) && run.binding && run.evaluation.binding) await countRun(ports, { run, requestedBy });
}

const NOT_BINDING: Refusal = {
  code: "NOT_BINDING",
  message: "An advisory run cannot be registered: it was not made from the default branch's own commit.",
  hint: "Merge to the default branch: its own run is registered.",
};

function refused(refusal: Refusal): Published {
  return { outcome: "refused", refusals: [refusal], results: [] };
}

function invalid(message: string): Refusal {
  return { code: "RUN_INVALID", message, hint: "Run the pipeline again: `/retry`." };
}

/** A commit that was never merged, or that the branch was set back from, is nobody's to register. */
async function offBranch({ workspace }: Ports, commit: CommitId, tip: CommitId): Promise<Refusal | undefined> {
  const { code } = await runGit(workspace.folder, ["merge-base", "--is-ancestor", commit, tip]);
  if (code === 0) return undefined;
  const message = `Commit ${commit.slice(0, 10)} is not on the default branch, which is at ${tip.slice(0, 10)}.`;
  return { code: "NOT_BINDING", message, hint: "Merge to the default branch: its own run is registered." };
}

async function modelOf(ports: Ports, { source, model: name }: CompleteRun): Promise<LoadedModel | SlipwayError> {
  try {
    const { models } = await soundProject(await openCommit(ports.objects, source.commit), [name]);
    return models.get(name) ?? new SlipwayError("MODEL_UNKNOWN", `There is no model ${name} at ${source.commit}`);
  } catch (error) {
    if (error instanceof SlipwayError && error.kind === "input") return error;
    throw error;
  }
}

/** Where the result says something else than the commit that it is of, or than itself. */
function contradiction({ spec, evaluation, data }: CompleteRun, model: LoadedModel): Refusal | undefined {
  if (spec !== model.path) return invalid(`The result is of ${spec}, and ${model.name} is in ${model.path}.`);
  if (evaluation.task !== model.spec.task)
    return invalid(`The result is of a ${evaluation.task} model, and ${model.name} is for ${model.spec.task}.`);
  if (canonicalJson(evaluation.test) !== canonicalJson(data.test))
    return invalid("The result's evaluation was made on other test data than the run's.");
  return undefined;
}
