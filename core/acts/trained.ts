import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { Artifact } from "../../schemas/manifest.ts";
import type { Sha256 } from "../../schemas/names.ts";
import type { RunResult } from "../../schemas/run-result.ts";
import { canonicalJson } from "../canonical.ts";
import type { Workspace } from "../git/workspace.ts";

const TrainedHere = z.object({ run: z.string(), artifact: Artifact });
export type TrainedHere = z.infer<typeof TrainedHere>;

/** What was trained here with this fingerprint, if anything. A file that cannot be read is as good as none. */
export async function findTrained(workspace: Workspace, fingerprint: Sha256): Promise<TrainedHere | undefined> {
  const content = await readFile(place(workspace, fingerprint), "utf8").catch(() => undefined);
  if (content === undefined) return undefined;
  try {
    return TrainedHere.parse(JSON.parse(content));
  } catch {
    return undefined;
  }
}

/** Keeps a successful training for the next run of the same fingerprint; a try's is nobody's to take. */
export async function rememberTrained(workspace: Workspace, { outcome, artifact, artifact_from, ...run }: RunResult) {
  if (run.tried !== undefined) return;
  if (outcome !== "succeeded" || artifact === undefined || artifact_from !== "trained") return;
  const file = place(workspace, run.fingerprint);
  await mkdir(join(workspace.state, "trained"), { recursive: true });
  const temporary = `${file}.${run.run}`;
  await writeFile(temporary, canonicalJson({ run: run.run, artifact } satisfies TrainedHere));
  await rename(temporary, file);
}

function place(workspace: Workspace, fingerprint: Sha256): string {
  return join(workspace.state, "trained", `${fingerprint}.json`);
}
