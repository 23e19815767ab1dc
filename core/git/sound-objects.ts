import { access } from "node:fs/promises";
import { join } from "node:path";
import { SlipwayError } from "../errors.ts";
import type { GitObject, GitObjects } from "./objects.ts";

/** What is wrong with an object that something names. */
export type Unsound = "missing" | "corrupt";

/** Objects of a repository that may be damaged anywhere. */
export interface SoundObjects {
  /** By ids, in the order asked; undefined for what is not sound, and `tell` is told once of each. */
  readMany(ids: readonly string[], tell: (id: string, state: Unsound) => void): Promise<(GitObject | undefined)[]>;
}

const CHUNK = 200;

export function soundObjects(objects: GitObjects, maxBytes: number): SoundObjects {
  const unsound = new Set<string>();

  async function read(ids: readonly string[], tell: (id: string, state: Unsound) => void) {
    let found: (GitObject | undefined)[];
    try {
      found = await objects.readMany(ids, maxBytes);
    } catch (error) {
      if (!(error instanceof SlipwayError)) throw error;
      // Git dies of some damage; and an object of this size is none that a registry has.
      if (ids.length > 1) return one(ids, tell);
      found = [undefined];
    }
    for (const [at, object] of found.entries()) {
      const id = ids[at] as string;
      if (object !== undefined || unsound.has(id)) continue;
      unsound.add(id);
      tell(id, (await isLoose(objects, id)) ? "corrupt" : await stateOf(objects, id));
    }
    return found;
  }

  async function one(ids: readonly string[], tell: (id: string, state: Unsound) => void) {
    const found: (GitObject | undefined)[] = [];
    for (const id of ids) found.push(...(await read([id], tell)));
    return found;
  }

  return {
    async readMany(ids, tell) {
      const found: (GitObject | undefined)[] = [];
      for (let from = 0; from < ids.length; from += CHUNK)
        found.push(...(await read(ids.slice(from, from + CHUNK), tell)));
      return found;
    },
  };
}

async function isLoose({ repository }: GitObjects, id: string): Promise<boolean> {
  return access(join(repository.objectFolder, id.slice(0, 2), id.slice(2))).then(
    () => true,
    () => false,
  );
}

/** Git says "missing" of what it has never heard of, and dies of what it cannot read. */
async function stateOf(objects: GitObjects, id: string): Promise<Unsound> {
  return objects.read(id, 0).then(
    (object) => (object === undefined ? "missing" : "corrupt"),
    () => "corrupt",
  );
}
