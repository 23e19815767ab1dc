import { BoundedMap } from "../../../core/bounded-map.ts";
import type { GitHub } from "../../github/connect.ts";
import type { EventRepository } from "../../github/event-repository.ts";
import { eventRepository, GitHubRepository } from "../../github/event-repository.ts";

export interface FindInstalledParts {
  github: Pick<GitHub, "asApp" | "asInstallation">;
  /** GitHub's own address. */
  server: string;
  now(): number;
}

/** The repository and the installation that a request's context is opened with. */
export interface InstalledIn {
  installation: number;
  repository: EventRepository;
}

/** Who takes the App out of a repository waits this long at most; the installation's token ends at once. */
const FRESH = 60_000;
const MAX_KEPT = 1_000;

/** Finds the installation of a repository by its name, `owner/name`; undefined if the App is not installed there. */
export function findInstalled({ github, server, now }: FindInstalledParts) {
  const kept = new BoundedMap<string, { at: number; found: Promise<InstalledIn | undefined> }>(MAX_KEPT);

  async function ask(fullName: string): Promise<InstalledIn | undefined> {
    const [owner = "", repo = ""] = fullName.split("/");
    try {
      const asApp = await github.asApp();
      const { data: installation } = await asApp.rest.apps.getRepoInstallation({ owner, repo });
      if (installation.suspended_at) return undefined;
      const octokit = await github.asInstallation(installation.id);
      const { data } = await octokit.rest.repos.get({ owner, repo });
      return { installation: installation.id, repository: eventRepository(GitHubRepository.parse(data), server) };
    } catch (error) {
      if (error instanceof Error && "status" in error && error.status === 404) return undefined;
      throw error;
    }
  }

  return (fullName: string): Promise<InstalledIn | undefined> => {
    const key = fullName.toLowerCase();
    let known = kept.get(key);
    if (known === undefined || now() - known.at > FRESH) {
      known = { at: now(), found: ask(fullName) };
      kept.set(key, known);
      known.found.catch(() => kept.delete(key));
    }
    return known.found;
  };
}
