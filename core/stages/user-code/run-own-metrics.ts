import { constants } from "node:fs";
import { copyFile, mkdir, rename } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { OwnMetric } from "../../../schemas/metric-spec.ts";
import { milliseconds } from "../../duration.ts";
import { checkOutput } from "../../runtime/output.ts";
import { type GivenData, type UserCode, withStepFolder } from "./user-code.ts";

const MAX_BYTES = 4 * 1024 ** 3;

/**
 * Runs one own metric: the command reads SLIPWAY_FEATURES, SLIPWAY_LABELS and SLIPWAY_PREDICTIONS, and writes a score
 * per row to SLIPWAY_SCORES, which is moved to `output`. It is the model's own judge and sees labels, in a step of its
 * own that predictions no longer depend on. Rejects as predict does.
 */
async function score(
  code: UserCode,
  request: {
    name: string;
    metric: OwnMetric;
    features: GivenData;
    labels: GivenData;
    predictions: string;
    output: string;
    log: string;
  },
): Promise<void> {
  const { metric } = request;
  await withStepFolder(code, async (step) => {
    const scores = join(step.path, "scores.csv");
    const predictions = basename(request.predictions);
    await copyFile(request.predictions, join(step.path, predictions), constants.COPYFILE_FICLONE);
    await step.run({
      command: metric.run,
      timeoutMs: milliseconds(metric.timeout ?? "10m"),
      timeoutKey: `metrics.${request.name}.timeout`,
      log: request.log,
      paths: {
        SLIPWAY_FEATURES: await step.bring(request.features, "features"),
        SLIPWAY_LABELS: await step.bring(request.labels, "labels"),
        SLIPWAY_PREDICTIONS: predictions,
        SLIPWAY_SCORES: "scores.csv",
      },
    });
    await checkOutput(scores, { variable: "SLIPWAY_SCORES", command: metric.run, maxBytes: MAX_BYTES });
    await mkdir(dirname(request.output), { recursive: true });
    await rename(scores, request.output);
  });
}

/** Runs every own metric of the model on predictions; resolves to the scores' files by metric. Rejects as `score` does. */
export async function scoreOwn(
  code: UserCode,
  given: { features: GivenData; labels: GivenData; folder: string; logs: string },
  predictions: string,
  suffix: string,
): Promise<Record<string, string>> {
  const { features, labels, folder, logs } = given;
  const scores: Record<string, string> = {};
  for (const [name, metric] of Object.entries(code.spec.metrics)) {
    if (!("run" in metric)) continue;
    const output = join(folder, `scores-${name}${suffix}.csv`);
    const log = join(logs, `score-${name}${suffix}.log`);
    await score(code, { name, metric, features, labels, predictions, output, log });
    scores[name] = output;
  }
  return scores;
}
