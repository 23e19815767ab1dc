import type { ModelSpec } from "../../schemas/model-spec.ts";
import { SlipwayError } from "../errors.ts";
import type { SourceTree, TreeEntry } from "../source/tree.ts";
import { globFolder, globTest, type LocationKind, locationKind, repositoryPath } from "../spec/paths.ts";
import { keptFromCode } from "./kept-from-code.ts";

/** What of a loaded model its inputs follow from; `path` and `position` let an error say where it stands. */
export interface ModelInputs {
  /** The folder of the spec, relative to the repository's root. */
  folder: string;
  spec: ModelSpec;
  path?: string;
  position?(keys: readonly (string | number)[]): { line: number; column: number };
}

export type DataRole = "train" | "test" | "source" | "labels";

interface DataLocation {
  role: DataRole;
  /** A path or glob relative to the repository's root; a URI as the spec says it. */
  location: string;
  kind: LocationKind;
  /** Where the spec says it. */
  keys: (string | number)[];
}

const ROLES: readonly DataRole[] = ["train", "test", "source", "labels"];

/** The data that a spec names, in the order train, test, source, labels. Throws PATH_OUTSIDE for what leaves the repository. */
export function dataLocations(model: ModelInputs): DataLocation[] {
  return ROLES.flatMap((role) => {
    const said = model.spec.data[role] ?? [];
    const many = typeof said !== "string";
    return [said].flat().map((text, i) => {
      const keys = ["data", role, ...(many ? [i] : [])];
      const kind = locationKind(text);
      return { role, kind, keys, location: kind === "uri" ? text : inside(model, text, keys) };
    });
  });
}

/** Whether the test rows' labels come from outside the repository, so that user code is not given them. */
export function labelsAreElsewhere(model: ModelInputs): boolean {
  const holding: readonly DataRole[] = model.spec.data.labels === undefined ? ["test", "source"] : ["labels"];
  const locations = dataLocations(model).filter(({ role }) => holding.includes(role));
  return locations.length > 0 && locations.every(({ kind }) => kind === "uri");
}

/** A location with the files of the repository that it names; none if it is a URI. */
export interface LocatedData extends DataLocation {
  paths: string[];
}

/**
 * What each of a spec's data locations names, in the spec's order; a glob's files are sorted by path. The one reading of
 * them: what is fingerprinted, exported and read is found here. URIs are left to data.lock.json.
 * Rejects with DATA_MISSING if a path or a glob names no file, DATA_INVALID if one role names a file twice.
 */
export async function locateData(model: ModelInputs, tree: SourceTree): Promise<LocatedData[]> {
  const found: LocatedData[] = [];
  const seen = new Set<string>();
  for (const place of dataLocations(model)) {
    const { role, location, kind, keys } = place;
    const paths = kind === "uri" ? [] : await matches(location, kind, tree, inSubmodule(model, keys));
    if (kind !== "uri" && paths.length === 0) {
      throw at(model, keys, "DATA_MISSING", `no ${kind === "glob" ? "file matches" : "file at"} ${location}`, {
        expected: "a file that is in the repository and not ignored",
        hint: "commit the file, mend the path, or name every file of a folder with a glob: data/*.csv",
      });
    }
    for (const path of kind === "uri" ? [location] : paths) {
      if (seen.has(`${role} ${path}`))
        throw at(model, keys, "DATA_INVALID", `data.${role} names a file twice`, { expected: "each file once" });
      seen.add(`${role} ${path}`);
    }
    found.push({ ...place, paths });
  }
  return found;
}

/**
 * The data files in the repository, in the spec's order. Rejects as locateData does, and with DATA_INVALID if a file is
 * both train and test.
 */
export async function dataFiles(model: ModelInputs, tree: SourceTree): Promise<{ role: DataRole; path: string }[]> {
  const files = (await locateData(model, tree)).flatMap(({ role, paths }) => paths.map((path) => ({ role, path })));
  const train = new Set(files.filter(({ role }) => role === "train").map(({ path }) => path));
  const both = files.find(({ role, path }) => role === "test" && train.has(path));
  if (both === undefined) return files;
  throw at(model, ["data", "test"], "DATA_INVALID", `${both.path} is both training and test data`, {
    expected: "test rows that training never saw",
  });
}

async function matches(
  location: string,
  kind: LocationKind,
  tree: SourceTree,
  refused: (submodule: string) => SlipwayError,
): Promise<string[]> {
  const isGlob = kind === "glob";
  const isMatch = isGlob ? globTest(location) : (path: string) => path === location;
  const start = isGlob ? globFolder(location) : location;
  const entries = await tree.list(start).catch((error: unknown) => {
    // Git lists nothing that is in a submodule, and may say so in its own words.
    if (error instanceof SlipwayError && error.code === "GIT_FAILED") return [];
    throw error;
  });
  const file = location.slice(location.lastIndexOf("/") + 1).replaceAll("*", "x");
  const reached = entries.find(
    ({ path, kind }) => kind === "submodule" && (isMatch(path) || (isGlob && isMatch(`${path}/${file}`))),
  );
  const submodule = reached?.path ?? (entries.length === 0 ? await submoduleAbove(start, tree) : undefined);
  if (submodule !== undefined) throw refused(submodule);
  return entries.filter((entry) => isMatch(entry.path)).map((entry) => entry.path);
}

