import type { ActSource } from "../../schemas/act-source.ts";
import type { Account } from "../github/account.ts";
import type { Host } from "../github/event-context.ts";
import type { Known } from "./grammar/argument-parser.ts";
import type { Command } from "./grammar/grammar.ts";
import type { Place } from "./grammar/resolve-target.ts";
import type { Answered } from "./publish-answers.ts";
import { readKnown, readPlace, type Thread } from "./read-place.ts";
import { askerOf } from "./run/requester.ts";
import { answerTo } from "./run/run.ts";

/** Who asks, when and where: a comment's author, or who pressed a button. */
export interface Request {
  account: Account;
  at: Date;
  source: Omit<ActSource, "place">;
}

/** Something that was asked for: as it was written, its place in the comment, and how it is read. */
export interface Wish {
  asked: string;
  place: number;
  /** Throws what is wrong with its words, or with where it was asked. */
  read(known: Known, place: Place): Command;
}

/** What came of each, in the order in which they were written: a later one sees what an earlier one did. */
export async function answerAll(
  host: Host,
  thread: Thread,
  { account, at, source }: Request,
  wishes: readonly Wish[],
): Promise<Answered[]> {
  await host.refresh(thread.pull ? [thread.number] : []);
  const [place, known] = [await readPlace(host, thread), await readKnown(host)];
  const asker = askerOf(host, account);
  const answered: Answered[] = [];
  for (const wish of wishes) {
    const asking = { host, asker, place, known, at, source: { ...source, place: wish.place } };
    answered.push({ asked: wish.asked, answer: await answerTo(asking, () => wish.read(known, place)) });
  }
  return answered;
}
