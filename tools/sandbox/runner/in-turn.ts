import type { Attempt } from "./attempt.ts";
import { type Contexts, fill, text } from "./expressions.ts";

/**
 * Runs within `concurrency:`, where there is one; a newer member of the group may cancel it through the signal handed on.
 * Rejects where it was cancelled before its turn.
 */
export async function inTurn<End>(
  attempt: Attempt,
  concurrency: unknown,
  contexts: Contexts,
  signal: AbortSignal,
  run: (cancel: AbortSignal) => Promise<End>,
): Promise<End> {
  if (concurrency === undefined) return await run(signal);
  const filled = fill(concurrency, contexts) as string | Record<string, unknown>;
  const {
    group,
    "cancel-in-progress": cancels,
    queue,
  } = typeof filled === "string" ? { group: filled } : (filled as Record<string, unknown>);
  if (cancels === true && queue === "max")
    throw new Error("queue: max and cancel-in-progress: true exclude each other");
  const own = new AbortController();
  const cancel = AbortSignal.any([signal, own.signal]);
  const wanted = {
    group: `${attempt.repo.id} ${text(group)}`,
    cancelInProgress: cancels === true,
    queue: queue === "max",
  };
  const leave = await attempt.groups.enter(wanted, () => own.abort(), cancel);
  return await run(cancel).finally(leave);
}
