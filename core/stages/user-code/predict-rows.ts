import { constants } from "node:fs";
import { cp, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Artifact, Signature } from "../../../schemas/manifest.ts";
import type { ColumnType } from "../../../schemas/model-spec.ts";
import { classValue } from "../../data/class-values.ts";
import { newRows, writePredictions } from "../../data/new-rows.ts";
import { type ReasonCode, SlipwayError } from "../../errors.ts";
import type { Prediction, Row, Scalar } from "../../runtime/answering/answering.ts";
import { removeTree } from "../../runtime/remove-tree.ts";
import type { ArtifactStore } from "../../stores/store.ts";
import { predict } from "./run-predict.ts";
import { copied, dataFile, type UserCode } from "./user-code.ts";

/** What a program's failure is to whoever asks for predictions. */
const CODES: Partial<Record<ReasonCode, ReasonCode>> = {
  COMMAND_FAILED: "SERVE_ERROR",
  COMMAND_TIMEOUT: "SERVE_TIMEOUT",
  OUTPUT_MISSING: "SERVE_ANSWER",
  OUTPUT_TOO_LARGE: "SERVE_ANSWER",
  SYMLINK_REFUSED: "SERVE_ANSWER",
  PREDICTIONS_INVALID: "SERVE_ANSWER",
};

/**
 * Brings the artifact here, and gives what runs the predict program once for rows: it reads them as a file in the test data's
 * format, named by their numbers, and its predictions are in the rows' order. That rejects with SERVE_ERROR (an exit code),
 * SERVE_TIMEOUT, SERVE_ANSWER, and INTERRUPTED.
 */
export async function predictRows(
  code: UserCode,
  store: Pick<ArtifactStore, "getFolder">,
  about: {
    artifact: Artifact;
    signature: Signature;
    /** Of the test data, which the program reads. */
    extension: string;
    secrets?: readonly string[] | undefined;
  },
): Promise<(rows: readonly Row[], signal: AbortSignal) => Promise<Prediction[]>> {
  const { artifact, signature, extension, secrets } = about;
  const here = await mkdtemp(join(code.work.private, "predict-rows-"));
  const model = join(here, "model");
  await store.getFolder(artifact, model);
  const near: Pick<ArtifactStore, "getFolder"> = {
    getFolder: (_, target) => cp(model, target, { recursive: true, mode: constants.COPYFILE_FICLONE }),
  };
  // Rows of several requests may have one id.
  const { id: _, ...data } = code.spec.data;
  const spec = { ...code.spec, data };
  const type = signature.outputs[0]?.type;
  let runs = 0;
  return async (rows, signal) => {
    // What ends one run finds its processes by their mark: those of runs side by side must not have the same.
    const own = { ...code.work, mark: `${code.work.mark}.${++runs}` };
    const work = await mkdtemp(join(here, "batch-"));
    try {
      const file = join(work, "rows.jsonl");
      await writeFile(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
      const given = await newRows({ file, spec, inputs: signature.inputs, extension, work, signal });
      const predictions = join(work, "predictions.csv");
      await predict({ ...code, work: own, signal }, near, {
        ...{ artifact, features: copied(dataFile(work, given.features)), secrets },
        ...{ output: predictions, log: join(work, "predict.log") },
      });
      const out = join(work, "out.jsonl");
      await writePredictions({ predictions, rows: given.rows, out, type, work, signal });
      return readOut(await readFile(out, "utf8"), type);
    } catch (error) {
      throw asAsked(error, signal);
    } finally {
      await removeTree(work);
    }
  };
}

function readOut(text: string, type: ColumnType | undefined): Prediction[] {
  const lines = text.split("\n").filter((line) => line !== "");
  return lines.map((line) => {
    const { slipway_id: _, ...prediction } = JSON.parse(line) as Record<string, Scalar>;
    return { ...prediction, prediction: typed(prediction["prediction"] ?? null, type) };
  });
}

/** A class as the labels have it: a CSV file holds texts. */
function typed(value: Scalar, type: ColumnType | undefined): Scalar {
  return typeof value === "string" && type !== undefined ? (classValue(value, type) ?? value) : value;
}

function asAsked(error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) return new SlipwayError("SERVE_TIMEOUT", "The predict program did not end in time");
  const code = error instanceof SlipwayError ? CODES[error.code] : undefined;
  if (code === undefined) return error;
  // What the program printed may hold values of rows: it is in the log.
  return new SlipwayError(code, (error as SlipwayError).message, { cause: error });
}
