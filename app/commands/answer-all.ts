import type { ActSource } from "../../schemas/act-source.ts";
import type { Account } from "../github/account.ts";
import type { EventContext } from "../github/event-context.ts";
import type { Known } from "./grammar/argument-parser.ts";
import type { Command } from "./grammar/grammar.ts";
import type { ThreadState } from "./grammar/resolve-target.ts";
import type { Answered } from "./publish-answers.ts";
import { readKnown, readThreadState, type ThreadRef } from "./read-thread-state.ts";
import { requesterOf } from "./run/requester.ts";
import { answerTo } from "./run/run.ts";

/** Who asks, when and where: the author of a comment, or the person who pressed a button. */
export interface RequestOrigin {
  account: Account;
  at: Date;
  source: Omit<ActSource, "place">;
  /** See CommandContext; default: no. */
  compared?: boolean;
}

/** One command that was asked for: its text, its place in the comment, and how it is read. */
export interface RequestedCommand {
  asked: string;
  place: number;
  /** Throws what is wrong with its words, or with where it was asked. */
  read(known: Known, thread: ThreadState): Command;
}

/**
 * Runs the commands in the order in which they were written, and resolves to their answers. A later command sees
 * what an earlier one did.
 */
export async function answerAll(
  context: EventContext,
  thread: ThreadRef,
  { account, at, source, compared = false }: RequestOrigin,
  commands: readonly RequestedCommand[],
): Promise<Answered[]> {
  await context.refresh(thread.pull ? [thread.number] : []);
  const [state, known] = [await readThreadState(context, thread), await readKnown(context)];
  const requester = requesterOf(context, account);
  const answered: Answered[] = [];
  for (const command of commands) {
    const commandContext = {
      context,
      requester,
      thread: state,
      known,
      at,
      source: { ...source, place: command.place },
      compared,
    };
    answered.push({ asked: command.asked, answer: await answerTo(commandContext, () => command.read(known, state)) });
  }
  return answered;
}
