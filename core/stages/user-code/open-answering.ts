import { mkdtemp } from "node:fs/promises";
import { totalmem } from "node:os";
import { join } from "node:path";
import type { Artifact, Signature } from "../../../schemas/manifest.ts";
import { milliseconds } from "../../duration.ts";
import type { Answering } from "../../runtime/answering/answering.ts";
import { openBatches } from "../../runtime/answering/batch.ts";
import { cappedOutput } from "../../runtime/answering/capped-output.ts";
import { openPool } from "../../runtime/answering/pool.ts";
import { userEnvironment } from "../../runtime/environment.ts";
import { makeReadOnly, removeTree } from "../../runtime/remove-tree.ts";
import type { ArtifactStore } from "../../stores/store.ts";
import { predictRows } from "./predict-rows.ts";
import { bringCode, codeHint, type UserCode } from "./user-code.ts";

const MEASURE_MS = 5_000;
/** Requests that wait for a process: the time-out ends them, and this bounds their memory. A start beside takes seconds of a core. */
const MOST_WAITING = 1_000;
/** Of the machine's memory, what all processes of a version may hold. */
const MEMORY_SHARE = 0.8;

export interface AnsweringRequest {
  artifact: Artifact;
  signature: Signature;
  /** Of the test data: a predict program reads rows in that format. */
  extension: string;
  secrets?: readonly string[] | undefined;
  /** How long a serving program may take to load the model, in milliseconds. Default `predict.timeout`: that program loads it too. */
  startMs?: number | undefined;
}

/**
 * What answers for a version: workers of its serving program, or its predict program a batch at a time. They share a folder, in
 * which code and model are read-only to the serving program; it goes when the answering is closed. Rejects as
 * ArtifactStore.getFolder does; that the program does not start is `ready`'s to say.
 */
export async function openAnswering(
  code: UserCode,
  store: Pick<ArtifactStore, "getFolder">,
  request: AnsweringRequest,
): Promise<Answering> {
  const { serve, predict } = code.spec;
  const workers = serve?.workers ?? 1;
  const maxRows = serve?.["max-rows"] ?? 1_000;
  const queue = { requests: MOST_WAITING * workers, rows: 10 * maxRows * workers };
  const output = code.onOutput && cappedOutput(code.onOutput);
  if (serve?.run === undefined) {
    const run = await predictRows({ ...code, onOutput: output }, store, request);
    return openBatches({ predict: run, workers, maxRows, queue, timeoutMs: milliseconds(serve?.timeout ?? "60s") });
  }
  const folder = await servingFolder(code, store, request.artifact);
  const { leftOut: _, ...environment } = userEnvironment({
    ...{ spec: code.spec.environment, caller: code.caller, passable: code.passable },
    ...{ paths: { SLIPWAY_MODEL: "model" }, secrets: request.secrets ?? [] },
  });
  const task = {
    ...{ ...environment, command: serve.run, folder, cwd: join("tree", code.folder), mark: code.work.mark },
    ...{ image: code.spec.environment?.image, readOnly: ["tree", "model"], onOutput: output },
  };
  const memory = process.constrainedMemory?.() || totalmem();
  const pool = openPool({
    start: async () => {
      await code.verifyEnvironment();
      return code.executor.start(task);
    },
    ...{ workers, queue, timeoutMs: milliseconds(serve.timeout ?? "10s") },
    startMs: request.startMs ?? milliseconds(predict.timeout ?? "10m"),
    explain: (lines) => codeHint(code, join(folder, "tree"), lines),
    memory: { bytes: (MEMORY_SHARE * Math.min(memory, totalmem())) / workers, measureMs: MEASURE_MS },
  });
  return {
    ...pool,
    close: async (drainMs) => {
      await pool.close(drainMs);
      await removeTree(folder);
    },
  };
}

async function servingFolder(code: UserCode, store: Pick<ArtifactStore, "getFolder">, artifact: Artifact) {
  const folder = await mkdtemp(join(code.work.open, "serve-"));
  try {
    await bringCode(code, folder);
    const model = join(folder, "model");
    await store.getFolder(artifact, model);
    await makeReadOnly(model);
    return folder;
  } catch (error) {
    await removeTree(folder);
    throw error;
  }
}
