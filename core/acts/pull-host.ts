import type { Timestamp } from "../../schemas/names.ts";

/** Where a host has pull requests. */
export interface PullHost {
  /** The pull request of a branch that is open, otherwise the newest one. */
  findLast(branch: string): Promise<OpenedPull | undefined>;
  /** Resolves to its number. A pull request that is open for the branch already is that one. */
  open(pull: { branch: string; title: string; body: string }): Promise<number>;
  /** Says something else in a pull request that this host opened. */
  describe(number: number, text: { title: string; body: string }): Promise<void>;
  /** What this host opens starts no run: it opens a pull request on a commit without pins, which are pushed after. */
  opensFirst: boolean;
}

export interface OpenedPull {
  number: number;
  state: "open" | "closed" | "merged";
  /** Undefined where somebody else opened it: that one's words are left alone. */
  body: string | undefined;
  closedAt: Timestamp | undefined;
}
