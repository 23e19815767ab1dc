import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { ownerFate, ownerOf, ProcessOwner } from "../../process-owner.ts";
import { type LoggedFile, objectName, parseObjectName } from "./object-name.ts";

const OWNER = "owner.json";
/** Milliseconds without a sign of life, of an owner whom this machine cannot see: another container's, say. */
const SILENT = 5 * 60_000;

/** Rows that wait on the disk, or the Parquet file that was made of them and stands in their place. */
export interface Spooled {
  path: string;
  file: LoggedFile;
  bytes: number;
}

/** Makes a process's own folder below the spool: it says whose it is from the first moment at which others see it. */
export async function makeSpoolFolder(spool: string, replica: string): Promise<string> {
  const folder = join(spool, replica);
  const made = `${folder}.new`;
  await mkdir(made, { recursive: true });
  await writeFile(join(made, OWNER), JSON.stringify(ownerOf(process.pid)));
  await rename(made, folder);
  return folder;
}

/** The owner's sign of life. */
export async function touchOwner(folder: string): Promise<void> {
  const now = new Date();
  await utimes(join(folder, OWNER), now, now).catch(() => {});
}

/** Folders of processes that have ended: whoever starts next sends what is in them. */
export async function abandonedFolders(spool: string): Promise<string[]> {
  const names = await readdir(spool).catch(() => []);
  const found: string[] = [];
  for (const name of names) {
    if (await isAbandoned(join(spool, name, OWNER)).catch(() => false)) found.push(join(spool, name));
  }
  return found;
}

/** All folders of the spool. */
export async function spoolFolders(spool: string): Promise<string[]> {
  return (await readdir(spool).catch(() => [])).map((name) => join(spool, name));
}

/** What waits in a process's folder, Parquet before the rows that it was made of. */
export async function spooledIn(folder: string): Promise<Spooled[]> {
  const found = new Map<string, Spooled>();
  for (const name of (await readdir(folder).catch(() => [])).sort()) {
    const file = fileOf(name);
    const about = await stat(join(folder, name)).catch(() => undefined);
    if (file === undefined || !about?.isFile()) continue;
    const known = found.get(objectName(file));
    if (known === undefined || name.endsWith(".parquet"))
      found.set(objectName(file), { path: join(folder, name), file, bytes: about.size });
  }
  return [...found.values()];
}

export function spoolPath(folder: string, file: LoggedFile, extension: "jsonl" | "parquet"): string {
  return join(
    folder,
    objectName(file)
      .replaceAll("/", ".")
      .replace(/parquet$/, extension),
  );
}

/** Removes a folder in which nothing waits any more. */
export async function removeEmpty(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  if (names.every((name) => name === OWNER)) await rm(folder, { recursive: true, force: true });
}

function fileOf(name: string): LoggedFile | undefined {
  const parts = basename(name).split(".");
  const extension = parts.pop();
  return extension === "jsonl" || extension === "parquet" ? parseObjectName(`${parts.join("/")}.parquet`) : undefined;
}

async function isAbandoned(owner: string): Promise<boolean> {
  const fate = fateIn(await readFile(owner, "utf8"));
  return fate === "dead" || (fate === "unknown" && Date.now() - (await stat(owner)).mtimeMs > SILENT);
}

function fateIn(text: string): ReturnType<typeof ownerFate> {
  try {
    return ownerFate(ProcessOwner.parse(JSON.parse(text)));
  } catch {
    // A machine that fell down while the file was written.
    return "dead";
  }
}
