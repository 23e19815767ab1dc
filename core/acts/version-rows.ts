import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { Manifest } from "../../schemas/manifest.ts";
import type { ModelSpec } from "../../schemas/model-spec.ts";
import { joinKept } from "../data/join.ts";
import type { PreparedData } from "../data/prepare.ts";
import type { TestRequest } from "../data/test-part.ts";
import { SlipwayError } from "../errors.ts";
import type { Scored } from "../metrics/scored.ts";
import { makeWorkFolder, type WorkFolder } from "../runtime/work-folder.ts";
import type { Compared, RunSource } from "../stages/run-source.ts";
import type { RunDependencies, RunnableModel } from "../stages/runnable-model.ts";
import type { Ports } from "./ports.ts";
import { runDependencies } from "./run.ts";
import { openRunSource, type SourcePlace } from "./run-source.ts";

/** Test rows and predictions of a version, and the means to run stages of its commit again. */
export interface VersionRows {
  scored: Scored;
  prepared: PreparedData;
  source: RunSource;
  /** Goes away with the rows. */
  work: WorkFolder;
  deps: RunDependencies;
}

/** What opens a version's `data.labels` where nothing else does, and what is known of how they are kept from user code. */
export type LabelsOpening = Pick<SourcePlace, "labelsEnv"> & Pick<RunSource, "whyNotSealed">;

/** The part of the test rows that a version was judged on. */
function partOf({ data: { test } }: Manifest, { data }: ModelSpec): TestRequest["part"] {
  return test.part && { ...test.part, by: data };
}

/**
 * Brings back a registered version's test rows, from its source commit and the store, and hands them to `act`, with their labels. `model` is
 * the model at that commit. Rejects with DATA_CHANGED where the test data is not what was evaluated.
 */
export async function withVersionRows<T>(
  ports: Ports,
  about: {
    model: RunnableModel;
    manifest: Manifest;
    compared?: Compared["stages"];
    labels?: LabelsOpening | undefined;
  },
  act: (rows: VersionRows) => Promise<T>,
): Promise<T> {
  const { model, manifest, labels } = about;
  const { signal, store } = ports;
  const deps = await runDependencies(ports);
  const work = await makeWorkFolder(randomUUID(), deps.temporary);
  try {
    const folder = work.private;
    const kept = join(folder, "own-predictions.parquet");
    // Before the data: a host that may not read the store need not read that.
    await store.getFile(manifest.predictions, kept);
    const source = openRunSource(
      ports,
      {
        ...{ commit: manifest.source.commit, binding: manifest.evaluation.binding },
        ...(labels ? { whyNotSealed: labels.whyNotSealed } : {}),
        load: async () => ({
          ...{ model, specBlob: manifest.source.spec_blob, store, problems: [], gates: [], asked: [] },
          policyStore: deps.policyStore,
          ...{ budget: undefined, pass: deps.passable ?? [], secrets: { train: [], predict: [] } },
        }),
        testRows: async () => ({ part: partOf(manifest, model.spec) }),
        compared: async () => ({ production: undefined, stages: about.compared ?? [] }),
      },
      { folder, cache: deps.cache, env: deps.caller, labelsEnv: labels?.labelsEnv, signal },
    );
    const { prepared } = await source.labelled();
    if (prepared.test.sha256 !== manifest.data.test.sha256) {
      throw new SlipwayError(
        "DATA_CHANGED",
        `${manifest.model}'s test data is not what version ${manifest.version} saw`,
        { expected: `sha256 ${manifest.data.test.sha256}`, found: `sha256 ${prepared.test.sha256}` },
      );
    }
    const scored = await joinKept({ prepared, spec: model.spec, kept });
    return await act({ scored, prepared, source, work, deps });
  } finally {
    await work.remove();
  }
}
