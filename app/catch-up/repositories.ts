import type { ProbotOctokit } from "probot";
import type { GitHub } from "../github/connect.ts";
import type { EventRepository } from "../github/event-repository.ts";
import { eventRepository, GitHubRepository } from "../github/event-repository.ts";

/** A repository that the App is installed in. */
export interface Installed {
  installation: number;
  repository: EventRepository;
  /** As GitHub shows it: what a webhook would carry. */
  shown: Record<string, unknown>;
  octokit: ProbotOctokit;
}

/** Every repository of every installation, or of one installation. A suspended installation is left out. */
export async function* installedRepositories(github: GitHub, server: string, only?: number): AsyncGenerator<Installed> {
  const asApp = await github.asApp();
  const installations = await asApp.paginate(asApp.rest.apps.listInstallations, { per_page: 100 });
  for (const { id: installation, suspended_at: suspended } of installations) {
    if (suspended || (only !== undefined && only !== installation)) continue;
    const octokit = await github.asInstallation(installation);
    const pages = octokit.paginate.iterator(octokit.rest.apps.listReposAccessibleToInstallation, { per_page: 100 });
    for await (const { data } of pages) {
      // Paginated answers are the list itself.
      for (const shown of data as unknown as Record<string, unknown>[]) {
        const parsed = GitHubRepository.safeParse(shown).data;
        if (parsed === undefined || shown["archived"] === true || shown["disabled"] === true) continue;
        yield { installation, repository: eventRepository(parsed, server), shown, octokit };
      }
    }
  }
}
