import { shareRuns } from "../../core/acts/share-runs.ts";
import { person } from "../../core/git/workspace.ts";
import type { RunsResult } from "../../schemas/cli-output.ts";
import type { CommandOutcome, Session } from "../command.ts";
import { namedRuns } from "./named-runs.ts";
import { outcome } from "./note.ts";
import type { OpenRuns, RunsOptions } from "./open-runs.ts";

/** `slipway runs share <run…>`: puts their records on `experiments`, never rows. */
export async function share(
  session: Session,
  places: OpenRuns,
  named: readonly string[],
  { remote }: RunsOptions,
): Promise<CommandOutcome> {
  const runs = await namedRuns(places, "share", named);
  const { shared, unchanged, commit } = await shareRuns(places, runs, await person(places.workspace));
  const place = remote === undefined ? "the branch experiments" : `the branch experiments of ${remote}`;
  const told = outcome(session, "share", shared, unchanged, `on ${place}`);
  const hint =
    remote === undefined && shared.length > 0
      ? "\nslipway runs share --remote origin shares with whoever fetches it"
      : "";
  const result: RunsResult = { act: "share", changed: shared, unchanged, ...(commit === undefined ? {} : { commit }) };
  return { result, text: `${told.text}${hint}` };
}
