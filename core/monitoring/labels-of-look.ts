import type { Database } from "../data/database.ts";
import { emptyWindows } from "./empty-windows.ts";
import { importLabels } from "./import-labels.ts";
import { rememberAnswered, rememberKnown, unknownLabels } from "./join-labels.ts";
import type { KnownLook } from "./known-looks.ts";
import { findLabelFiles } from "./label-files.ts";
import type { AskedModel, LookPorts, ModelLook } from "./look-ports.ts";

/** The labels of a look. */
export interface OpenLabels {
  /** There are other files than at the last look at all of them: any window may have other labels by now. */
  haveMoved: boolean;
  /** Where the files are on this machine, brought here first. */
  files(): Promise<string[]>;
  /** Makes the table `labels`; resolves to what deserves a look. */
  importInto(db: Database): Promise<ModelLook["notes"]>;
  /** Takes note of the labels that rows of the window have which is open as `requests`, and of ids that are answered by then. */
  seen(db: Database): Promise<void>;
  /** Says in the records of a look what is known at its end: labels that are none, and whether all windows were looked at. */
  complete(db: Database, look: ModelLook, isWhole: boolean): Promise<void>;
  /** What deserved a look when these files were read last, as far as this machine knows: for a look that reads none. */
  toldBefore: ModelLook["notes"];
}

/** Undefined where the policy names no labels, or none has come yet. Rejects as the places of labels do. */
export async function openLabels(
  ports: Pick<LookPorts, "root" | "cache" | "access" | "clock">,
  asked: Pick<AskedModel, "model" | "stage" | "labels" | "loaded">,
  known: readonly KnownLook[],
): Promise<OpenLabels | undefined> {
  const { model, stage, labels, loaded } = asked;
  if (labels === undefined) return undefined;
  const found = await findLabelFiles(labels, ports);
  if (found.count === 0) return undefined;
  const remembered = emptyWindows(ports.cache, asked);
  const last = newestOf(known);
  const kept = await remembered.read();
  // Of this machine's memory only what is later than any record: a look without labels may have been meanwhile.
  const memory = `${found.digest} ${last?.looked_at ?? ""}`;
  const haveMoved = last?.inputs.label_files !== found.digest && !kept.hadLabels(memory);
  let brought: Awaited<ReturnType<typeof found.bring>> = [];
  let doubled = 0;
  return {
    haveMoved,
    toldBefore: kept.notesOf(found.digest).map((note) => ({ model, ...note })),
    async files() {
      brought = await found.bring();
      return brought.map(({ path }) => path);
    },
    async importInto(db) {
      const imported = await importLabels(db, brought, loaded?.spec, ports.clock());
      ({ doubled } = imported);
      // What an `at` is ahead of moves on.
      const lasting = imported.notes.filter(({ code }) => code !== "CLOCK_AHEAD");
      await remembered.addNotes(found.digest, lasting);
      return imported.notes.map((note) => ({ model, ...note }));
    },
    async seen(db) {
      if (haveMoved) await rememberKnown(db);
      await rememberAnswered(db, stage);
    },
    async complete(db, look, isWhole) {
      // Only a look at all windows can tell which labels are of none.
      const unknown = haveMoved && isWhole ? await unknownLabels(db) : lastUnknown(known);
      for (const { performance } of look.windows) if (performance) Object.assign(performance, { doubled, unknown });
      if (!isWhole) return;
      const newest = look.windows.reduce<(typeof look.windows)[number] | undefined>(
        (last, each) =>
          last &&
          (last.window.from > each.window.from ||
            (last.window.from === each.window.from && last.version > each.version))
            ? last
            : each,
        undefined,
      );
      if (newest !== undefined) newest.inputs.label_files = found.digest;
      else await remembered.addLabels(memory);
    },
  };
}

function lastUnknown(known: readonly KnownLook[]): number {
  return newestOf(known.filter(({ performance }) => performance !== undefined))?.performance?.unknown ?? 0;
}

/** Of looks by their windows, the one that was last: it says which labels were there if all windows were looked at. */
function newestOf(looks: readonly KnownLook[]): KnownLook | undefined {
  return looks.reduce<KnownLook | undefined>(
    (last, each) => (last && last.looked_at > each.looked_at ? last : each),
    undefined,
  );
}
