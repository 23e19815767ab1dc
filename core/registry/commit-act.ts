import { setImmediate, setTimeout as sleep } from "node:timers/promises";
import type { CommitId } from "../../schemas/names.ts";
import { SlipwayError } from "../errors.ts";
import { decideTogether } from "./decide-together.ts";
import { MAX_GROUP } from "./message.ts";
import type { Registry, RegistrySnapshot } from "./registry.ts";
import type { RegistryChange } from "./registry-change.ts";
import type { Build, WaitingAct } from "./waiting-act.ts";

/**
 * Load, decide, publish; again from the start each time another writer was first. Acts that wait at the same time are
 * decided one after another, each on what the ones before it will have written, and published in one go: a commit for
 * each, and none that fails, refuses or has nothing to do is in the others' way. `build` may be asked again, and so has
 * to look for its own act (by its fixed path) before anything else; it must not wait for another act on the same
 * registry. Rejects with REGISTRY_MOVED after `attempts`.
 */
export function publishWithRetry(
  registry: Registry,
  build: Build,
  attempts = 20,
): Promise<{ commit: CommitId; change: RegistryChange } | undefined> {
  return new Promise((resolve, reject) => {
    const queue = queueOf(registry);
    queue.waiting.push({ registry, build, left: attempts, alone: false, resolve, reject });
    if (!queue.busy) void drain(queue);
  });
}

/** Lets acts on `registry`, which is another way to the same one, wait together with those on `shared`. */
export function withQueueOf(shared: Registry, registry: Registry): Registry {
  queues.set(registry, queueOf(shared));
  return registry;
}

interface Queue {
  registry: Registry;
  waiting: WaitingAct[];
  busy: boolean;
}

const queues = new WeakMap<Registry, Queue>();

function queueOf(registry: Registry): Queue {
  const queue = queues.get(registry) ?? { registry, waiting: [], busy: false };
  queues.set(registry, queue);
  return queue;
}

function isMoved(error: unknown): boolean {
  return error instanceof SlipwayError && error.code === "REGISTRY_MOVED";
}

async function drain(queue: Queue): Promise<void> {
  queue.busy = true;
  // Who comes in the same turn is in the same round.
  await setImmediate();
  let lost = 0;
  // What the last round published, as long as nobody was seen to be quicker: the next one tries its luck on it.
  let head: RegistrySnapshot | undefined;
  while (queue.waiting.length > 0) {
    const acts = nextRound(queue.waiting);
    const guess = head;
    head = undefined;
    // One act alone may know that what it sees is new enough; of several that would be true for one.
    const registry = acts.length === 1 ? (acts[0] as WaitingAct).registry : queue.registry;
    try {
      const published = await decideTogether(registry, acts, guess);
      if (lost === 0) head = published;
      lost = 0;
    } catch (error) {
      // A wrong guess is nobody's lost race.
      if (guess !== undefined && isMoved(error)) queue.waiting.unshift(...acts);
      else lost = await takeBack(registry, queue, acts, error, lost);
    }
  }
  queue.busy = false;
}

/** All that wait, or one that has to be tried by itself. */
function nextRound(waiting: WaitingAct[]): WaitingAct[] {
  const alone = waiting.findIndex((act) => act.alone);
  return waiting.splice(0, alone === 0 ? 1 : Math.min(alone < 0 ? MAX_GROUP : alone, MAX_GROUP));
}

/** What was not published is decided again; what cannot be published together is tried one by one, to find who is at fault. */
async function takeBack(
  registry: Registry,
  queue: Queue,
  acts: readonly WaitingAct[],
  error: unknown,
  lost: number,
): Promise<number> {
  if (isMoved(error)) {
    for (const act of acts) act.left -= 1;
    queue.waiting.unshift(...acts.filter(({ left }) => left > 0));
    for (const act of acts) if (act.left <= 0) act.reject(error);
    if (queue.waiting.length > 0) await sleep(Math.random() * Math.min(1000, 10 * 2 ** (lost + 1)));
    return lost + 1;
  }
  const reachable =
    acts.length > 1 &&
    (await registry.snapshot().then(
      () => true,
      () => false,
    ));
  if (reachable) queue.waiting.unshift(...acts.map((act) => Object.assign(act, { alone: true })));
  else for (const act of acts) act.reject(error);
  return 0;
}
