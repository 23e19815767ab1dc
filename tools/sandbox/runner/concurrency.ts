interface Member {
  cancel(): void;
  start(): void;
}

interface Group {
  running: Member | undefined;
  waiting: Member[];
}

/** `concurrency:` as it was evaluated. */
export interface Wanted {
  /** Of one repository; upper and lower case are one. */
  group: string;
  cancelInProgress: boolean;
  /** `queue: max`: wait in line; else a newer one takes the place of one that waits. */
  queue: boolean;
}

/** One at a time in each group, as GitHub's `concurrency:` has it. */
export class Concurrency {
  readonly #groups = new Map<string, Group>();

  /** Resolves when it is this one's turn, to what ends the turn; or rejects when `signal` aborts first. */
  async enter(
    { group: name, cancelInProgress, queue }: Wanted,
    cancel: () => void,
    signal: AbortSignal,
  ): Promise<() => void> {
    const group = this.#groups.get(name.toLowerCase()) ?? { running: undefined, waiting: [] };
    this.#groups.set(name.toLowerCase(), group);
    if (!queue) for (const waiting of group.waiting) waiting.cancel();
    if (cancelInProgress) group.running?.cancel();
    const member: Member = { cancel, start: () => {} };
    if (group.running) {
      group.waiting.push(member);
      await new Promise<void>((resolve, reject) => {
        member.start = resolve;
        signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      }).catch((error: unknown) => {
        group.waiting = group.waiting.filter((each) => each !== member);
        throw error;
      });
    }
    group.running = member;
    return () => {
      group.running = group.waiting.shift();
      group.running?.start();
    };
  }
}

/** A few places that jobs take one after the other: this machine is not GitHub's. */
export class Slots {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  async take(): Promise<() => void> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return () => {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free += 1;
    };
  }
}
