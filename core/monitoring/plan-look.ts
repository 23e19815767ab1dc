import type { BlobId, Timestamp } from "../../schemas/names.ts";
import { expectedAndFound, SlipwayError } from "../errors.ts";
import { emptyWindows } from "./empty-windows.ts";
import type { KnownLook } from "./known-looks.ts";
import { type OpenLabels, openLabels } from "./labels-of-look.ts";
import type { LogWindow } from "./log-windows.ts";
import type { AskedModel, LookPorts, ModelLook } from "./look-ports.ts";
import { openRows, type RowsOfLook } from "./rows-of-look.ts";
import { isAtEdge } from "./windows-of-look.ts";

interface Planning {
  /** Oldest first. */
  windows: readonly LogWindow[];
  known: ReadonlyMap<Timestamp, KnownLook[]>;
  /** Whether a spec that an earlier look was asked by asks for what the model's spec does now. */
  sameSpec(blob: BlobId | undefined): Promise<boolean>;
}

export interface PlannedLook {
  /** The windows to look at, oldest first. */
  open: LogWindow[];
  labels: OpenLabels | undefined;
  /** Labels' files, brought here. */
  read: string[];
  rows: RowsOfLook | undefined;
}

/**
 * Finds the windows in which there may be something new, and brings the labels for them. The newest ones if there are more than one
 * look takes; `look` counts the others. If labels' place refuses them, it is among the problems of `look`: windows that no look knows
 * are then looked at without.
 */
export async function planLook(
  ports: LookPorts,
  asked: AskedModel,
  { windows, known, sameSpec }: Planning,
  look: ModelLook,
): Promise<PlannedLook> {
  const { model } = asked;
  const looks = [...known.values()].flat();
  const isKnown = await knowledge(ports, asked, known, sameSpec);
  const told = toldIn(look, asked, ports.signal);
  const labels = await openLabels(ports, asked, looks).catch(told);
  if (labels === undefined && asked.labels !== undefined && look.problems.length === 0)
    look.notes.push({ model, code: "DATA_MISSING", message: "no labels yet: no file is where monitor.labels says" });
  const rows = labels && (await openRows(ports, asked, looks));
  const open = await openOf(labels, rows, look.problems.length > 0);
  const read = labels === undefined || open.length === 0 ? [] : await labels.files().catch(told);
  if (read === undefined)
    return { open: await openOf(undefined, undefined, true), labels: undefined, read: [], rows: undefined };
  look.notes.push(...(rows?.notes ?? []), ...(open.length === 0 ? (labels?.toldBefore ?? []) : []));
  return { open, labels, read, rows };

  async function openOf(by: OpenLabels | undefined, kept: RowsOfLook | undefined, areAway: boolean) {
    const found: LogWindow[] = [];
    for (const window of windows) {
      if (isLosing(window, asked, known)) continue;
      const looked = known.has(window.window.from);
      const mayMove = by?.haveMoved === true && !(looked && isAtEdge(window, asked));
      // What labels said of a window stands until they can be read again.
      const isNew = !(areAway && looked) && !(await isKnown(window));
      if (mayMove || kept?.owes(window.window) || isNew) found.push(window);
    }
    look.unchanged = windows.length - found.length;
    look.left = Math.max(0, found.length - asked.most);
    return found.slice(look.left);
  }
}

/** Notes what labels' place refuses: the look goes on without them. Throws what is no refusal. */
function toldIn(
  look: ModelLook,
  { model }: AskedModel,
  signal: AbortSignal | undefined,
): (error: unknown) => undefined {
  return (error) => {
    if (!(error instanceof SlipwayError) || signal?.aborted) throw error;
    const about = expectedAndFound(error.problems[0] ?? {});
    const message = ["New windows are looked at without labels", error.message, about].filter(Boolean).join(": ");
    look.problems.push({ model, code: error.code, message: message.slice(0, 2_000) });
    return undefined;
  };
}

/** A window that was looked at, and whose rows are removed as too old by now: what was found of all of them stands. */
function isLosing(
  { window }: LogWindow,
  { keptSince }: AskedModel,
  known: ReadonlyMap<Timestamp, KnownLook[]>,
): boolean {
  if (keptSince === undefined || window.from >= keptSince) return false;
  return known.get(window.from)?.some((look) => look.window.to === window.to) === true;
}

/** Whether a window was looked at before with all that there is now, but for labels. */
async function knowledge(
  { cache }: LookPorts,
  asked: AskedModel,
  known: ReadonlyMap<Timestamp, KnownLook[]>,
  sameSpec: Planning["sameSpec"],
): Promise<(window: LogWindow) => Promise<boolean>> {
  const empty = await emptyWindows(cache, asked).read();
  return async ({ window, digest }) => {
    const looks = known.get(window.from);
    if (looks === undefined) return empty.has({ window, digest });
    for (const { inputs, window: looked } of looks)
      if (inputs.requests !== digest || looked.to !== window.to || !(await sameSpec(inputs.spec))) return false;
    return true;
  };
}
