import { join } from "node:path";
import type { DataLock } from "../../schemas/data-record.ts";
import type { MonitorResult, MovedPins } from "../../schemas/monitoring.ts";
import type { CommitId, Sha256 } from "../../schemas/names.ts";
import { canonicalJson, sha256 } from "../canonical.ts";
import { checkRemoteData, type LockOptions, lockRemoteData } from "../data/remote/lock.ts";
import { pinChanges } from "../data/remote/pin-changes.ts";
import type { DataAccess } from "../data/remote/place.ts";
import { expectedAndFound, SlipwayError } from "../errors.ts";
import { readDataLock } from "../plan/data-lock.ts";
import { dataLocations } from "../plan/inputs.ts";
import { pinChangeLines } from "../report/pin-change-lines.ts";
import { openCommit } from "../source/commit.ts";
import type { LoadedModel } from "../spec/project.ts";
import type { Ports } from "./ports.ts";
import { rowsOfPins } from "./rows-of-pins.ts";

/** A model's lock without a file: what a model has that pinned nothing yet. */
export const NO_PINS: DataLock = { slipway: 1, files: [] };

/**
 * The new pins of a model as a commit has it; undefined where the bytes behind its URIs and patterns are those that it pins.
 * Lists, sizes and versions are asked first, and a file is read where these cannot tell. Nothing is written into the repository.
 * Rejects as lockRemoteData does.
 */
export async function movedPins(
  ports: Pick<Ports, "objects" | "workspace">,
  commit: CommitId,
  model: LoadedModel,
  access: DataAccess,
): Promise<MovedPins | undefined> {
  if (!dataLocations(model).some(({ kind }) => kind === "uri")) return undefined;
  const before = await readDataLock(openCommit(ports.objects, commit), model.folder);
  const how: LockOptions = { cache: join(ports.workspace.state, "cache"), access };
  if ((await checkRemoteData(model, how, before ?? NO_PINS)).length === 0) return undefined;
  const lock = await lockRemoteData(model, how, before);
  if (bytesOf(lock) === bytesOf(before ?? NO_PINS)) return undefined;
  const content = canonicalJson(lock);
  const from = lockDigest(before);
  const changes = pinChanges(before ?? NO_PINS, lock);
  const fresh = new Set(changes.flatMap(({ change, uri }) => (change === "kept" ? [] : [uri])));
  const files = lock.files.filter(({ uri }) => fresh.has(uri));
  const rows = await rowsOfPins(files, { cache: how.cache, signal: access.signal });
  return {
    model: model.name,
    ...(from === undefined ? {} : { from }),
    ...{ to: sha256(content), content },
    changes: pinChangeLines(changes, rows),
  };
}

/** Of a lock as Slipway writes it, whatever a person's editor made of its spaces. */
export function lockDigest(lock: DataLock | undefined): Sha256 | undefined {
  return lock && sha256(canonicalJson(lock));
}

/** The same bytes under another version of theirs train the same model. */
function bytesOf({ files }: DataLock): string {
  return canonicalJson(files.map(({ uri, of, sha256 }) => ({ uri, of, sha256 })));
}

/**
 * The same of many models. One whose place is away, or whose data are gone, is among the problems, and holds up no other.
 */
export async function findMovedPins(
  ports: Pick<Ports, "objects" | "workspace">,
  commit: CommitId,
  models: Iterable<LoadedModel>,
  access: DataAccess,
): Promise<Pick<MonitorResult, "moved" | "problems">> {
  const moved: MovedPins[] = [];
  const problems: MonitorResult["problems"] = [];
  for (const model of models) {
    try {
      const pins = await movedPins(ports, commit, model, access);
      if (pins !== undefined) moved.push(pins);
    } catch (error) {
      if (!(error instanceof SlipwayError) || access.signal?.aborted) throw error;
      const about = expectedAndFound(error.problems[0] ?? {});
      const message = [error.message, about].filter(Boolean).join(" ").slice(0, 2_000);
      problems.push({ model: model.name, code: error.code, message });
    }
  }
  return { moved, problems };
}
