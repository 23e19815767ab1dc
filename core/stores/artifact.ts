import { Artifact } from "../../schemas/manifest.ts";
import { canonicalJson, sha256 } from "../canonical.ts";
import { SlipwayError } from "../errors.ts";

/** Whether a stored file's path stays inside the folder that it is written to, on every system. */
export function isSafePath(path: string): boolean {
  if (path === "" || path.length > 4_096 || path.includes("\\") || path.includes("\0")) return false;
  return path.split("/").every((part) => part !== "" && part !== "." && part !== "..");
}

/**
 * An artifact's files, after a check that the list has the artifact's digest, that no path leaves the folder
 * and that none stands twice. Rejects with ARTIFACT_CORRUPT: a record is not trusted more than the bytes.
 */
export function soundFiles(artifact: Artifact): Artifact["files"] {
  const parsed = Artifact.safeParse(artifact);
  if (!parsed.success) throw corrupt(artifact, "it is not an artifact's record");
  const { files, size } = parsed.data;
  const unsafe = files.find((file) => !isSafePath(file.path));
  if (unsafe) throw corrupt(artifact, `a path leaves the folder: ${JSON.stringify(unsafe.path)}`);
  if (sha256(canonicalJson(files)) !== artifact.sha256) throw corrupt(artifact, "its list of files has another digest");
  if (files.reduce((sum, file) => sum + file.size, 0) !== size) throw corrupt(artifact, "its size is not its files'");
  const paths = new Set(files.map((file) => file.path));
  const parents = new Set(files.flatMap((file) => parentsOf(file.path)));
  if (paths.size !== files.length) throw corrupt(artifact, "a path stands twice");
  for (const path of paths) if (parents.has(path)) throw corrupt(artifact, `${path} is a file and a folder`);
  return files;
}

function parentsOf(path: string): string[] {
  const parts = path.split("/");
  return parts.slice(1).map((_, at) => parts.slice(0, at + 1).join("/"));
}

function corrupt(artifact: Artifact, why: string): SlipwayError {
  return new SlipwayError("ARTIFACT_CORRUPT", `The artifact ${artifact.sha256} is not what its record says: ${why}`);
}
