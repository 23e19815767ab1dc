import type { AuthorizeApprover } from "../../../core/acts/authorize.ts";
import { samePerson } from "../../../core/promotion/approvals.ts";
import type { ActSource } from "../../../schemas/act-source.ts";
import type { Refusal } from "../../../schemas/decision.ts";
import { githubIdOf } from "../../github/account.ts";
import type { EventContext } from "../../github/event-context.ts";
import type { Known } from "../grammar/argument-parser.ts";
import { type Command, formatCommand } from "../grammar/grammar.ts";
import type { ThreadState } from "../grammar/resolve-target.ts";
import { type Requester, requesterOf } from "./requester.ts";

/** What a command is run with: the event, who asks, in which thread, and when. */
export interface CommandContext {
  context: EventContext;
  requester: Requester;
  thread: ThreadState;
  known: Known;
  /** When the comment was written, or the button pressed. */
  at: Date;
  /** The act's key and its trace. */
  source: ActSource;
  /** What it takes was compared as far as it can be: it is decided on what there is. */
  compared: boolean;
}

/** A command to type next, as short as it may be written here: where the thread is of one model, that is left out. */
export function typed({ thread }: Pick<CommandContext, "thread">, command: Command): string {
  const [only, ...others] = thread.kind === "pull" ? thread.models : thread.kind === "monitoring" ? [thread] : [];
  const implied = only !== undefined && others.length === 0 && "model" in command && command.model === only.model;
  if (!implied || ("version" in command && command.version !== undefined)) return formatCommand(command);
  const { model: _, ...rest } = command;
  return formatCommand(rest as Command);
}

/** Asks whether the people who approved before still may. The requester is not looked up a second time. */
export function authorizeApprover({
  context,
  requester,
}: Pick<CommandContext, "context" | "requester">): AuthorizeApprover {
  return (person) => {
    const [login, id] = [person.id, githubIdOf(person)];
    if (id === undefined) return async () => unknownAccount(login);
    return (samePerson(person, requester.person) ? requester : requesterOf(context, { login, id })).authorize(
      "approve",
    );
  };
}

function unknownAccount(login: string): Refusal {
  return { code: "NOT_ALLOWED", message: `Which account approved as ${login} is not recorded.` };
}
