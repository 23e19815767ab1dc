import { randomUUID } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Artifact, Manifest } from "../../schemas/manifest.ts";
import { joinKept } from "../data/join.ts";
import type { PreparedData } from "../data/prepare.ts";
import { SlipwayError } from "../errors.ts";
import type { Scored } from "../metrics/scored.ts";
import { makeWorkFolder } from "../runtime/work-folder.ts";
import { dataAt } from "./data-at.ts";
import { environmentFacts, loadCode } from "./load-code.ts";
import { predictWith } from "./predict-with.ts";
import type { RunDependencies, RunnableModel } from "./run-request.ts";
import { scoreOwn } from "./user-code/run-own-metrics.ts";

/** Test rows and predictions of a version, and the means to ask another version about the same rows. */
export interface VersionRows {
  scored: Scored;
  prepared: PreparedData;
  /** Goes away with the rows, out of user code's way. */
  folder: string;
  /** Runs another version's own predict code on these features; resolves to the predictions' file. */
  predict(model: RunnableModel, artifact: Artifact): Promise<string>;
  /** Runs this version's own metrics on other predictions of the same rows; resolves to the scores' files by metric. */
  score(predictions: string): Promise<Record<string, string>>;
}

/**
 * Brings back a registered version's test rows, from its source commit and the store, and hands them to `act`. `model` is
 * the model at that commit. Rejects with DATA_CHANGED where the test data is not what was evaluated.
 */
export async function withVersionRows<T>(
  deps: RunDependencies,
  request: { model: RunnableModel; manifest: Manifest; signal?: AbortSignal | undefined },
  act: (rows: VersionRows) => Promise<T>,
): Promise<T> {
  const { model, manifest, signal } = request;
  const work = await makeWorkFolder(randomUUID(), deps.temporary);
  try {
    const logs = join(work.private, "logs");
    await mkdir(logs);
    const { prepared, given } = await dataAt(model, { folder: work.private, cache: deps.cache, signal });
    if (prepared.test.sha256 !== manifest.data.test.sha256) {
      throw new SlipwayError(
        "DATA_CHANGED",
        `${manifest.model}'s test data is not what version ${manifest.version} saw`,
        {
          expected: `sha256 ${manifest.data.test.sha256}`,
          found: `sha256 ${prepared.test.sha256}`,
        },
      );
    }
    const kept = join(work.private, "kept.parquet");
    await deps.store.getFile(manifest.predictions, kept);
    const scored = await joinKept({ prepared, spec: model.spec, kept });
    const features = given(prepared.featuresFile);
    const labels = given(prepared.labelsFile);
    let others = 0;
    return await act({
      ...{ scored, prepared, folder: work.private },
      predict: (other, artifact) => {
        others += 1;
        const output = join(work.private, `predictions-${others}.csv`);
        const log = join(logs, `predict-${others}.log`);
        return predictWith(deps, { model: other, artifact, features, output, log, signal });
      },
      score: async (predictions) => {
        others += 1;
        const facts = await environmentFacts(model, deps.caller);
        const { code } = await loadCode(deps, model, { facts, work, log: join(logs, "setup.log"), signal });
        return scoreOwn(code, { features, labels, folder: work.private, logs }, predictions, `-${others}`);
      },
    });
  } finally {
    await work.remove();
  }
}
