import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { metricPlaces } from "../metrics/refuse.ts";
import type { BundleAt } from "./bundle.ts";
import { environmentFacts } from "./load-code.ts";
import { made, packedBy } from "./packed-by.ts";
import { unpackData } from "./packed-data.ts";
import { openPackedModel } from "./packed-model.ts";
import { predictCandidate } from "./predict-candidate.ts";
import { runStage, type StageContext, type StageResult } from "./run-stage.ts";
import { setUp } from "./steps.ts";
import { withSecrets } from "./with-secrets.ts";

/**
 * The stage `predict`: user code, given the artifact of `train` and the features that `validate` packed. Fails as
 * predictCandidate does.
 */
export function predictStage(
  context: StageContext,
  inputs: { validate: BundleAt | undefined; train: BundleAt | undefined },
): Promise<StageResult<"predict">> {
  return runStage(context, { stage: "predict" }, async (stage) => {
    const { record, step, store, work, folder } = stage;
    const validated = await stage.input("validate", inputs.validate);
    const trained = await stage.input("train", inputs.train);
    const packed = packedBy(validated);
    const { artifact } = made("train", trained.record.made);
    const model = await openPackedModel(packed.model, validated.store, join(work.private, "code"));
    const { cache, temporary, executor, signal, onOutput } = context;
    const caller = withSecrets(context, packed.secrets.predict);
    const facts = await environmentFacts(model, caller);
    const deps = { store, cache, caller, temporary, executor, passable: packed.pass };
    const code = await setUp(step, deps, model, { facts, work, folder, signal, onOutput });
    const output = join(work.private, "predictions.csv");
    const { seconds, perRow } = await step("predict", async (about) => {
      about.log = join("logs", "predict.log");
      const given = join(work.private, "given");
      await mkdir(given);
      return predictCandidate(code, trained.store, {
        artifact,
        features: await unpackData(packed.features, validated.store, join(given, "features")),
        oneRow: await unpackData(packed.one_row, validated.store, join(given, "one-row")),
        rows: made("validate", validated.record.data).test.rows,
        gates: packed.gates,
        output,
        scratch: work.private,
        logs: join(folder, "logs"),
        secrets: packed.secrets.predict,
        place: metricPlaces(model),
      });
    });
    const predictions = await store.putFile(output);
    record.made = { predictions, seconds, ...(perRow === undefined ? {} : { per_row: perRow }) };
  });
}
