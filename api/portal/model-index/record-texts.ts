import { SlipwayError } from "../../../core/errors.ts";
import type { GitObjects } from "../../../core/git/objects.ts";
import type { CatalogModel } from "../../../core/registry/catalog.ts";
import type { ModelPath } from "../../../core/registry/kinds.ts";
import { MAX_RECORD_BYTES } from "../../../core/registry/parse.ts";
import { formatPath, modelFolder } from "../../../core/registry/paths.ts";

const USUAL_BYTES = 256 * 1024;

/** Where a record of a model is, for Git. */
export function recordOf({ name, folder }: CatalogModel, at: ModelPath): string {
  return `${folder}:${formatPath(at).slice(modelFolder(name).length + 1)}`;
}

/** Records' bytes: together if all are of the usual size, and otherwise one by one. Undefined where there is none that can be read. */
export async function recordTexts(objects: GitObjects, paths: readonly string[]): Promise<(Buffer | undefined)[]> {
  try {
    return (await objects.readMany(paths, USUAL_BYTES)).map((object) => object?.content);
  } catch (error) {
    if (!isTooLarge(error)) throw error;
  }
  const found: (Buffer | undefined)[] = [];
  for (const path of paths) {
    const object = await objects.read(path, MAX_RECORD_BYTES).catch((error: unknown) => {
      if (isTooLarge(error)) return undefined;
      throw error;
    });
    found.push(object?.content);
  }
  return found;
}

function isTooLarge(error: unknown): boolean {
  return error instanceof SlipwayError && error.code === "FILE_TOO_LARGE";
}

/** What a schema reads of a record; undefined of what is none: `verify` says why. */
export function parsed<Value>(
  text: Buffer | undefined,
  parse: (value: unknown) => Value | undefined,
): Value | undefined {
  if (text === undefined) return undefined;
  try {
    return parse(JSON.parse(text.toString("utf8")));
  } catch {
    return undefined;
  }
}
