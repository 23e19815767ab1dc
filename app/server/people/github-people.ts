import { z } from "zod";
import { BoundedMap } from "../../../core/bounded-map.ts";
import { sha256 } from "../../../core/canonical.ts";
import { Account } from "../../github/account.ts";
import type { AskAsPerson } from "./ask-as-person.ts";
import { FRESH, fresh } from "./fresh.ts";

export interface GitHubPeopleOptions {
  ask: AskAsPerson;
  /** Told of each token before it is used, so that no log ever shows it. */
  conceal(token: string): void;
  now(): number;
}

/** What a token's owner is to a repository. */
export type Standing =
  | { outcome: "sees"; account: Account }
  /** GitHub knows no such token. */
  | { outcome: "unknown" }
  /** The repository is not there, or not for this token. */
  | { outcome: "hidden" }
  | { outcome: "away" };

/** Who holds a token, as GitHub knows them, and whether the token opens a repository. */
export interface GitHubPeople {
  /**
   * The token itself has to see the repository: one that was given to somebody for another purpose opens nothing here.
   * An answer holds for a minute, unless it is asked for `anew`.
   */
  standing(token: string, repository: string, anew?: boolean): Promise<Standing>;
}

const MAX_KNOWN = 1_000;
/** Wrong tokens that GitHub is asked about in a minute: more would look like an attack from this address. */
const MAX_WRONG = 60;
const MAX_TOKEN = 500;
const Repository = z.object({ full_name: z.string() });

export function githubPeople({ ask, conceal, now }: GitHubPeopleOptions): GitHubPeople {
  const kept = fresh<Standing>(now);
  const good = new BoundedMap<string, true>(MAX_KNOWN);
  let wrong = { since: now(), count: 0 };

  async function find(token: string, repository: string): Promise<Standing> {
    const [user, seen] = await Promise.all([ask("/user", token), ask(`/repos/${repository}`, token)]);
    for (const { outcome } of [user, seen]) if (outcome === "away" || outcome === "unknown") return { outcome };
    if (user.outcome !== "given" || seen.outcome !== "given") return { outcome: "hidden" };
    // A repository that was renamed answers to its old name, too.
    const named = Repository.safeParse(seen.body).data?.full_name.toLowerCase() === repository.toLowerCase();
    const account = Account.safeParse(user.body).data;
    return named && account !== undefined ? { outcome: "sees", account } : { outcome: "hidden" };
  }

  return {
    async standing(token, repository, anew = false) {
      // What is no token at all is not sent to anybody, nor into a header.
      if (token.length > MAX_TOKEN || !/^[\x21-\x7e]+$/.test(token)) return { outcome: "unknown" };
      conceal(token);
      // By its digest: a token is not kept in memory longer than its request.
      const key = sha256(`${repository.toLowerCase()} ${token}`);
      if (anew || !kept.has(key)) {
        if (now() - wrong.since > FRESH) wrong = { since: now(), count: 0 };
        // Whoever was known goes on working while somebody tries tokens.
        if (good.get(key) === undefined && wrong.count >= MAX_WRONG) return { outcome: "away" };
      }
      const standing = await kept.get(
        key,
        async () => {
          const found = await find(token, repository);
          if (found.outcome === "unknown") wrong.count += 1;
          return found;
        },
        anew,
      );
      if (standing.outcome === "sees") good.set(key, true);
      // It is asked again next time.
      if (standing.outcome === "away") kept.drop(key);
      return standing;
    },
  };
}
