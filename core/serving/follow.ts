import type { CommitId } from "../../schemas/names.ts";
import type { LookAtTip } from "./registry-tip.ts";

export interface Follower {
  /** Looks now, and does not wait for the next time: somebody says that the registry moved. */
  poke(): void;
  state(): FollowState;
  /** Resolves once nothing of it runs any more. */
  close(): Promise<void>;
}

export interface FollowState {
  /** The newest commit that was taken over. */
  commit: CommitId | undefined;
  /** When the registry was seen last. */
  looked_at: Date | undefined;
  /** Why the last look came to nothing, and since when none did better. */
  problem: { error: unknown; since: Date } | undefined;
}

interface FollowOptions {
  look: LookAtTip;
  /** Handed the newest commit after each look, whether it moved or not. A commit counts as seen if this resolves. */
  take(tip: CommitId | undefined): Promise<void>;
  /** Told of a problem when it begins or changes, and of undefined when it is over. */
  onProblem(error: unknown): void;
  /** Milliseconds from one look to the next, a tenth more or less: replicas that start together do not ask together. */
  every: number;
  clock(): Date;
}

/** Milliseconds: how long the follower waits at most after looks that failed. */
const LONGEST_WAIT = 60_000;

/** Follows a registry from the first look on, which has come to an end when this resolves: it may have failed. */
export async function follow({ look, take, onProblem, every, clock }: FollowOptions): Promise<Follower> {
  const state: FollowState = { commit: undefined, looked_at: undefined, problem: undefined };
  let failures = 0;
  let closed = false;
  let isPoked = false;
  let wake = () => {};

  async function once(): Promise<void> {
    isPoked = false;
    try {
      const tip = await look(state.commit);
      await take(tip);
      state.commit = tip;
      state.looked_at = clock();
      if (state.problem !== undefined) onProblem(undefined);
      state.problem = undefined;
      failures = 0;
    } catch (error) {
      failures += 1;
      const isNew = state.problem === undefined || String(state.problem.error) !== String(error);
      state.problem = { error, since: state.problem?.since ?? clock() };
      if (isNew && !closed) onProblem(error);
    }
  }

  function pause(): Promise<void> {
    const usual = Math.min(every * 2 ** failures, Math.max(every, LONGEST_WAIT));
    const jitter = failures === 0 ? 0.1 : 0.5;
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, usual * (1 - jitter + 2 * jitter * Math.random()));
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
      if (isPoked || closed) wake();
    });
  }

  async function go(): Promise<void> {
    while (!closed) {
      await pause();
      if (!closed) await once();
    }
  }

  await once();
  const going = go();
  return {
    poke() {
      isPoked = true;
      wake();
    },
    state: () => ({ ...state }),
    async close() {
      closed = true;
      wake();
      await going;
    },
  };
}
