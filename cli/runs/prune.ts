import { pruneRuns } from "../../core/acts/prune-runs.ts";
import { milliseconds } from "../../core/duration.ts";
import { SlipwayError } from "../../core/errors.ts";
import { counted } from "../../core/report/verdict-words.ts";
import type { RunsResult } from "../../schemas/cli-output.ts";
import { Duration } from "../../schemas/names.ts";
import type { CommandOutcome, Session } from "../command.ts";
import { refuseRuns } from "./named-runs.ts";
import type { OpenRuns, RunsOptions } from "./open-runs.ts";

const WHY = { starred: "starred and not shared", artifact: "a registered version has its artifact" };

/** `slipway runs prune`: removes local runs beyond a number, older than a time, or both. */
export async function prune(
  { colors }: Session,
  places: OpenRuns,
  named: readonly string[],
  { keep, olderThan, dryRun = false }: RunsOptions,
): Promise<CommandOutcome> {
  refuseRuns("prune", named);
  const age = olderThan === undefined ? undefined : Duration.safeParse(olderThan);
  if (age?.success === false)
    throw new SlipwayError("USAGE", "--older-than takes a time", { expected: "30d, 12h, 2w", found: olderThan ?? "" });
  if (keep === undefined && age === undefined)
    throw new SlipwayError("USAGE", "slipway runs prune has to be told what may go", {
      expected: "--keep <n>, --older-than <duration>, or both",
      found: "neither",
      hint: "slipway runs prune --keep 100 --older-than 30d --dry-run",
    });
  const before = age?.data === undefined ? undefined : new Date(places.clock().getTime() - milliseconds(age.data));
  const { go, stay } = await pruneRuns(places, { keep, before }, { preview: dryRun });
  const removed = go.map(({ run }) => run);
  const result: RunsResult = { act: "prune", removed, stay, preview: dryRun };
  const done = `${colors.green("✓")} ${counted(removed.length, "run")} ${dryRun ? "would go" : "removed"}`;
  const lines = [
    removed.length === 0
      ? "no run has to go"
      : `${done}: ${removed.slice(0, 20).join(", ")}${removed.length > 20 ? " …" : ""}`,
    ...stay.map(({ run, why }) => `${run} stays: ${WHY[why]}`),
  ];
  return { result, text: lines.join("\n") };
}
