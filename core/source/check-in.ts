import { copyFile, mkdir, mkdtemp, rm, stat, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BlobId } from "../../schemas/names.ts";
import { git } from "../git/run.ts";

/** What `git add` would make of a file of the work tree. */
export interface CheckedIn {
  blob: BlobId;
  /** Git LFS: the blob is a pointer, and the file in the work tree is what it stands for. */
  pointer: boolean;
}

/** The work tree's top, and its `core.autocrlf`. */
export interface CheckInPlace {
  top: string;
  autocrlf: boolean;
}

const ATTRIBUTES = ["text", "crlf", "eol", "filter", "ident", "working-tree-encoding"];
const MAX_BLOB = 2 ** 31 - 1;

/**
 * Those of the paths that line ends, a filter or an encoding may change on their way into Git, by `.gitattributes` and
 * `core.autocrlf`, each with the name of its filter. All others are checked in byte for byte.
 */
async function convertible(
  { top, autocrlf }: CheckInPlace,
  paths: readonly string[],
): Promise<Map<string, string | undefined>> {
  const input = paths.map((path) => `${path}\0`).join("");
  const said = await git(top, ["check-attr", "-z", "--stdin", ...ATTRIBUTES], { input });
  const found = new Map<string, string | undefined>();
  const fields = said.toString().split("\0");
  for (let at = 0; at + 2 < fields.length; at += 3 * ATTRIBUTES.length) {
    const value = (i: number) => fields[at + 3 * i + 2] as string;
    const [text, crlf, eol, filter, ident, encoding] = ATTRIBUTES.map((_, i) => value(i));
    const given = (attribute = "unspecified") => attribute !== "unspecified" && attribute !== "unset";
    const ends = text !== "unset" && (autocrlf || given(text) || given(crlf) || given(eol));
    if (ends || given(filter) || given(ident) || given(encoding))
      found.set(fields[at] as string, given(filter) ? filter : undefined);
  }
  return found;
}

/** Git's own answer, in an index and an object folder below `folder`: the repository's stay as they are. */
class Staging {
  readonly #top: string;
  readonly #env: Record<string, string>;

  constructor(top: string, env: Record<string, string>) {
    this.#top = top;
    this.#env = env;
  }

  static async open(top: string, folder: string): Promise<Staging> {
    const asked = ["rev-parse", "--path-format=absolute", "--git-path", "index", "--git-path", "objects"];
    const [own = "", objects = ""] = (await git(top, asked)).toString().split("\n");
    const index = join(folder, "index");
    const begun = await stat(own).catch(() => undefined);
    if (begun !== undefined) {
      await copyFile(own, index);
      // Git compares a file again that is no older than the index: a newer index would hide a change.
      const seconds = Math.floor(begun.mtimeMs / 1_000);
      await utimes(index, seconds, seconds);
    }
    const made = join(folder, "objects");
    await mkdir(made);
    return new Staging(top, {
      GIT_INDEX_FILE: index,
      GIT_OBJECT_DIRECTORY: made,
      GIT_ALTERNATE_OBJECT_DIRECTORIES: `"${objects.replace(/["\\]/g, "\\$&")}"`,
    });
  }

  #git(args: readonly string[], input: string | undefined = undefined, maxBytes?: number): Promise<Buffer> {
    const settings = ["core.safecrlf=false", "core.fsmonitor=false", "core.looseCompression=0"];
    const options = settings.flatMap((setting) => ["-c", setting]);
    const given = { input, maxBytes };
    return git(this.#top, [...options, ...args], { env: this.#env, ...given });
  }

  async add(paths: readonly string[]): Promise<Map<string, BlobId>> {
    const wanted = new Set(paths);
    const update = (given: Iterable<string>, ...flags: string[]) =>
      this.#git(["update-index", ...flags, "-z", "--stdin"], [...given].map((path) => `${path}\0`).join(""));
    // A file that Git was told not to look at is looked at here.
    const listed = (await this.#git(["ls-files", "-v", "-z"])).toString().split("\0");
    const flagged = listed.filter((line) => /^[a-zS] /.test(line)).flatMap((line) => line.slice(2));
    const hidden = flagged.filter((path) => wanted.has(path));
    if (hidden.length > 0)
      for (const flag of ["--no-assume-unchanged", "--no-skip-worktree"]) await update(hidden, flag);
    await update(paths, "--add", "--replace");
    const entries = (await this.#git(["ls-files", "-s", "-z"])).toString().split("\0");
    const blobs = entries.flatMap((entry): [string, BlobId][] => {
      const [, blob, path] = /^\d+ ([0-9a-f]{40}) 0\t([\s\S]+)$/.exec(entry) ?? [];
      return blob === undefined || path === undefined || !wanted.has(path) ? [] : [[path, blob]];
    });
    return new Map(blobs);
  }

  read(blob: BlobId): Promise<Buffer> {
    return this.#git(["cat-file", "blob", blob], undefined, MAX_BLOB);
  }
}

/**
 * Asks Git what it would check in of regular files that are there, and hands `act` the answers: none for a file that is checked
 * in byte for byte. `read` gives the bytes of one. Rejects with GIT_FAILED, in Git's words, if a filter fails.
 */
export async function checkingIn<T>(
  place: CheckInPlace,
  paths: readonly string[],
  act: (answers: ReadonlyMap<string, CheckedIn>, read: (blob: BlobId) => Promise<Buffer>) => Promise<T>,
): Promise<T> {
  const nothing = () => Promise.reject(new Error("nothing was checked in"));
  if (paths.length === 0) return act(new Map(), nothing);
  const filters = await convertible(place, paths);
  if (filters.size === 0) return act(new Map(), nothing);
  const folder = await mkdtemp(join(tmpdir(), "slipway-check-in-"));
  try {
    const staging = await Staging.open(place.top, folder);
    const blobs = await staging.add([...filters.keys()]);
    const answers = [...blobs].map(([path, blob]) => [path, { blob, pointer: filters.get(path) === "lfs" }] as const);
    return await act(new Map(answers), (blob) => staging.read(blob));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
