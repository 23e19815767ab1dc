import type { MonitorWindow } from "../../schemas/monitoring.ts";
import { SlipwayError } from "../errors.ts";
import { labelledBytes, trainingExtension } from "./export-labelled.ts";
import type { KnownLook } from "./known-looks.ts";
import type { LogSession } from "./log-session.ts";
import type { AskedModel, LookPorts, ModelLook } from "./look-ports.ts";
import type { LookedVersion } from "./look-window.ts";
import { openRowsFolder } from "./rows-folder.ts";

/** The labelled rows that a look keeps to train on. */
export interface RowsOfLook {
  /** What keeps rows from being kept at all: the look goes on without. */
  notes: ModelLook["notes"];
  /** A window has labels by an earlier look, and no file: where rows are kept since, or somebody took it away. */
  owes(window: MonitorWindow): boolean;
  /** Keeps the rows of the window that is open as `requests`. Resolves to what keeps it from that. */
  keep(
    session: LogSession,
    window: MonitorWindow,
    answered: { versions: readonly LookedVersion[]; logged: ReadonlyMap<string, string> },
  ): Promise<ModelLook["notes"]>;
}

/** Undefined where the policy has none kept, or the model has no spec. What its store refuses is told, and stops no look. */
export async function openRows(
  ports: LookPorts,
  { model, loaded, stage }: AskedModel,
  known: readonly KnownLook[],
): Promise<RowsOfLook | undefined> {
  if (loaded === undefined) return undefined;
  const { signal } = ports;
  const { spec } = loaded;
  const extension = trainingExtension(spec);
  const noted = (error: unknown, hint: string): ModelLook["notes"] => {
    if (!(error instanceof SlipwayError) || signal?.aborted) throw error;
    return [
      { model, code: error.code, message: `Labelled rows are not kept: ${error.message} ${hint}`.slice(0, 2_000) },
    ];
  };
  const open = async () => {
    const store = ports.rows();
    return store && openRowsFolder(store, { model, extension }, signal);
  };
  const folder = await open().catch((error) => noted(error, ""));
  if (folder === undefined) return undefined;
  if ("length" in folder) return { notes: folder, owes: () => false, keep: async () => [] };
  const labelled = new Set(known.flatMap(({ window, performance }) => (performance?.labelled ? [window.from] : [])));
  return {
    notes: [],
    owes: ({ from }) => labelled.has(from) && !folder.has(from),
    async keep({ db, work }, window, { versions, logged }) {
      const bytes = await labelledBytes(db, { spec, stage, versions, logged }, work, extension);
      const hint = folder.has(window.from)
        ? `Take the file of ${window.from} away: the next look writes it.`
        : "The next look tries again.";
      return folder.keep(window, bytes).then(
        (message) => (message === undefined ? [] : [{ model, code: "FILE_TOO_LARGE", message }]),
        (error: unknown) => noted(error, hint),
      );
    },
  };
}
