import type { ActSource } from "../../schemas/act-source.ts";
import type { Host } from "../host.ts";
import { type Asker, askerOf } from "./asker.ts";
import { type Command, formatCommand } from "./grammar.ts";
import type { Place } from "./place.ts";
import type { Known } from "./words.ts";

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

/** Who approved before: what is known of who asks now is not asked again. */
export function approverOf({ host, asker }: Asking, login: string): Asker {
  return login === asker.person.id ? asker : askerOf(host, login);
}
