import type { RunCode } from "../../schemas/run-summary.ts";
import { sha256 } from "../canonical.ts";
import type { FingerprintInputs } from "../plan/fingerprint.ts";
import type { LoadedModel } from "../spec/project.ts";

const MOST_LISTED = 2_000;

/** A model's code by paths and Git's ids: the files that user code sees, its locks and its spec, by path. */
export function codeOf(of: {
  model: Pick<LoadedModel, "path" | "blob">;
  inputs: Pick<FingerprintInputs, "code" | "locks">;
}): RunCode {
  const { model, inputs } = of;
  const blobs = new Map<string, string>();
  for (const [path, said] of Object.entries(inputs.code)) blobs.set(path, said.split(" ")[1] ?? "");
  for (const [path, blob] of Object.entries(inputs.locks)) blobs.set(path, blob);
  blobs.set(model.path, model.blob);
  const files = [...blobs].filter(([, blob]) => /^[0-9a-f]{40}$/.test(blob)).map(([path, blob]) => ({ path, blob }));
  return { files: files.sort((a, b) => (a.path < b.path ? -1 : 1)).slice(0, MOST_LISTED) };
}

/** Equal digests are equal code. */
export function codeDigest(files: RunCode["files"]): string {
  return sha256(files.map(({ path, blob }) => `${blob} ${path}\n`).join(""));
}
