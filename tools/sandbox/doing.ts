import { type Actor, accountOf } from "./auth/actor.ts";
import type { Account, Repo, State } from "./state.ts";

/** Somebody does something in a repository, by a request or by a push. */
export interface Doing {
  readonly state: State;
  readonly repo: Repo;
  readonly actor: Actor;
}

/** Who it is shown under: a key acts in the owner's name. */
export const senderOf = ({ repo, actor }: Doing): Account => accountOf(actor) ?? repo.owner;
