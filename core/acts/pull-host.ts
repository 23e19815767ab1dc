import type { Timestamp } from "../../schemas/names.ts";

/** Where a host has pull requests. */
export interface PullHost {
  /** The newest pull request of a branch, if this host opened it. */
  findLast(branch: string): Promise<OpenedPull | undefined>;
  /** Resolves to its number. A pull request that is open for the branch already is that one. */
  open(pull: { branch: string; title: string; body: string }): Promise<number>;
  /** Says something else in a pull request of this host. */
  describe(number: number, text: { title: string; body: string }): Promise<void>;
  /** What this host opens starts no run: it opens a pull request on a commit without pins, which are pushed after. */
  opensFirst: boolean;
}

export interface OpenedPull {
  number: number;
  state: "open" | "closed" | "merged";
  body: string;
  closedAt: Timestamp | undefined;
}
