import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { NO_PARAMS } from "../../schemas/names.ts";
import type { RunResult } from "../../schemas/run-result.ts";
import { RunCode, RunStart } from "../../schemas/run-summary.ts";
import { canonicalJson } from "../canonical.ts";
import { timestamp } from "../clock.ts";
import { SlipwayError } from "../errors.ts";
import { RUN_FILES } from "../experiments/run-folder.ts";
import type { GitObjects } from "../git/objects.ts";
import type { FingerprintInputs } from "../plan/fingerprint.ts";
import { openCommit } from "../source/commit.ts";
import type { SourceTree } from "../source/tree.ts";
import type { LoadedModel } from "../spec/project.ts";
import { writeDurably } from "../write-durably.ts";
import { codeOf } from "./code-of.ts";

/** Of content that no commit holds, so much is kept for a diff. */
const MAX_FILE = 1024 * 1024;
const MAX_FILES = 200;

export interface Beginning {
  run: string;
  model: Pick<LoadedModel, "name" | "path" | "blob" | "spec">;
  tree: SourceTree;
  source: RunResult["source"];
  binding: boolean;
  tried?: readonly string[] | undefined;
  inputs: Pick<FingerprintInputs, "code" | "locks">;
}

/**
 * Writes down what a run is before it does anything, in its own folder: so a table shows it while it goes on, and what is left of
 * it if it is killed. Its code is named by Git's ids; content that no commit holds is kept beside, so that it can be compared.
 */
export async function beginRun({ objects }: { objects: GitObjects }, folder: string, about: Beginning): Promise<void> {
  const { run, model, source, binding, tried = [] } = about;
  const start: RunStart = {
    ...{ slipway: 1, run, model: model.name, source, binding, started_at: timestamp(new Date()) },
    ...{ params: model.spec.train?.params ?? NO_PARAMS, seed: model.spec.train?.seed ?? 0 },
    ...(tried.length > 0 ? { tried: [...tried] } : {}),
  };
  const { files } = codeOf(about);
  await writeFile(join(folder, RUN_FILES.code), canonicalJson(RunCode.parse({ files })));
  await keepContents(objects, folder, about, files);
  await writeDurably(join(folder, RUN_FILES.start), canonicalJson(RunStart.parse(start)));
}

async function keepContents(
  objects: GitObjects,
  folder: string,
  { tree, source }: Beginning,
  files: RunCode["files"],
): Promise<void> {
  const { commit } = source;
  const paths = files.map(({ path }) => path);
  const committed = commit === undefined ? [] : await (await openCommit(objects, commit)).blobs(paths);
  const own = files.filter(({ blob }, at) => committed[at] !== blob).slice(0, MAX_FILES);
  if (own.length === 0) return;
  const place = join(folder, RUN_FILES.contents);
  await mkdir(place, { recursive: true });
  for (const { path, blob } of own) {
    const content = await tree.read(path, MAX_FILE).catch((error: unknown) => {
      if (error instanceof SlipwayError) return undefined;
      throw error;
    });
    if (content !== undefined) await writeFile(join(place, blob), content, { mode: 0o600 });
  }
}
