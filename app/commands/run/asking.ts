import type { MayApprove } from "../../../core/acts/authorize.ts";
import { samePerson } from "../../../core/promotion/approvals.ts";
import type { ActSource } from "../../../schemas/act-source.ts";
import type { Refusal } from "../../../schemas/decision.ts";
import type { Host } from "../../github/event-context.ts";
import type { Known } from "../grammar/argument-parser.ts";
import { type Command, formatCommand } from "../grammar/grammar.ts";
import type { Place } from "../grammar/resolve-target.ts";
import { type Asker, askerOf } from "./requester.ts";

/** What a command is run with: who asks, where, and when. */
export interface Asking {
  host: Host;
  asker: Asker;
  place: Place;
  known: Known;
  /** When the comment was written, or the button pressed. */
  at: Date;
  /** The act's key and its trace. */
  source: ActSource;
}

/** What to type next, the way it is typed here: a pull request's only model need not be named. */
export function typed({ place }: Pick<Asking, "place">, command: Command): string {
  const [only, ...others] = place.kind === "pull" ? place.models : [];
  const implied = only !== undefined && others.length === 0 && "model" in command && command.model === only.model;
  if (!implied || ("version" in command && command.version !== undefined)) return formatCommand(command);
  const { model: _, ...rest } = command;
  return formatCommand(rest as Command);
}

/** Whether those who approved before still may; what is known of who asks now is not asked again. */
export function mayApprove({ host, asker }: Asking): MayApprove {
  return (person) => {
    const { id: login, github_id: id } = person;
    if (id === undefined) return async () => unknownAccount(login);
    return (samePerson(person, asker.person) ? asker : askerOf(host, { login, id })).allowed("approve");
  };
}

function unknownAccount(login: string): Refusal {
  return { code: "NOT_ALLOWED", message: `Which account approved as ${login} is not recorded.` };
}
