import { join } from "node:path";
import type { PackedVersion, StageRecordOf } from "../../schemas/stage-record.ts";
import { SlipwayError } from "../errors.ts";
import type { Bundle, BundleAt } from "./bundle.ts";
import { packedBy } from "./packed-by.ts";
import { unpackData } from "./packed-data.ts";
import { openPackedModel } from "./packed-model.ts";
import { predictWith } from "./predict-with.ts";
import { redactor, redactProblem } from "./redact.ts";
import { problemOf } from "./run-record.ts";
import { runStage, type StageContext, type StageResult, type StageWork } from "./run-stage.ts";
import type { GivenData } from "./user-code/user-code.ts";
import { withSecrets } from "./with-secrets.ts";

type Predicted = NonNullable<StageRecordOf<"baseline">["made"]>[number];

/**
 * The stage `baseline`: each version that `validate` packed predicts these features with its own code, environment and
 * artifact. One that fails stops no other: its problem is what a comparison will say.
 */
export function baselineStage(
  context: StageContext,
  inputs: { validate: BundleAt | undefined },
): Promise<StageResult<"baseline">> {
  return runStage(context, { stage: "baseline" }, async (stage) => {
    const validated = await stage.input("validate", inputs.validate);
    const packed = packedBy(validated);
    const features = await unpackData(packed.features, validated.store, join(stage.work.private, "features"));
    const made: Predicted[] = [];
    await stage.step("predict", async () => {
      for (const version of packed.versions) {
        if (version.problem) continue;
        made.push(await predictAgain(context, stage, validated, version, features));
      }
    });
    stage.record.made = made;
  });
}

async function predictAgain(
  context: StageContext,
  { store, work, folder }: StageWork<"baseline">,
  validated: Bundle<"validate">,
  { version, model: packed, artifact }: PackedVersion,
  features: GivenData,
): Promise<Predicted> {
  const { cache, temporary, executor, signal, onOutput } = context;
  const { pass: passable, secrets: named } = packedBy(validated);
  const secrets = named.predict;
  try {
    if (!packed || !artifact) throw new SlipwayError("HANDOVER_CORRUPT", `Version ${version} was not packed whole`);
    const model = await openPackedModel(packed, validated.store, join(work.private, `code-${version}`));
    const predictions = await predictWith(
      { store: validated.store, cache, temporary, executor, passable, caller: withSecrets(context, secrets) },
      {
        ...{ model, artifact, features, signal, onOutput },
        output: join(work.private, `predictions-${version}.csv`),
        log: join(folder, "logs", `predict-baseline-${version}.log`),
        secrets,
      },
    );
    return { version, predictions: await store.putFile(predictions) };
  } catch (error) {
    if (!(error instanceof SlipwayError) || error.code === "INTERRUPTED") throw error;
    return { version, problem: redactProblem(problemOf(error), redactor(context.secrets)) };
  }
}
