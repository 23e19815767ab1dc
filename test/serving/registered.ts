import { expect } from "vitest";
import type { Ports } from "../../core/acts/ports.ts";
import { versionTaggedAt } from "../../core/promotion/tag-times.ts";
import { publishWithRetry } from "../../core/registry/commit-act.ts";
import { registrationChange } from "../../core/registry/records.ts";
import type { Answering } from "../../core/runtime/answering/answering.ts";
import { openServing, type ServingOptions } from "../../core/serving/open-serving.ts";
import type { ServingEvent, ServingHost } from "../../core/serving/serving-host.ts";
import type { Manifest } from "../../schemas/manifest.ts";
import { plainHost } from "../acts/plain-host.ts";
import { manifest, WRITTEN } from "../registry/builders.ts";
import { gitIn } from "../registry/repositories.ts";
import { NumberAnswering } from "./builders.ts";

const SPEC = `slipway: 1
task: regression
data: { train: train.csv, test: test.csv, label: y, columns: { x: { type: double } } }
train: { run: node train.mjs }
predict: { run: node predict.mjs }
metrics: { error: { metric: mean_absolute_error } }
`;
const SIGNATURE = {
  inputs: [{ name: "x", type: "double" as const }],
  outputs: [{ name: "y", type: "double" as const }],
};

/** A plain repository with models whose versions can be served; the registry is empty. */
export function servedHost(models: readonly string[] = ["tiny"], policy = "slipway: 1\n"): Promise<Ports> {
  const specs = Object.fromEntries(models.map((model) => [`models/${model}/model.yaml`, SPEC]));
  return plainHost({ ...specs, "slipway.yaml": policy });
}

/** Registers the next version of a model, from a commit of its own; resolves to its number. */
export async function registerNext(
  { workspace, registry }: Ports,
  model = "tiny",
  about: Partial<Manifest> = {},
): Promise<number> {
  await gitIn(workspace.folder, "commit", "--quiet", "--allow-empty", "--message=another");
  const commit = await gitIn(workspace.folder, "rev-parse", "HEAD");
  let version = 0;
  await publishWithRetry(registry, async (snapshot) => {
    const record = await snapshot.model(model);
    version = (record?.latest_version ?? 0) + 1;
    const made = manifest({
      ...{ model, version, task: "regression", signature: SIGNATURE, registered_at: WRITTEN },
      tagged_at: versionTaggedAt(WRITTEN, record),
      ...about,
    });
    const source = { ...made.source, commit, spec: `models/${model}/model.yaml` };
    return registrationChange({ manifest: { ...made, source }, record });
  });
  return version;
}

/** Serving whose versions answer with their number. */
export async function opened(
  ports: Ports,
  options: Partial<ServingOptions> = {},
): Promise<ServingHost & { events: ServingEvent[]; workers: Map<number, NumberAnswering> }> {
  const events: ServingEvent[] = [];
  const workers = new Map<number, NumberAnswering>();
  const serving = await openServing(ports, {
    ...{ models: [], stage: "production", lazy: false, onEvent: (event) => events.push(event) },
    start: async ({ version }): Promise<Answering> => {
      const answering = new NumberAnswering(version);
      workers.set(version, answering);
      return answering;
    },
    ...options,
  });
  return { ...serving, events, workers };
}

/** The version that answers a request. */
export async function answeredBy(serving: ServingHost, model = "tiny"): Promise<number> {
  const { version, predictions } = await serving.ask({ model, rows: [{ x: 1 }], id: "1", route: "test" });
  expect(predictions).toEqual([{ prediction: version.version }]);
  return version.version;
}

/** Looks at the registry, and resolves once that version is live. */
export async function untilLive(serving: ServingHost, version: number | undefined, model = "tiny"): Promise<void> {
  serving.poke();
  await expect.poll(() => serving.endpoints().find((each) => each.model === model)?.live?.version).toBe(version);
}
