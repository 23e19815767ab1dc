import type { GitHub } from "../../github/connect.ts";
import type { EventRepository } from "../../github/event-repository.ts";
import { eventRepository, GitHubRepository } from "../../github/event-repository.ts";
import { fresh } from "./fresh.ts";

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

/**
 * Finds the installation of a repository by its name, `owner/name`; undefined if the App is not installed there. Who takes the
 * App out of a repository waits for a minute at most; the installation's token ends at once.
 */
export function findInstalled({ github, server, now }: FindInstalledParts) {
  const kept = fresh<InstalledIn | undefined>(now);

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

  return (fullName: string): Promise<InstalledIn | undefined> => kept.get(fullName.toLowerCase(), () => ask(fullName));
}
