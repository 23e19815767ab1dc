import { join } from "node:path";
import type { Artifact } from "../../schemas/manifest.ts";
import type { Sha256 } from "../../schemas/names.ts";
import { SlipwayError } from "../errors.ts";
import { fingerprintOf } from "../plan/fingerprint.ts";
import { detectIsolation } from "../runtime/isolation.ts";
import type { Bundle, BundleAt } from "./bundle.ts";
import { type EnvironmentFacts, environmentFacts, loadCode } from "./load-code.ts";
import { type MadeArtifact, makeArtifact, reusedArtifact } from "./make-artifact.ts";
import { packedBy } from "./packed-by.ts";
import { unpackData } from "./packed-data.ts";
import { openInputs } from "./packed-inputs.ts";
import { openPackedModel } from "./packed-model.ts";
import type { RunnableModel } from "./run-request.ts";
import { runStage, type StageContext, type StageResult, type StageWork } from "./run-stage.ts";
import { setUp } from "./steps.ts";
import type { UserCode } from "./user-code/user-code.ts";
import { withSecrets } from "./with-secrets.ts";

/**
 * The stage `train`: user code on what `validate` packed. An artifact of the same fingerprint, this machine's program
 * versions included, is taken instead, and no user code runs. Fails as makeArtifact does.
 */
export function trainStage(
  context: StageContext,
  inputs: { validate: BundleAt | undefined },
): Promise<StageResult<"train">> {
  return runStage(context, { stage: "train" }, async (stage) => {
    const { record, store, work, folder } = stage;
    const validated = await stage.input("validate", inputs.validate);
    const packed = packedBy(validated);
    const model = await openPackedModel(packed.model, validated.store, join(work.private, "code"));
    const facts = await environmentFacts(model, context.caller);
    record.environment = { ...facts, isolation: await detectIsolation() };
    const covered = await openInputs(packed.fingerprint_inputs, validated.store, work.private);
    record.fingerprint = fingerprintOf(covered, facts.runtime);

    const reuse = await bringReusable(validated, record.fingerprint, stage);
    const reused = reuse && (await stage.step("train", (about) => reusedArtifact(store, reuse, about)));
    const { curves, ...rest } = reused ?? (await makeOwn(context, stage, validated, model, facts));
    record.made = { ...rest, ...(curves ? { curves: await store.putFile(join(folder, curves)) } : {}) };
  });
}

async function makeOwn(
  context: StageContext,
  { step, store, work, folder }: StageWork<"train">,
  validated: Bundle<"validate">,
  model: RunnableModel,
  facts: EnvironmentFacts,
): Promise<MadeArtifact> {
  const { train, secrets, pass: passable } = packedBy(validated);
  const caller = withSecrets(context, secrets.train);
  const code = await codeToTrain({ ...context, caller }, model, { facts, work, folder, step, store, passable });
  return step("train", async (about) => {
    const data = train && (await unpackData(train, validated.store, join(work.private, "train")));
    return makeArtifact(code, store, { data, folder, secrets: secrets.train }, about);
  });
}

/** Where the code itself is the artifact nothing of it runs, its setup neither. */
async function codeToTrain(
  context: StageContext,
  model: RunnableModel,
  {
    facts,
    work,
    folder,
    step,
    store,
    passable,
  }: Pick<StageWork<"train">, "work" | "folder" | "step" | "store"> & {
    facts: EnvironmentFacts;
    passable: readonly string[];
  },
): Promise<UserCode> {
  const { cache, caller, temporary, executor, signal, onOutput } = context;
  const deps = { store, cache, caller, temporary, executor, passable };
  if (model.spec.train) return setUp(step, deps, model, { facts, work, folder, signal, onOutput });
  const { environment: _, ...spec } = model.spec;
  return (await loadCode(deps, { ...model, spec }, { facts, work, log: join(folder, "logs", "setup.log") })).code;
}

/** An artifact of this fingerprint, in this bundle; undefined where there is none, or where its bytes are not whole. */
async function bringReusable(
  validated: Bundle<"validate">,
  fingerprint: Sha256,
  { store, work }: StageWork<"train">,
): Promise<{ artifact: Artifact; run: string } | undefined> {
  const found = packedBy(validated).reusable.find((each) => each.fingerprint === fingerprint);
  if (found === undefined) return undefined;
  const folder = join(work.private, "reused");
  try {
    await validated.store.getFolder(found.artifact, folder);
    await store.putFolder(folder);
    return found;
  } catch (error) {
    if (error instanceof SlipwayError && /^ARTIFACT_/.test(error.code)) return undefined;
    throw error;
  }
}
