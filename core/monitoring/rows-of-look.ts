import type { MonitorWindow } from "../../schemas/monitoring.ts";
import { labelledBytes, trainingExtension } from "./export-labelled.ts";
import type { KnownLook } from "./known-looks.ts";
import type { LogSession } from "./log-session.ts";
import type { AskedModel, LookPorts, ModelLook } from "./look-ports.ts";
import type { LookedVersion } from "./look-window.ts";
import { openRowsFolder } from "./rows-folder.ts";

/** The labelled rows that a look keeps to train on. */
export interface RowsOfLook {
  /** A window has labels by an earlier look, and no file: where rows are kept since, or somebody took it away. */
  owes(window: MonitorWindow): boolean;
  /** Keeps the rows of the window that is open as `requests`. Resolves to what keeps it from that. */
  keep(
    session: LogSession,
    window: MonitorWindow,
    answered: { versions: readonly LookedVersion[]; logged: ReadonlyMap<string, string> },
  ): Promise<ModelLook["notes"]>;
}

/** Undefined where the policy has none kept, or the model has no spec. Rejects as the store does. */
export async function openRows(
  { rows: store, signal }: LookPorts,
  { model, loaded, stage }: AskedModel,
  known: readonly KnownLook[],
): Promise<RowsOfLook | undefined> {
  if (store === undefined || loaded === undefined) return undefined;
  const { spec } = loaded;
  const extension = trainingExtension(spec);
  const folder = await openRowsFolder(store, { model, extension }, signal);
  const labelled = new Set(known.flatMap(({ window, performance }) => (performance?.labelled ? [window.from] : [])));
  return {
    owes: ({ from }) => labelled.has(from) && !folder.has(from),
    async keep({ db, work }, window, { versions, logged }) {
      const bytes = await labelledBytes(db, { spec, stage, versions, logged }, work, extension);
      const message = await folder.keep(window, bytes);
      return message === undefined ? [] : [{ model, code: "FILE_TOO_LARGE", message }];
    },
  };
}
