import type { Signature } from "../../schemas/manifest.ts";
import { milliseconds } from "../duration.ts";
import type { Answering, Row } from "../runtime/answering/answering.ts";
import type { ArtifactStore } from "../stores/store.ts";
import { lazyAnswering } from "./lazy-answering.ts";
import type { ServedVersion } from "./served.ts";
import type { VerifiedTarget } from "./verify-target.ts";
import { keptProfile, warmUp } from "./warm-up.ts";
import { warmUpRows } from "./warm-up-rows.ts";

/** Starts what answers for a version: its artifact by digest, its code at its own commit, its environment prepared. */
export type StartAnswering = (of: VerifiedTarget, signal: AbortSignal) => Promise<Answering>;

interface PrepareOptions {
  start: StartAnswering;
  store: ArtifactStore;
  /** Start nothing before the first request. */
  lazy: boolean;
  /** Told if the program refused the rows that it was warmed up with. */
  onNote(note: string): void;
  clock(): Date;
}

/**
 * A verified target that can answer, its workers ready and warm; or, if it is lazy, one that starts them when it is asked.
 * Rejects as StartAnswering does and as `warmUp` does, and leaves no process.
 */
export async function prepareVersion(
  of: VerifiedTarget,
  { start, store, lazy, onNote, clock }: PrepareOptions,
  signal: AbortSignal,
): Promise<ServedVersion> {
  const { manifest, called, stage, version, runnable } = of;
  const signature = withOptionalId(of);
  const rows = warmUpRows(signature, await keptProfile(store, manifest));

  async function started(during: AbortSignal): Promise<Answering> {
    const answering = await start(of, during);
    try {
      await Promise.race([answering.ready(), abortOf(during)]);
      const refused = await warmUp(answering, rows, during);
      if (refused !== undefined)
        onNote(`${called} version ${version} refused the rows that it was warmed up with: ${refused}`);
      during.throwIfAborted();
      return answering;
    } catch (error) {
      await answering.close(0);
      throw error;
    }
  }

  const { data, serve } = runnable.spec;
  const { [data.id ?? ""]: _, ...example } = rows[0] as Row;
  return {
    ...{ model: called, folder: of.model, version, stage, digest: manifest.artifact.sha256, signature },
    task: manifest.task,
    columns: data.columns ?? {},
    nullValues: data["null-values"] ?? [],
    maxRows: serve?.["max-rows"] ?? 1_000,
    timeoutMs: milliseconds(serve?.timeout ?? (serve?.run === undefined ? "60s" : "10s")),
    unknownColumns: serve?.["unknown-columns"] ?? "ignore",
    idColumn: data.columns?.[data.id ?? ""]?.sensitive === true ? undefined : data.id,
    example,
    answering: lazy ? lazyAnswering(started, clock) : await started(signal),
  };
}

/** A request need not name its rows: a program that reads `data.id` gets null in its place. */
function withOptionalId({ signature, runnable }: VerifiedTarget): Signature {
  const { id } = runnable.spec.data;
  return {
    ...signature,
    inputs: signature.inputs.map((each) => (each.name === id ? { ...each, optional: true } : each)),
  };
}

/** Rejects when the signal is aborted: a program may take minutes to say that it is ready. */
function abortOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
