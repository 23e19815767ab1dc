import { join } from "node:path";
import type { PackedVersion, StageRecordOf } from "../../schemas/stage-record.ts";
import { SlipwayError } from "../errors.ts";
import type { Bundle, Handed } from "./bundle.ts";
import { packedBy } from "./packed-by.ts";
import { packedData } from "./packed-data.ts";
import { openPackedModel } from "./packed-model.ts";
import { predictWith } from "./predict-with.ts";
import { redactor, redactProblem } from "./redact.ts";
import { problemOf } from "./run-record.ts";
import { runStage, type StageContext, type StageResult, type StageWork } from "./run-stage.ts";
import { codeDependencies } from "./set-up.ts";

type Predicted = NonNullable<StageRecordOf<"baseline">["made"]>[number];

/**
 * The stage `baseline`: each version that `validate` packed predicts these features with its own code, environment and
 * artifact. One that fails stops no other: its problem is what a comparison will say.
 */
export function baselineStage(
  context: StageContext,
  inputs: { validate?: Handed<"validate"> | undefined },
): Promise<StageResult<"baseline">> {
  return runStage(context, { stage: "baseline" }, async (stage) => {
    const validated = await stage.input("validate", inputs.validate);
    const made: Predicted[] = [];
    await stage.step("baseline", async () => {
      for (const version of packedBy(validated).versions) {
        if (version.problem) continue;
        made.push(await predictAgain(context, stage, validated, version));
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
): Promise<Predicted> {
  const { signal, onOutput } = context;
  const { features, secrets } = packedBy(validated);
  try {
    if (!packed || !artifact) throw new SlipwayError("HANDOVER_CORRUPT", `Version ${version} was not packed whole`);
    const model = await openPackedModel(packed, validated.store, join(work.private, `code-${version}`));
    const predictions = await predictWith(codeDependencies(context, validated.kept, validated, secrets.predict), {
      ...{ model, artifact, signal, onOutput, secrets: secrets.predict },
      features: packedData(features, validated.store),
      output: join(work.private, `predictions-${version}.csv`),
      log: join(folder, "logs", `predict-baseline-${version}.log`),
    });
    return { version, predictions: await store.putFile(predictions) };
  } catch (error) {
    if (!(error instanceof SlipwayError) || error.code === "INTERRUPTED") throw error;
    return { version, problem: redactProblem(problemOf(error), redactor(context.secrets)) };
  }
}
