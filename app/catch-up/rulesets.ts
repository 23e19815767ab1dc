import { z } from "zod";
import type { Search } from "./finding.ts";

/** What keeps everybody but the App from `registry`, and everybody from rewriting it. */
const WANTED = ["creation", "update", "deletion", "non_fast_forward"];
const Rule = z.object({ type: z.string() });

/**
 * The rules that the repository's branch `registry` lacks. GitHub shows the App which rules there are, and not who
 * may bypass them.
 */
export async function missingRules({ installed, listings }: Pick<Search, "installed" | "listings">): Promise<string[]> {
  const { octokit, repository } = installed;
  const route = "GET /repos/{owner}/{repo}/rules/branches/{branch}";
  const about = { owner: repository.owner, repo: repository.name, branch: "registry" };
  const active = await listings.read(octokit, route, about, (rule) => Rule.safeParse(rule).data?.type);
  return WANTED.filter((rule) => !active.includes(rule));
}
