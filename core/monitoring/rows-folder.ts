import type { MonitorWindow } from "../../schemas/monitoring.ts";
import type { ModelName, Timestamp } from "../../schemas/names.ts";
import { size } from "../report/size-words.ts";
import { MOST_NAMED, type NamedStore } from "../stores/named.ts";
import { windowName } from "./paths.ts";

/** Where a model's labelled rows are kept to train on: a file for each window that has some. */
export interface RowsFolder {
  /** Whether there is a file for the window that begins then. */
  has(from: Timestamp): boolean;
  /** Keeps a window's file, or takes it away where there is no row any more. Resolves to why it could not. */
  keep(window: MonitorWindow, bytes: Buffer | undefined): Promise<string | undefined>;
}

/** Rejects as the store does. */
export async function openRowsFolder(
  store: NamedStore,
  { model, extension }: { model: ModelName; extension: string },
  signal?: AbortSignal,
): Promise<RowsFolder> {
  const names = new Set(await store.list(`${model}/`, { signal }));
  const nameOf = (from: Timestamp) => `${model}/${windowName(from)}${extension}`;
  return {
    has: (from) => names.has(nameOf(from)),
    async keep({ from }, bytes) {
      const name = nameOf(from);
      if (bytes === undefined) {
        if (names.delete(name)) await store.remove(name, { signal });
        return undefined;
      }
      if (bytes.length > MOST_NAMED)
        return `labelled rows of the window from ${from} are ${size(bytes.length)}, and a file holds ${size(MOST_NAMED)}: make \`monitor.window\` shorter`;
      // A file that is written again is another version of it for whoever pins it.
      const before = names.has(name) ? await store.get(name, { signal, most: MOST_NAMED }) : undefined;
      if (before === undefined || !before.equals(bytes)) await store.put(name, bytes, { signal });
      names.add(name);
      return undefined;
    },
  };
}
