import { sha256 } from "../canonical.ts";
import { SlipwayError } from "../errors.ts";
import { lockFiles, type ModelInputs } from "../plan/inputs.ts";
import type { SourceTree } from "../source/tree.ts";

const LOCK_BYTES = 256 * 1024 * 1024;

/** The files that `environment.lock` names, with their digests. Rejects with SPEC_INVALID where one is not there. */
export async function readLocks(model: ModelInputs, tree: SourceTree): Promise<{ path: string; sha256: string }[]> {
  const paths = (await lockFiles(model, tree)).map(({ path }) => path);
  const contents = await tree.readMany(paths, LOCK_BYTES);
  return paths.map((path, i) => {
    const content = contents[i];
    if (content !== undefined) return { path, sha256: sha256(content) };
    throw new SlipwayError("SPEC_INVALID", `environment.lock names ${path}, which is no file`, {
      expected: "a file of the repository",
    });
  });
}
