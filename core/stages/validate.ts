import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { StepResult } from "../../schemas/run-result.ts";
import type { StageRecordOf } from "../../schemas/stage-record.ts";
import { canonicalJson } from "../canonical.ts";
import { SlipwayError } from "../errors.ts";
import { classGapWords } from "../metrics/labels-fit.ts";
import { type FingerprintInputs, fingerprintInputs, fingerprintOf } from "../plan/fingerprint.ts";
import { detectIsolation } from "../runtime/isolation.ts";
import { couldCarry } from "./carry-artifact.ts";
import { classGaps, modelSignature, refuseInvalidData } from "./checked-data.ts";
import type { DataAt } from "./data-at.ts";
import { environmentFacts } from "./load-code.ts";
import { packVersions } from "./pack-versions.ts";
import { packData } from "./packed-data.ts";
import { packInputs } from "./packed-inputs.ts";
import { modelFacts } from "./packed-model.ts";
import { packTree } from "./packed-tree.ts";
import type { LoadedRun, Reusable, RunSource } from "./run-source.ts";
import { runStage, type StageContext, type StageResult, type StageWork } from "./run-stage.ts";
import type { RunnableModel } from "./runnable-model.ts";

const MAX_REUSABLE = 3;

/**
 * The stage `validate`: checks a model's data, and packs what the stages with user code are given, which is code, training
 * rows and features, and neither a test label nor the repository. Runs no user code. Fails as the source's reads do, with
 * UNSUPPORTED where the model may not run here, with DATA_INVALID where the data breaks its rules, and with DATA_CHANGED where
 * somebody changed the work tree meanwhile.
 */
export function validateStage(context: StageContext, _: unknown, source: RunSource): Promise<StageResult<"validate">> {
  const { commit, binding } = source;
  const begun = { stage: "validate" as const, ...(commit === undefined ? {} : { commit }), binding, violations: [] };
  return runStage(context, begun, async (stage) => {
    const { record } = stage;
    const loaded = await source.load();
    const { model, problems } = loaded;
    record.model_file = modelFacts(model);
    const facts = await environmentFacts(model, context.caller);
    record.environment = { ...facts, ...(context.shared ? { isolation: await detectIsolation() } : {}) };
    record.fingerprint = fingerprintOf(await source.inputs(), facts.runtime);
    if (problems.length > 0) throw new SlipwayError("UNSUPPORTED", `${model.name} cannot run here`, { problems });

    await stage.step("validate", async (about) => {
      const data = await source.data();
      await keepData(stage, loaded, data, about);
      record.packed = await pack(context, stage, loaded, source, data);
      await refuseChanged(model, await source.inputs());
    });
  });
}

async function keepData(
  { record, kept, work }: StageWork<"validate">,
  { model }: LoadedRun,
  { prepared }: DataAt,
  about: Partial<StepResult>,
): Promise<void> {
  record.violations = prepared.violations;
  record.signature = modelSignature(model.spec, prepared);
  const profile = join(work.private, "profile.json");
  await writeFile(profile, canonicalJson(prepared.profile));
  record.data = {
    ...(prepared.train ? { train: prepared.train } : {}),
    test: prepared.test,
    ...(prepared.sketch ? { test_sketch: prepared.sketch } : {}),
    profile: await kept.putFile(profile),
    ...classGaps(prepared),
  };
  const gaps = classGapWords(record.data);
  if (gaps.length > 0) about.detail = gaps.join(" ");
  refuseInvalidData(prepared, model);
}

async function pack(
  context: Pick<StageContext, "warn">,
  stage: StageWork<"validate">,
  loaded: LoadedRun,
  source: RunSource,
  { prepared, given: file }: DataAt,
): Promise<NonNullable<StageRecordOf<"validate">["packed"]>> {
  const { record, store, work } = stage;
  const { model, asked, pass, secrets, given, storeAddress } = loaded;
  const { trainFile, featuresFile, oneRowFile } = prepared;
  return {
    tree: await packTree(model, store, join(work.private, "code")),
    ...(trainFile === undefined ? {} : { train: await packData(file(trainFile), store) }),
    features: await packData(file(featuresFile), store),
    one_row: await packData(file(oneRowFile), store),
    fingerprint_inputs: await packInputs(await source.inputs(), store, work.private),
    gates: asked.map(({ gate }) => gate),
    pass: [...pass],
    secrets: { train: [...secrets.train], predict: [...secrets.predict] },
    reusable: await packReusable(context, stage, loaded, await source.reusable(record.fingerprint ?? "")),
    ...(given ? { given } : {}),
    versions: await packVersions(source, loaded, stage),
    ...(storeAddress === undefined ? {} : { store: storeAddress }),
    ...(await placeOf(source)),
  };
}

/** What the bytes' place is to know of the commit, and whether there is one. */
async function placeOf({ committedAt, storeProblem }: RunSource): Promise<Place> {
  const [committed_at, store_problem] = [await committedAt?.(), await storeProblem?.()];
  return { ...(committed_at ? { committed_at } : {}), ...(store_problem ? { store_problem } : {}) };
}
type Place = Pick<NonNullable<StageRecordOf<"validate">["packed"]>, "committed_at" | "store_problem">;

/** Those whose bytes are whole. */
async function packReusable(
  { warn }: Pick<StageContext, "warn">,
  { kept, work }: StageWork<"validate">,
  { store }: LoadedRun,
  found: readonly Reusable[],
): Promise<Reusable[]> {
  const packed: Reusable[] = [];
  for (const { fingerprint, artifact, run, from } of found) {
    if (packed.length === MAX_REUSABLE) break;
    const scratch = join(work.private, `reusable-${packed.length}`);
    const isHere = from === undefined && (await kept.has(artifact)) === "ok";
    const here = isHere ? artifact : await couldCarry(artifact, from ?? store, kept, scratch);
    if (here) packed.push({ fingerprint, artifact: here, run });
    else warn?.(`The artifact that run ${run} trained is kept no more, or is another one: it is trained anew.`);
  }
  return packed;
}

/** What is packed is what the fingerprint covers, or a later run would take an artifact of other code for its own. */
async function refuseChanged(model: RunnableModel, before: FingerprintInputs): Promise<void> {
  if (model.tree.commit !== undefined) return;
  const now = await fingerprintInputs(model, model.tree);
  const changed = (["code", "data", "locks"] as const).flatMap((part) =>
    Object.keys({ ...before[part], ...now[part] }).filter((path) => before[part][path] !== now[part][path]),
  );
  if (changed.length === 0) return;
  throw new SlipwayError("DATA_CHANGED", "Files of the model were changed while the run read them", {
    expected: "files that stay as they are until the run has read them",
    found: changed.slice(0, 5).join(", "),
    hint: "Run it again.",
  });
}
