import type { Random } from "./random.ts";

/** A kind of trial. */
export interface Kind {
  name: string;
  /** One line: what is done to what, and what must hold. */
  does: string;
  /** Of all trials, how many are of this one, by weight; 0: one in any case. */
  share: number;
  /** Sets the stage once, in a folder of its own; `how` says what is used where that depends on the machine. */
  prepare(folder: string, options: { long: boolean }): Promise<Stage>;
}

export interface Stage {
  how?: string;
  /** One trial in an empty folder. Resolves to what it came to, to be counted; rejects where a promise was broken. */
  trial(random: Random, folder: string): Promise<string>;
  end?(): Promise<void>;
}

/** A promise that was broken. */
export class Broken extends Error {
  override readonly name = "Broken";
}
