import { join } from "node:path";
import type { Artifact } from "../../schemas/manifest.ts";
import type { RunResult, StepResult } from "../../schemas/run-result.ts";
import { SlipwayError } from "../errors.ts";
import type { ArtifactStore } from "../stores/store.ts";
import type { Reusable } from "./run-source.ts";
import { storeCode, train } from "./user-code/run-train.ts";
import type { GivenData, UserCode } from "./user-code/user-code.ts";
import type { TrackedTarget } from "./user-code/while-tracked.ts";

export interface MadeArtifact {
  artifact: Artifact;
  artifact_from: NonNullable<RunResult["artifact_from"]>;
  artifact_run?: string;
  curves?: string;
}

/** Whether the store has an earlier run's artifact whole. One that cannot be reached has none. */
export async function isWhole(store: ArtifactStore, artifact: Artifact): Promise<boolean> {
  const state = await store.verify(artifact).catch((error: unknown) => {
    if (error instanceof SlipwayError && error.code === "STORE_UNREACHABLE") return "missing" as const;
    throw error;
  });
  return state === "ok";
}

/** An earlier run's artifact; `about` is what the step says of it. */
export function reusedArtifact(
  { artifact, run }: Omit<Reusable, "fingerprint">,
  about: Partial<StepResult>,
): MadeArtifact {
  Object.assign(about, { outcome: "reused", detail: `the artifact of run ${run}` });
  return { artifact, artifact_from: "reused", artifact_run: run };
}

/** The files of a version that was imported. Rejects with ARTIFACT_MISSING or ARTIFACT_CORRUPT where the store has not all of them. */
export async function givenArtifact(
  store: ArtifactStore,
  { artifact, version }: { artifact: Artifact; version: number },
  about: Partial<StepResult>,
): Promise<MadeArtifact> {
  const state = await store.verify(artifact);
  if (state !== "ok")
    throw new SlipwayError(
      state === "missing" ? "ARTIFACT_MISSING" : "ARTIFACT_CORRUPT",
      `The files of version ${version} are ${state} in the store`,
      { expected: `sha256 ${artifact.sha256}`, found: artifact.uri },
    );
  Object.assign(about, { outcome: "skipped", detail: `the files of version ${version}, as they were imported` });
  return { artifact, artifact_from: "imported" };
}

/**
 * A run's own artifact: the code itself where nothing is trained, otherwise what training wrote; `about` is what the step
 * says of it. Rejects with SPEC_INVALID where there is nothing to train on, and as `train` does.
 */
export async function makeArtifact(
  code: UserCode,
  store: ArtifactStore,
  request: {
    data: GivenData | undefined;
    /** The run's own folder: curves.jsonl and logs/train.log go there. */
    folder: string;
    tracked: TrackedTarget;
    secrets?: readonly string[] | undefined;
  },
  about: Partial<StepResult>,
): Promise<MadeArtifact> {
  const { data, folder } = request;
  const spec = code.spec.train;
  if (!spec) {
    Object.assign(about, { outcome: "skipped", detail: "the artifact is the code" });
    return { artifact: await storeCode(code, store), artifact_from: "code" };
  }
  if (data === undefined) {
    throw new SlipwayError("SPEC_INVALID", "The spec says how to train, and names no training data", {
      expected: "`data.train`, or `data.source` with `data.split`",
      found: "test data alone",
    });
  }
  about.log = join("logs", "train.log");
  const { secrets, tracked } = request;
  const files = { log: join(folder, about.log), curves: join(folder, "curves.jsonl") };
  const trained = await train(code, store, { spec, data, ...files, secrets, tracked });
  if (trained.detail !== undefined) about.detail = trained.detail;
  const curves = trained.curves ? { curves: "curves.jsonl" } : {};
  return { artifact: trained.artifact, artifact_from: "trained", ...curves };
}
