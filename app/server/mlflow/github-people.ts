import { z } from "zod";
import { MlflowError } from "../../../api/mlflow/errors.ts";
import { BoundedMap } from "../../../core/bounded-map.ts";
import { sha256 } from "../../../core/canonical.ts";
import { Account } from "../../github/account.ts";

export interface GitHubPeopleOptions {
  /** GitHub's API: https://api.github.com. */
  api: string;
  fetch: typeof fetch;
  /** Told of each token before it is used, so that no log ever shows it. */
  conceal(token: string): void;
  now(): number;
}

/** Who holds a token, as GitHub knows them, and whether the token opens a repository. */
export interface GitHubPeople {
  /**
   * The account of a token's owner. The token itself has to see the repository: one that was given to somebody for another
   * purpose opens nothing here. Rejects with UNAUTHENTICATED, or with TEMPORARILY_UNAVAILABLE if GitHub does not answer.
   */
  owner(token: string, repository: string): Promise<Account>;
}

/** A token that is taken back works here for a minute at most; a wrong one is asked of GitHub once in that time. */
const FRESH = 60_000;
const MAX_KEPT = 1_000;
/** Wrong tokens that GitHub is asked about in a minute: more would look like an attack from this address. */
const MAX_WRONG = 60;
const MAX_TOKEN = 500;
const PATIENCE = 10_000;
const Repository = z.object({ full_name: z.string() });

type Known = { at: number; owner: Promise<Account | undefined>; good?: boolean };

export function githubPeople({ api, fetch, conceal, now }: GitHubPeopleOptions): GitHubPeople {
  const kept = new BoundedMap<string, Known>(MAX_KEPT);
  let wrong = { since: now(), count: 0 };

  async function ask(path: string, token: string): Promise<unknown> {
    const headers = {
      accept: "application/vnd.github+json",
      authorization: `Bearer ${token}`,
      "user-agent": "slipway",
      "x-github-api-version": "2022-11-28",
    };
    const response = await fetch(`${api}${path}`, { headers, signal: AbortSignal.timeout(PATIENCE) }).catch(() => {
      throw unavailable();
    });
    if (response.ok) return response.json();
    // A rate limit is a 403 too: whose it is, the token's owner will find out from GitHub.
    if (response.status >= 500 || response.status === 429) throw unavailable();
    return undefined;
  }

  async function find(token: string, repository: string): Promise<Account | undefined> {
    const [user, seen] = await Promise.all([ask("/user", token), ask(`/repos/${repository}`, token)]);
    const named = Repository.safeParse(seen).data?.full_name.toLowerCase() === repository.toLowerCase();
    return named ? Account.safeParse(user).data : undefined;
  }

  return {
    async owner(token, repository) {
      // What is no token at all is not sent to anybody, nor into a header.
      if (token.length > MAX_TOKEN || !/^[\x21-\x7e]+$/.test(token)) throw unauthenticated();
      conceal(token);
      // By its digest: a token is not kept in memory longer than its request.
      const key = sha256(`${repository.toLowerCase()} ${token}`);
      let known = kept.get(key);
      if (known === undefined || now() - known.at > FRESH) {
        if (now() - wrong.since > FRESH) wrong = { since: now(), count: 0 };
        // Whoever was known goes on working while somebody tries tokens.
        if (known?.good !== true && wrong.count >= MAX_WRONG) throw unavailable();
        known = { at: now(), owner: find(token, repository) };
        kept.set(key, known);
        known.owner.catch(() => kept.delete(key));
        if ((await known.owner) === undefined) wrong.count += 1;
      }
      const owner = await known.owner;
      if (owner === undefined) throw unauthenticated();
      known.good = true;
      return owner;
    },
  };
}

function unauthenticated(): MlflowError {
  return new MlflowError(
    "UNAUTHENTICATED",
    "GitHub does not know this token, or it does not open this repository: set MLFLOW_TRACKING_TOKEN to one of yours that reads it.",
  );
}

function unavailable(): MlflowError {
  return new MlflowError("TEMPORARILY_UNAVAILABLE", "GitHub did not answer: who asks cannot be known now.");
}
