import { posix } from "node:path";

/** A file that setup sees: where it lies in the repository, and in the tree that setup runs in. */
interface PlacedFile {
  from: string;
  to: string;
  sha256: string;
  executable: boolean;
}

/**
 * Where setup runs: a tree in which files lie beside the model's folder as they do in the repository, and which does not
 * know what the model is called. So two models with the same files have the same tree.
 */
export interface Places {
  /** The model's folder in the tree; "" where no file lies outside of it. */
  folder: string;
  files: PlacedFile[];
  /** A path in the tree as one relative to the model's folder, and back; and the latter in the repository. */
  ofTree(path: string): string;
  inTree(relative: string): string;
  ofModel(relative: string): string;
}

/** No folder of a model can be called so. */
const NO_NAME = "_";

export function neutralPlaces(
  folder: string,
  files: readonly { path: string; sha256: string }[],
  executables: ReadonlySet<string>,
): Places {
  const beside = files.map((file) => ({ ...file, relative: posix.relative(folder, file.path) }));
  const climbs = beside.map(({ relative }) => relative.split("/").filter((part) => part === "..").length);
  const neutral = Array(Math.max(0, ...climbs))
    .fill(NO_NAME)
    .join("/");
  const inTree = (relative: string) => posix.join(neutral, relative);
  return {
    folder: neutral,
    files: beside.map(({ path, sha256, relative }) => ({
      ...{ from: path, to: inTree(relative), sha256 },
      executable: executables.has(path),
    })),
    ofTree: (path) => posix.relative(neutral, path),
    inTree,
    ofModel: (relative) => posix.join(folder, relative),
  };
}
