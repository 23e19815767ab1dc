import { join } from "node:path";
import type { Gate } from "../../schemas/gate.ts";
import type { Artifact } from "../../schemas/manifest.ts";
import type { TimePerRow } from "../../schemas/stage-record.ts";
import type { PlaceOf } from "../metrics/refuse.ts";
import type { ArtifactStore } from "../stores/store.ts";
import { requireScores } from "./has-scores.ts";
import { predict } from "./user-code/run-predict.ts";
import { measurePredict } from "./user-code/time-per-row.ts";
import type { GivenData, UserCode } from "./user-code/user-code.ts";

export interface CandidatePredictions {
  /** What the command took for all rows. */
  seconds: number;
  /** Undefined where no gate asks. */
  perRow: TimePerRow | "one row" | undefined;
}

/** Predicts all test rows into `output`, and measures the time per row where a gate names it. Rejects as `predict` and `requireScores` do. */
export async function predictCandidate(
  code: UserCode,
  store: ArtifactStore,
  request: {
    artifact: Artifact;
    features: GivenData;
    /** The same with its first row alone. */
    oneRow: GivenData;
    rows: number;
    gates: readonly Gate[];
    output: string;
    /** A folder for what is thrown away. */
    scratch: string;
    /** The folder that keeps the commands' output: predict.log, and the last one of each further kind. */
    logs: string;
    secrets?: readonly string[] | undefined;
    place: PlaceOf;
  },
): Promise<CandidatePredictions> {
  const { artifact, features, oneRow, rows, gates, output, scratch, logs, secrets } = request;
  const seconds = await predict(code, store, { artifact, features, output, log: join(logs, "predict.log"), secrets });
  await requireScores(output, code.spec, request.place);
  if (!gates.some((gate) => gate.metric === "predict_ms_per_row")) return { seconds, perRow: undefined };
  // The further rounds predict the same rows: their output is thrown away, and is not shown.
  const quiet: UserCode = { ...code, onOutput: undefined };
  const perRow = await measurePredict(rows, seconds, (which) =>
    predict(quiet, store, {
      ...{ artifact, secrets },
      features: which === "all" ? features : oneRow,
      output: join(scratch, "measured.csv"),
      log: join(logs, `predict-${which}.log`),
    }),
  );
  return { seconds, perRow };
}
