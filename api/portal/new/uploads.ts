import { rmSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sha256 } from "../../../core/canonical.ts";
import { profileTable, type TableProfile } from "../../../core/new-model/profile-table.ts";
import { formatTable, type ReadTable, readTable } from "../../../core/new-model/read-table.ts";
import type { Visitor } from "../request/host.ts";

/** A table that somebody brought, until they propose a model of it. */
export interface Upload {
  digest: string;
  /** As the file was called. */
  name: string;
  bytes: number;
  notes: readonly string[];
  table(): Promise<ReadTable>;
  profile(): Promise<TableProfile>;
}

interface Kept extends Upload {
  key: string;
  file: string;
  at: number;
}

/** Milliseconds: who thinks longer drops the file in again. */
const LIFE = 3_600_000;
const MOST_OF_SESSION = 3;
const MOST = 40;

let folder: Promise<string> | undefined;
const kept = new Map<string, Kept>();

/**
 * Keeps a table in a folder of this process, for the session that brought it alone: it may be too large for a form to carry from
 * page to page. It is called by its content, so the same file again is the same, and goes after an hour, or with the server.
 * Rejects with DATA_UNREADABLE.
 */
export async function keepUpload({ session }: Visitor, bytes: Buffer, name: string, now: Date): Promise<Upload> {
  const { notes, ...table } = readTable(bytes, name);
  const text = formatTable(table.names, table.rows);
  const digest = sha256(text);
  const key = `${session.id} ${digest}`;
  await forget(now, session.id);
  folder ??= makeFolder();
  const file = join(await folder, sha256(key));
  await writeFile(file, text, { mode: 0o600 });
  let profiled: Promise<TableProfile> | undefined;
  const read = async () => ({ ...readTable(await readFile(file), name), notes });
  const upload: Kept = {
    ...{ key, file, digest, name, notes, bytes: Buffer.byteLength(text), at: now.getTime(), table: read },
    profile() {
      profiled ??= read().then((each) => profileTable(each));
      return profiled;
    },
  };
  kept.delete(key);
  kept.set(key, upload);
  return upload;
}

/** What this session brought; undefined if it is gone. */
export function findUpload({ session }: Visitor, digest: string, now: Date): Upload | undefined {
  const found = kept.get(`${session.id} ${digest}`);
  return found !== undefined && now.getTime() - found.at < LIFE ? found : undefined;
}

async function makeFolder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), "slipway-uploads-"));
  process.once("exit", () => rmSync(made, { recursive: true, force: true }));
  return made;
}

/** The oldest go first: of this session, and of all. */
async function forget(now: Date, session: string): Promise<void> {
  const all = [...kept.values()];
  const own = all.filter(({ key }) => key.startsWith(`${session} `));
  const old = all.filter(({ at }) => now.getTime() - at >= LIFE);
  const gone = [
    ...old,
    ...own.slice(0, Math.max(0, own.length - MOST_OF_SESSION + 1)),
    ...all.slice(0, Math.max(0, all.length - MOST + 1)),
  ];
  for (const { key, file } of new Set(gone)) {
    kept.delete(key);
    await rm(file, { force: true });
  }
}
