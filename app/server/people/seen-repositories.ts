import { z } from "zod";
import { sha256 } from "../../../core/canonical.ts";
import type { AskAsPerson } from "./ask-as-person.ts";
import { fresh } from "./fresh.ts";

const AT_ONCE = 100;
/** Pages of repositories for one person: whoever sees more finds the rest by its address. */
const MOST_PAGES = 20;

const Installations = z.object({ installations: z.array(z.object({ id: z.int().positive() })).max(AT_ONCE) });
const Repositories = z.object({
  repositories: z
    .array(
      z.object({
        full_name: z.string().max(201),
        private: z.boolean(),
        description: z.string().max(1_000).nullish().catch(null),
      }),
    )
    .max(AT_ONCE),
});

export interface SeenRepository {
  /** `owner/name`. */
  fullName: string;
  private: boolean;
  description: string;
}

export type SeenRepositories =
  | { outcome: "given"; repositories: readonly SeenRepository[]; more: boolean }
  | { outcome: "unknown" | "away" };

/**
 * The repositories that a person was given access to on GitHub and the App is installed in, in the order of their names.
 * GitHub is asked once in a minute.
 */
export function seenRepositories({ ask, now }: { ask: AskAsPerson; now(): number }) {
  const kept = fresh<SeenRepositories>(now);

  async function find(token: string): Promise<SeenRepositories> {
    const installed = await ask(`/user/installations?per_page=${AT_ONCE}`, token);
    if (installed.outcome === "unknown") return { outcome: "unknown" };
    const { data } = Installations.safeParse(installed.outcome === "given" ? installed.body : undefined);
    if (data === undefined) return { outcome: "away" };
    const repositories: SeenRepository[] = [];
    let pages = 0;
    for (const { id } of data.installations) {
      for (let page = 1; ; page += 1) {
        if (pages === MOST_PAGES) return { outcome: "given", repositories: inOrder(repositories), more: true };
        pages += 1;
        const path = `/user/installations/${id}/repositories?per_page=${AT_ONCE}&page=${page}`;
        const answer = await ask(path, token);
        // Between the two questions a person may have lost the installation.
        if (answer.outcome === "hidden") break;
        const list = Repositories.safeParse(answer.outcome === "given" ? answer.body : undefined).data?.repositories;
        if (list === undefined) return { outcome: answer.outcome === "unknown" ? "unknown" : "away" };
        for (const { full_name: fullName, private: hidden, description } of list)
          repositories.push({ fullName, private: hidden, description: description ?? "" });
        if (list.length < AT_ONCE) break;
      }
    }
    return { outcome: "given", repositories: inOrder(repositories), more: false };
  }

  return async (token: string): Promise<SeenRepositories> => {
    const key = sha256(token);
    const found = await kept.get(key, () => find(token));
    if (found.outcome === "away") kept.drop(key);
    return found;
  };
}

function inOrder(repositories: readonly SeenRepository[]): SeenRepository[] {
  return repositories.toSorted((a, b) => a.fullName.localeCompare(b.fullName, "en"));
}