async function submoduleAbove(path: string, tree: SourceTree): Promise<string | undefined> {
  for (let folder = path; folder !== ""; folder = folderOf(folder)) {
    const entries = await tree.list(folder).catch(() => []);
    if (entries.length === 0) continue;
    return entries[0]?.path === folder && entries[0].kind === "submodule" ? folder : undefined;
  }
  return undefined;
}

/** A submodule's files are another repository's: none of its bytes are in this one's commits. */
function inSubmodule(model: ModelInputs, keys: (string | number)[]): (submodule: string) => SlipwayError {
  return (submodule) =>
    at(model, keys, "DATA_INVALID", `data.${keys[1]} reaches into the submodule ${submodule}`, {
      expected: "files of this repository, or URIs that data.lock.json pins",
      hint: "keep the files in this repository, or name them by URIs and run slipway lock",
    });
}

/**
 * The repository's files that reading the data takes, sorted: the data files, and every file where rows name further ones,
 * since only the rows know which. Rejects as `dataFiles` does.
 */
export async function filesToRead(model: ModelInputs, tree: SourceTree): Promise<string[]> {
  const files = await dataFiles(model, tree);
  return (rowsNameFiles(model.spec) ? await tree.list() : files).map(({ path }) => path);
}

/** Whether a column is of type `file`: its values are paths of further files. */
export function rowsNameFiles({ data }: ModelSpec): boolean {
  return Object.values(data.columns ?? {}).some(({ type }) => type === "file");
}

/** The folder that a data file lies in, where files that its rows name are looked for. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

/**
 * The files that user code gets to see, sorted by path: those below `code:` (default: the spec's folder), without what
 * keptFromCode names: any model's data and specs. Rejects with SPEC_INVALID if a `code` entry names nothing.
 */
export async function codeFiles(model: ModelInputs, tree: SourceTree): Promise<TreeEntry[]> {
  const said = (model.spec.code ?? ["."]).map((text, i) => ({ text, keys: ["code", i] }));
  return (await visibleFiles(model, tree, said)).files;
}

/**
 * The files that the environment is made from, as `environment.lock` names them: files, and all files of a folder; sorted
 * by path. Rejects with SPEC_INVALID if one is not there, is data, or if there are too many.
 */
export async function lockFiles(model: ModelInputs, tree: SourceTree): Promise<TreeEntry[]> {
  const said = (model.spec.environment?.lock ?? []).map((text, i) => ({ text, keys: ["environment", "lock", i] }));
  const { files, hidden } = await visibleFiles(model, tree, said);
  const named = hidden.find(({ path }) => said.some(({ text, keys }) => inside(model, text, keys) === path));
  if (named !== undefined) {
    throw at(model, named.keys, "SPEC_INVALID", `environment.lock names ${named.path}, which is no code`, {
      expected: "files that say what to install: no data, no spec",
    });
  }
  if (files.length > MOST_LOCKS) {
    throw at(model, ["environment", "lock"], "SPEC_INVALID", "environment.lock names too many files", {
      expected: `at most ${MOST_LOCKS} files`,
      hint: "name the files that the setup command reads",
    });
  }
  return files;
}

const MOST_LOCKS = 2_000;

async function visibleFiles(
  model: ModelInputs,
  tree: SourceTree,
  said: readonly { text: string; keys: (string | number)[] }[],
): Promise<{ files: TreeEntry[]; hidden: { path: string; keys: (string | number)[] }[] }> {
  const roots = said.map(({ text, keys }) => ({ text, keys, path: inside(model, text, keys) }));
  const own = dataLocations(model).flatMap(({ location, kind }) => {
    if (kind === "uri") return [];
    return [kind === "glob" ? globTest(location) : (path: string) => path === location];
  });
  const isKept = await keptFromCode(
    tree,
    model.folder,
    roots.map(({ path }) => path),
  );
  const files = new Map<string, TreeEntry>();
  const hidden: { path: string; keys: (string | number)[] }[] = [];
  for (const { text, keys, path } of roots) {
    const listed = await tree.list(path);
    if (listed.length === 0) {
      const what = keys[0] === "code" ? "code" : "environment.lock";
      throw at(model, keys, "SPEC_INVALID", `${what} names ${text}, where there is no file`, {
        expected: "a file or folder of the repository, relative to the spec",
        hint: "commit it, or mend its path",
      });
    }
    for (const entry of listed) {
      if (isKept(entry.path) || own.some((test) => test(entry.path))) hidden.push({ path: entry.path, keys });
      else if (tree.holds?.(entry.path) ?? true) files.set(entry.path, entry);
    }
  }
  return { files: [...files.values()].sort((a, b) => (a.path < b.path ? -1 : 1)), hidden };
}

function inside(model: ModelInputs, text: string, keys: (string | number)[]): string {
  const path = repositoryPath(model.folder, text);
  if (path !== undefined) return path;
  throw at(model, keys, "PATH_OUTSIDE", `${text} leaves the repository`, {
    expected: "a path relative to the spec, inside the repository and not in .git or .slipway",
  });
}

function at(
  model: ModelInputs,
  keys: (string | number)[],
  code: "DATA_MISSING" | "DATA_INVALID" | "PATH_OUTSIDE" | "SPEC_INVALID",
  message: string,
  about: { expected: string; hint?: string },
): SlipwayError {
  return new SlipwayError(code, message, {
    ...about,
    ...(model.path === undefined ? {} : { file: model.path }),
    ...model.position?.(keys),
  });
}
