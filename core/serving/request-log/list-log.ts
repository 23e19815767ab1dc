import { copyFile, mkdir, writeFile } from "node:fs/promises";
import type { NamedStore } from "../../stores/named.ts";
import { objectName, parseObjectName } from "./object-name.ts";
import { type Spooled, spooledIn, spoolFolders } from "./spool-folder.ts";
import { keepWholeLines, toParquet } from "./to-parquet.ts";

export interface LogSource {
  store: NamedStore;
  /** The spool of this repository's own servers: what they have not sent yet counts too. */
  spool: string;
  signal?: AbortSignal | undefined;
}

/** A file of the log, in the store or still on its way there. */
export interface LogFile {
  name: string;
  /** The begin of the hour that its rows are of: milliseconds since 1970. */
  hour: number;
  /** What tells its content: its name, and of rows that may become more how many bytes there are. */
  key: string;
  /** Writes it as Parquet at or beside `to`, and resolves to where; undefined if it has been removed meanwhile. */
  copy(to: string, signal?: AbortSignal): Promise<string | undefined>;
  /** Where this machine has it as Parquet already; undefined if it has to be brought. */
  locate(): Promise<string | undefined>;
}

/** The files of a model's log, by their names. Rejects as the store does. */
export async function listLog({ store, spool, signal }: LogSource, model: string): Promise<LogFile[]> {
  // The spool first: what is sent meanwhile is in both, and counts once.
  const spooled = await listSpool(store, spool, model);
  const stored = (await store.list(`${model}/`, { signal })).flatMap((name) => {
    const file = parseObjectName(name);
    return file?.model === model ? [storedFile(store, name, file.hour)] : [];
  });
  const files = [...new Map([...spooled, ...stored].map((file) => [file.name, file])).values()];
  return files.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function storedFile(store: NamedStore, name: string, hour: number): LogFile {
  return {
    ...{ name, hour, key: name },
    async copy(to, signal) {
      const bytes = await store.get(name, { signal });
      if (bytes === undefined) return undefined;
      await writeFile(`${to}.parquet`, bytes);
      return `${to}.parquet`;
    },
    locate: () => store.locate(name),
  };
}

/** What servers of this repository have not sent yet. */
async function listSpool(store: NamedStore, spool: string, model: string): Promise<LogFile[]> {
  const found: LogFile[] = [];
  for (const folder of await spoolFolders(spool))
    for (const each of await spooledIn(folder)) if (each.file.model === model) found.push(spooledFile(store, each));
  return found;
}

function spooledFile(store: NamedStore, { path, file, bytes }: Spooled): LogFile {
  const name = objectName(file);
  const isParquet = path.endsWith(".parquet");
  return {
    ...{ name, hour: file.hour, key: isParquet ? name : `${name} ${bytes}` },
    async copy(to, signal) {
      const isCopied = await copyFile(path, to).then(
        () => true,
        () => false,
      );
      // It was sent meanwhile.
      if (!isCopied) return storedFile(store, name, file.hour).copy(to, signal);
      if (isParquet) return to;
      if (!(await keepWholeLines(to))) return undefined;
      const parquet = `${to}.parquet`;
      await mkdir(`${to}.work`);
      await toParquet(to, parquet, `${to}.work`, signal);
      return parquet;
    },
    locate: async () => undefined,
  };
}
