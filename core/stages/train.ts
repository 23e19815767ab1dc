import { join } from "node:path";
import { fingerprintOf } from "../plan/fingerprint.ts";
import { detectIsolation } from "../runtime/isolation.ts";
import type { Bundle, Handed } from "./bundle.ts";
import { couldCarry } from "./carry-artifact.ts";
import { type EnvironmentFacts, environmentFacts, loadCode } from "./load-code.ts";
import { givenArtifact, isWhole, type MadeArtifact, makeArtifact, reusedArtifact } from "./make-artifact.ts";
import { openModel, packedBy } from "./packed-by.ts";
import { packedData } from "./packed-data.ts";
import { openInputs } from "./packed-inputs.ts";
import { redactor, redactTracked } from "./redact.ts";
import { runStage, type StageContext, type StageResult, type StageWork } from "./run-stage.ts";
import type { RunDependencies, RunnableModel } from "./runnable-model.ts";
import { codeDependencies, setUp } from "./set-up.ts";
import type { UserCode } from "./user-code/user-code.ts";
import type { TrackedTarget } from "./user-code/while-tracked.ts";

/**
 * The stage `train`: user code on what `validate` packed. An artifact of the same fingerprint, this machine's program
 * versions included, is taken instead, and so are the files of a version that was imported: no user code runs then. Fails
 * as makeArtifact does.
 */
export function trainStage(
  context: StageContext,
  inputs: { validate?: Handed<"validate"> | undefined },
): Promise<StageResult<"train">> {
  return runStage(context, { stage: "train" }, async (stage) => {
    const { record, step, store, kept, work, folder } = stage;
    const validated = await stage.input("validate", inputs.validate);
    const { train, secrets, given, fingerprint_inputs } = packedBy(validated);
    const model = await openModel(validated, join(work.private, "code"));
    const deps = codeDependencies(context, kept, validated, secrets.train);
    const facts = await environmentFacts(model, deps.caller);
    record.environment = { ...facts, isolation: await detectIsolation() };
    const covered = await openInputs(fingerprint_inputs, validated.store, work.private);
    record.fingerprint = fingerprintOf(covered, facts.runtime);
    // What predicts on this machine, too, is set up in any case: before the training, as people see it.
    if (context.shared) await setUp(context, stage, deps, model, facts);

    const { curves, ...rest } = await takeOrMake();
    record.made = { ...rest, ...(curves ? { curves: await store.putFile(join(folder, curves)) } : {}) };

    /** The run's folder is only looked at while the training runs where it stays. */
    function trackedIn(): TrackedTarget {
      const hide = redactor(context.secrets);
      return {
        ...{ folder, isLive: context.shared !== undefined, hide: (tracked) => redactTracked(tracked, hide) },
        onEnd: (tracked) => {
          record.tracked = tracked;
        },
      };
    }

    async function takeOrMake(): Promise<MadeArtifact> {
      if (given) return step("train", (about) => givenArtifact(kept, given, about));
      const reuse = await bringReusable(validated, record.fingerprint, stage);
      if (reuse) return step("train", async (about) => reusedArtifact(reuse, about));
      const code = await codeToTrain(context, stage, deps, model, facts);
      return step("train", async (about) => {
        const data = train && packedData(train, validated.store);
        return makeArtifact(code, kept, { data, folder, tracked: trackedIn(), secrets: secrets.train }, about);
      });
    }
  });
}

/** Where the code itself is the artifact nothing of it runs, its setup neither. */
async function codeToTrain(
  context: StageContext,
  stage: StageWork<"train">,
  deps: RunDependencies,
  model: RunnableModel,
  facts: EnvironmentFacts,
): Promise<UserCode> {
  if (model.spec.train || context.shared) return setUp(context, stage, deps, model, facts);
  const { environment: _, ...spec } = model.spec;
  const log = join(stage.folder, "logs", "setup.log");
  return (await loadCode(deps, { ...model, spec }, { facts, work: stage.work, log })).code;
}

/** An artifact of this fingerprint, in this bundle; undefined where there is none, or where its bytes are not whole. */
async function bringReusable(
  validated: Bundle<"validate">,
  fingerprint: string | undefined,
  { kept, work }: StageWork<"train">,
) {
  const found = packedBy(validated).reusable.find((each) => each.fingerprint === fingerprint);
  if (found === undefined) return undefined;
  const { artifact } = found;
  const isHere =
    (await kept.has(artifact)) === "ok" ||
    (await couldCarry(artifact, validated.kept, kept, join(work.private, "reused")));
  return isHere && (await isWhole(kept, artifact)) ? found : undefined;
}
