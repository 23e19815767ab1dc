import { join } from "node:path";
import type { Tracked } from "../../../schemas/tracked.ts";
import { canonicalJson } from "../../canonical.ts";
import { openTracker, type TrackedPlaces } from "../../tracking/tracker.ts";
import { writeDurably } from "../../write-durably.ts";
import { follow } from "./follow.ts";

const PAUSE = 1_000;

/** Where what a training logs itself goes. */
export interface TrackedTarget {
  /** The run's own folder: `tracked.json`, and files that were logged below `tracked/`. */
  folder: string;
  /** Somebody may look at the folder while the training runs. */
  isLive: boolean;
  /** Puts *** where a secret's value stands. */
  hide(tracked: Tracked): Tracked;
  /** Told once, however the training went; not told where nothing was logged. */
  onEnd(tracked: Tracked): void;
}

/**
 * Runs a training, and reads what it logs through MLflow's client or into TensorBoard's event files.
 *
 * MLflow's client gets a folder, and no address: with a file store all of its calls work, those too that we know nothing of; no
 * port is open that others on the machine could reach, and no token is handed out; and wherever an executor runs the command,
 * its log comes back with the folder. What this reads never fails a training.
 */
export async function whileTracked<T>(
  places: TrackedPlaces,
  { folder, isLive, hide, onEnd }: TrackedTarget,
  act: () => Promise<T>,
): Promise<T> {
  const tracker = openTracker(places);
  const file = join(folder, "tracked.json");
  let written = "";
  const write = async (tracked: Tracked | undefined) => {
    const text = tracked && canonicalJson(hide(tracked));
    if (text === undefined || text === written) return;
    await writeDurably(file, text);
    written = text;
  };
  const looking = isLive
    ? follow(
        () =>
          tracker
            .look()
            .then(write)
            .catch(() => {}),
        PAUSE,
      )
    : undefined;
  try {
    return await act();
  } finally {
    await looking?.stop();
    const tracked = await tracker.end(join(folder, "tracked")).catch(unreadable);
    if (tracked) {
      onEnd(hide(tracked));
      await write(tracked).catch(() => {});
    }
  }
}

function unreadable(error: unknown): Tracked {
  const code = (error as NodeJS.ErrnoException).code ?? "a bug";
  return { slipway: 1, runs: [], left_out: [`What the program logged itself could not be read (${code}).`] };
}
