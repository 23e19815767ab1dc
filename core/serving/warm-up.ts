import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { DataProfile } from "../../schemas/data-record.ts";
import type { Manifest } from "../../schemas/manifest.ts";
import { SlipwayError } from "../errors.ts";
import type { Answering, Row } from "../runtime/answering/answering.ts";
import { makeWorkFolder } from "../runtime/work-folder.ts";
import type { ArtifactStore } from "../stores/store.ts";

/** Bytes: a profile is aggregates alone. */
const LARGEST_PROFILE = 64 * 1024 ** 2;

/**
 * Asks every worker of a version once before anybody else does, so that no client waits for what a program does at its first
 * request. Rejects as Answering's `ask` does, but for the program's own error: the rows are made up, and a program may refuse
 * them. Resolves to that error's text.
 */
export async function warmUp(
  answering: Answering,
  rows: readonly Row[],
  signal: AbortSignal,
): Promise<string | undefined> {
  const workers = Math.max(answering.state().ready, 1);
  const asked = Array.from({ length: workers }, (_, at) => answering.ask({ id: `warm-up-${at + 1}`, rows, signal }));
  const refused = (await Promise.allSettled(asked)).flatMap((each) =>
    each.status === "rejected" ? [each.reason] : [],
  );
  const [first] = refused.filter((error) => !(error instanceof SlipwayError && error.code === "SERVE_ERROR"));
  if (first !== undefined) throw first;
  return refused.length === 0 ? undefined : (refused[0] as SlipwayError).message;
}

/** The kept profile of a version's data; undefined where there is none, or the store does not give it: rows are then plain. */
export async function keptProfile(store: ArtifactStore, { data }: Manifest): Promise<DataProfile | undefined> {
  if (data.profile === undefined || data.profile.size > LARGEST_PROFILE) return undefined;
  const work = await makeWorkFolder("warm-up");
  const file = join(work.private, "profile.json");
  try {
    await store.getFile(data.profile, file);
    return DataProfile.safeParse(JSON.parse(await readFile(file, "utf8"))).data;
  } catch {
    return undefined;
  } finally {
    await rm(file, { force: true });
    await work.remove();
  }
}
