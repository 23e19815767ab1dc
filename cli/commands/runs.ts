import type { CommandOutcome, Session } from "../command.ts";
import { compare } from "../runs/compare.ts";
import { list } from "../runs/list.ts";
import { note, star } from "../runs/note.ts";
import { type RunsOptions, withRuns } from "../runs/open-runs.ts";
import { prune } from "../runs/prune.ts";
import { share } from "../runs/share.ts";
import { show } from "../runs/show.ts";

const ACTS = {
  list,
  show,
  compare,
  note,
  star: star(true),
  unstar: star(false),
  share,
  prune,
};

/** `slipway runs [act] [runs…]`: every run that was kept, here and on the branch `experiments`. */
export async function run(
  session: Session,
  args: { act?: keyof typeof ACTS; runs?: string[] },
  options: RunsOptions,
): Promise<CommandOutcome> {
  const { act = "list", runs = [] } = args;
  return withRuns(session, options.remote, (places) => ACTS[act](session, places, runs, options));
}
