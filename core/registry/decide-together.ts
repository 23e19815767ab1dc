import type { CommitId } from "../../schemas/names.ts";
import { moved } from "./refusals.ts";
import type { Registry, RegistrySnapshot } from "./registry.ts";
import type { Basis, WaitingAct } from "./waiting-act.ts";

/**
 * One round: decides acts one after another, publishes what they came to in one go, and only then answers them: until
 * then even a refusal may rest on what is not there yet. Resolves to the newest state. Where it rejects, nothing was
 * published and nobody was answered; with REGISTRY_MOVED where another writer was first, or what they rest on changed.
 * `guess` is a state that may be the newest.
 */
export async function decideTogether(
  registry: Registry,
  acts: readonly WaitingAct[],
  guess: RegistrySnapshot | undefined,
): Promise<RegistrySnapshot> {
  const start = guess ?? (await registry.snapshot());
  const rests: { read: () => Promise<string>; on: Promise<string> }[] = [];
  const basis: Basis = (read) => {
    rests[0] ??= { read, on: read() };
    return rests[0].on;
  };
  let state = start;
  let idle = false;
  const answers: (() => void)[] = [];
  for (const { build, resolve, reject } of acts) {
    try {
      const change = await build(state, basis);
      if (change !== undefined) state = await registry.draft(change, state);
      else idle = true;
      const commit = state.commit as CommitId;
      answers.push(() => resolve(change && { commit, change }));
    } catch (error) {
      answers.push(() => reject(error));
    }
  }
  if (state !== start) {
    for (const { read, on } of rests) if ((await read()) !== (await on)) throw moved(start.commit);
    await registry.publish(state);
  } else {
    // Nothing that is published proves that they were decided on the newest state.
    if (guess !== undefined && (await registry.snapshot()).commit !== guess.commit) throw moved(guess.commit);
    // What was done already may have been done by a writer that was killed before its tags.
    if (idle) await registry.complete();
  }
  for (const answer of answers) answer();
  return state;
}
