import { join } from "node:path";
import type { ModelSpec } from "../../schemas/model-spec.ts";
import type { StageRecordOf } from "../../schemas/stage-record.ts";
import { joinPredictions } from "../data/join.ts";
import { type OutputKind, printable, refuseLargeOutput } from "../data/output.ts";
import type { PreparedData } from "../data/prepare.ts";
import { SlipwayError } from "../errors.ts";
import type { Scored } from "../metrics/scored.ts";
import { servedDifferences } from "../metrics/served-differences.ts";
import type { ArtifactStore } from "../stores/store.ts";
import { made } from "./packed-by.ts";

const SERVED: OutputKind = { code: "PREDICTIONS_INVALID", variable: "logs/served.jsonl (what serve.run answered)" };
const SHOWN = 5;

/**
 * Holds what the serving program answered to the test rows against the predictions that are judged, and resolves to its file as
 * it is kept; undefined where the spec has no serving program. Rejects with SERVED_DIFFERS, and as joinPredictions does.
 */
export async function checkServed(
  predicted: { record: StageRecordOf<"predict">; store: ArtifactStore },
  about: { prepared: PreparedData; spec: ModelSpec; scored: Scored; folder: string; signal?: AbortSignal | undefined },
): Promise<string | undefined> {
  const { prepared, spec, scored, folder, signal } = about;
  if (spec.serve?.run === undefined) return undefined;
  const served = made("predict", predicted.record.made?.served);
  refuseLargeOutput(SERVED, served.size, prepared.testRows.count);
  const predictions = join(folder, "served.jsonl");
  await predicted.store.getFile(served, predictions);
  const joined = await joinPredictions({
    ...{ prepared, spec, predictions, scores: {}, kind: SERVED },
    ...(signal ? { signal } : {}),
  });
  refuseDifferences(spec.serve.run, scored, joined.scored);
  return joined.stored;
}

function refuseDifferences(run: string, predicted: Scored, served: Scored): void {
  const { columns, rows } = servedDifferences(predicted, served);
  const expected = "the same columns from both programs: equal classes, and numbers within 0.000001";
  const hint = `Load the same files and take the same steps in both: serve.run is ${printable(run)}.`;
  if (columns.length > 0) {
    const names = columns.slice(0, SHOWN).map(printable).join(", ");
    throw new SlipwayError("SERVED_DIFFERS", "The serving program answers other columns than the predict program", {
      ...{ expected, found: `${names}${columns.length > SHOWN ? ", …" : ""} from one of them alone`, hint },
    });
  }
  if (rows.length === 0) return;
  const ids = rows.slice(0, SHOWN).map((row) => printable(predicted.ids[row] ?? ""));
  const count = `${rows.length} of ${predicted.ids.length} test rows`;
  throw new SlipwayError("SERVED_DIFFERS", `The serving program answers ${count} otherwise than the predict program`, {
    ...{ expected, found: `other answers to ${ids.join(", ")}${rows.length > SHOWN ? ", …" : ""}`, hint },
  });
}
