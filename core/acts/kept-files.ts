import { basename, dirname } from "node:path/posix";
import type { DecidingPolicy } from "../../schemas/deciding-policy.ts";
import type { BlobId } from "../../schemas/names.ts";
import { SlipwayError } from "../errors.ts";
import { POLICY_PATH, type SpecFiles } from "../spec/project.ts";

/**
 * The policy and the spec of a decision as files, from the texts that the registry keeps. Rejects with MODEL_UNKNOWN where a
 * text is not kept.
 */
export async function keptFiles(
  { blob, spec, spec_blob }: Pick<DecidingPolicy, "blob" | "spec" | "spec_blob">,
  text: (blob: BlobId) => Promise<Buffer | undefined>,
): Promise<SpecFiles> {
  const files = new Map<string, Buffer>();
  const ids = new Map<string, BlobId>();
  const keep = async (path: string | undefined, id: BlobId | undefined) => {
    if (path === undefined || id === undefined) return;
    const content = await text(id);
    if (content === undefined) throw new SlipwayError("MODEL_UNKNOWN", `the text of ${path} is not kept, ${id}`);
    files.set(path, content);
    ids.set(path, id);
  };
  await keep(POLICY_PATH, blob);
  await keep(spec, spec_blob);
  const readMany = async (paths: readonly string[]) => paths.map((path) => files.get(path));
  return {
    readMany,
    blobs: async (paths) => paths.map((path) => ids.get(path)),
    read: async (path) => files.get(path),
    folders: async (folder) =>
      spec !== undefined && dirname(dirname(spec)) === folder ? [basename(dirname(spec))] : [],
  };
}
