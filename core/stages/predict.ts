import { join } from "node:path";
import { metricPlaces } from "../metrics/refuse.ts";
import type { Handed } from "./bundle.ts";
import { made, openModel, packedBy } from "./packed-by.ts";
import { packedData } from "./packed-data.ts";
import { predictCandidate } from "./predict-candidate.ts";
import { runStage, type StageContext, type StageResult } from "./run-stage.ts";
import { serveCandidate } from "./serve-candidate.ts";
import { codeDependencies, setUp } from "./set-up.ts";

/**
 * The stage `predict`: user code, given the artifact of `train` and the features that `validate` packed. Where the spec has a
 * serving program, that answers the same rows. Fails as predictCandidate and serveCandidate do.
 */
export function predictStage(
  context: StageContext,
  inputs: { validate?: Handed<"validate"> | undefined; train?: Handed<"train"> | undefined },
): Promise<StageResult<"predict">> {
  return runStage(context, { stage: "predict" }, async (stage) => {
    const { record, step, store, kept, work, folder } = stage;
    const validated = await stage.input("validate", inputs.validate);
    const trained = await stage.input("train", inputs.train);
    const { features, one_row, gates, secrets } = packedBy(validated);
    const { artifact } = made("train", trained.record.made);
    const model = await openModel(validated, join(work.private, "code"));
    const code = await setUp(context, stage, codeDependencies(context, kept, validated, secrets.predict), model);
    const output = join(work.private, "predictions.csv");
    const { seconds, perRow } = await step("predict", async (about) => {
      about.log = join("logs", "predict.log");
      return predictCandidate(code, trained.kept, {
        ...{ artifact, gates, output, secrets: secrets.predict },
        features: packedData(features, validated.store),
        oneRow: packedData(one_row, validated.store),
        rows: made("validate", validated.record.data).test.rows,
        scratch: work.private,
        logs: join(folder, "logs"),
        place: metricPlaces(model),
      });
    });
    const served = model.spec.serve?.run === undefined ? undefined : join(work.private, "served.jsonl");
    if (served !== undefined)
      await step("serve", async (about) => {
        about.log = join("logs", "serve.log");
        await serveCandidate(code, trained.kept, {
          ...{ artifact, predicted: seconds, output: served, scratch: work.private, secrets: secrets.predict },
          signature: made("validate", validated.record.signature),
          features: packedData(features, validated.store),
          log: join(folder, "logs", "serve.log"),
        });
      });
    record.made = {
      ...{ predictions: await store.putFile(output), seconds, per_row: perRow },
      ...(served === undefined ? {} : { served: await store.putFile(served) }),
    };
  });
}
