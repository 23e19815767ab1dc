import { BoundedMap } from "../bounded-map.ts";
import { SlipwayError } from "../errors.ts";
import { type BatchAnswer, CatFile } from "./batch.ts";
import { type EncodedObject, encodeObject } from "./encode.ts";
import { followed } from "./follow.ts";
import { findRepository, type Repository, type RepositoryOptions } from "./repository.ts";
import { parseTree, type TreeItem } from "./tree-object.ts";

export interface GitObject {
  id: string;
  type: "blob" | "tree" | "commit" | "tag";
  /** Bytes. */
  size: number;
  content: Buffer;
}

/** A repository's objects, read through one `git cat-file` process for as long as it is open. */
export interface GitObjects {
  /** The folder as given: in a work tree, a linked one, or a bare repository. */
  readonly folder: string;
  readonly repository: Repository;
  /**
   * Any expression that rev-parse understands (an id, HEAD:path); undefined where there is none.
   * What is read is what its id says: Git itself does not look. Rejects with GIT_FAILED where it is damaged; with FILE_TOO_LARGE over `maxBytes` (default 64 MiB), of which not a byte is held; with USAGE for a line break, or nothing.
   */
  read(expression: string, maxBytes?: number): Promise<GitObject | undefined>;
  /** As `read`, in the order asked, in one round trip. */
  readMany(expressions: readonly string[], maxBytes?: number): Promise<(GitObject | undefined)[]>;
  /** The entries, in Git's order, of a tree, or of what a commit or tag leads to (HEAD, HEAD:folder); undefined where there is none. */
  tree(expression: string): Promise<TreeItem[] | undefined>;
  /** What was just written, so that it need not be read again. */
  keep(objects: Iterable<EncodedObject>): void;
  close(): Promise<void>;
}

const DEFAULT_MAX_BYTES = 64 * 1024 * 1024;
/** So many objects that are no larger (bytes) are kept: each act reads what the act before it read and wrote. */
const MAX_KEPT = 1_000;
const LARGE = 16 * 1024;

/** Rejects with NOT_A_REPOSITORY where there is none, UNSUPPORTED where its ids are SHA-256. */
export async function openObjects(folder: string, options: RepositoryOptions = {}): Promise<GitObjects> {
  const repository = await findRepository(folder, options);
  const process = new CatFile(folder);

  const kept = new BoundedMap<string, GitObject>(MAX_KEPT);
  const keep = (object: GitObject) => {
    if (object.size <= LARGE) kept.set(object.id, object);
  };

  async function readMany(expressions: readonly string[], maxBytes = DEFAULT_MAX_BYTES) {
    for (const expression of expressions) refuseLineBreak(expression);
    const ways = expressions.map((expression) => followed(expression, (id) => kept.get(id)));
    const asked = ways.flatMap((way) => ("ask" in way ? [way.ask] : []));
    const answers = (asked.length === 0 ? [] : await process.ask(asked, maxBytes)).values();
    return ways.map((way, at) => {
      const answer = "ask" in way ? (answers.next().value as BatchAnswer | undefined) : way.found;
      if (answer === undefined) return undefined;
      if (answer.content === undefined || answer.size > maxBytes)
        throw tooLarge(expressions[at] as string, answer, maxBytes);
      const object = answer as GitObject;
      if ("found" in way) return object;
      refuseOther(object.id, object);
      keep(object);
      return object;
    });
  }

  return {
    folder,
    repository,
    readMany,
    read: async (expression, maxBytes) => (await readMany([expression], maxBytes))[0],
    async tree(expression) {
      // Git peels revisions alone: behind a path (HEAD:folder), ^{tree} would be a part of the name.
      const [named] = await readMany([expression]);
      const peels = named?.type === "commit" || named?.type === "tag";
      const [object] = peels ? await readMany([`${named.id}^{tree}`]) : [named];
      return object?.type === "tree" ? parseTree(object.content) : undefined;
    },
    keep(objects) {
      for (const { id, type, content } of objects) keep({ id, type, size: content.length, content });
    },
    close: () => process.close(),
  };
}

/** Git would read the rest as another question (a line break), or not at all (nothing, a NUL, a last carriage return). */
function refuseLineBreak(expression: string): void {
  if (!/^$|[\n\0]|\r$/.test(expression)) return;
  throw new SlipwayError("USAGE", "a Git expression cannot be empty, or hold a line break or NUL", {
    found: JSON.stringify(expression).slice(0, 200),
  });
}

function refuseOther(id: string, object: GitObject | undefined): void {
  if (object !== undefined && encodeObject(object.type, object.content).id === id) return;
  throw new SlipwayError("GIT_FAILED", `The object ${id} holds other bytes than its id says, or was lost meanwhile.`, {
    hint: "An object is damaged: `slipway verify` says where, `slipway verify --repair` brings it back from a copy.",
  });
}

function tooLarge(expression: string, header: BatchAnswer, maxBytes: number): SlipwayError {
  return new SlipwayError("FILE_TOO_LARGE", `${expression} is too large`, {
    expected: `at most ${maxBytes} bytes`,
    found: `${header.size} bytes`,
  });
}
