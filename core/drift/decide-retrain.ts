import type { Sha256, Timestamp } from "../../schemas/names.ts";

/** What is known of a model's retrain branch, and of the pull request that was opened for it last. */
export interface RetrainStanding {
  /**
   * `none` there, or all of it is on the default branch. `begun`: Slipway's commit without pins, for a pull request to be opened
   * on. `own`: Slipway's commits alone. `edited`: somebody else's besides.
   */
  branch: { is: "none" } | { is: "begun" | "own" | "edited"; pins: Sha256 | undefined; at: Timestamp };
  /** Absent on a plain repository. `pins` are those that it was opened for. */
  pull?:
    | { state: "open" | "closed" | "merged"; pins: Sha256 | undefined; closedAt?: Timestamp | undefined }
    | undefined;
  /** When the pins of the default branch were committed; undefined if there are none. */
  pinnedAt: Timestamp | undefined;
}

export interface RetrainWish {
  /** The digest of data.lock.json as it would be. */
  pins: Sha256;
  at: Timestamp;
  /** Milliseconds that labels take: core/drift/label-delay.ts. */
  delay: number;
  /** A person asks: it need not wait, and what was declined is opened again. */
  asked: boolean;
}

export type RetrainStep =
  /** From the default branch's tip. */
  | { step: "open" }
  /** On top of what the branch has. */
  | { step: "update" }
  /** It has these pins already. */
  | { step: "keep" }
  | { step: "wait"; until: Timestamp }
  | { step: "leave"; why: "edited" | "declined" };

/**
 * What becomes of a model's retrain branch. There is one at a time; a person's commits on it stand, and so does a person's no to
 * these very pins. What follows by itself comes once per label delay. A moment in the future holds nothing up: clocks jump.
 */
export function decideRetrain({ branch, pull, pinnedAt }: RetrainStanding, wish: RetrainWish): RetrainStep {
  const { pins, at, delay, asked } = wish;
  const isDeclined = pull?.state === "closed" && pull.pins === pins;
  if (branch.is === "edited") return { step: "leave", why: "edited" };
  if (isDeclined && !asked) return { step: "leave", why: "declined" };
  if (branch.is === "begun") return { step: "update" };
  if (branch.is === "own" && branch.pins === pins) return { step: "keep" };
  const last = [branch.is === "own" ? branch.at : undefined, pinnedAt, pull?.closedAt];
  const until = Math.max(
    ...last.flatMap((each) => (each === undefined || each > at ? [] : [Date.parse(each) + delay])),
  );
  if (!asked && until > Date.parse(at)) return { step: "wait", until: new Date(until).toISOString() };
  return { step: branch.is === "own" ? "update" : "open" };
}
