import { join } from "node:path";
import type { Logger } from "probot";
import { tokenEnvironment } from "../../core/git/credentials.ts";
import type { PrivateKey } from "../../core/git/ssh/private-key.ts";
import type { GitHub } from "../github/connect.ts";
import type { EventContext } from "../github/event-context.ts";
import type { EventRepository } from "../github/event-repository.ts";
import type { Mirrors } from "./mirrors.ts";
import { openContext } from "./open-context.ts";

/** What an event's context is opened for. */
export interface Occasion {
  repository: EventRepository;
  installation: number;
  event: string;
  delivery: string;
  again: boolean;
  signal?: AbortSignal;
}

/** Opens an event's context for a handler, and closes it after. */
export interface ContextSource {
  with<T>(occasion: Occasion, act: (context: EventContext) => Promise<T>): Promise<T>;
}

export interface ContextSourceParts {
  github: GitHub;
  mirrors: Mirrors;
  /** The state folder, absolute. */
  folder: string;
  /** GitHub's own address: Git is below it. */
  server: string;
  /** What the registry's tags are signed with. */
  signingKey?: PrivateKey | undefined;
  /** The stores that repositories may use on this machine. */
  stores: readonly string[];
  /** Aborted as soon as the App begins to stop; an occasion's `signal` only once it has waited long enough. */
  stopping: AbortSignal;
  log: Logger;
  clock(): Date;
}

/** The folder of the mirrors, in the state folder. */
export function mirrorsFolder(state: string): string {
  return join(state, "mirrors");
}

/** Event contexts of the App: one mirror for each repository, by the repository's number, since names change. */
export function contextSource({
  github,
  mirrors,
  folder,
  server,
  signingKey,
  stores,
  stopping,
  log,
  clock,
}: ContextSourceParts): ContextSource {
  return {
    async with({ repository, installation, event, delivery, again, signal }, act) {
      const [app, octokit, canReadTeams] = await Promise.all([
        github.identity(),
        github.asInstallation(installation),
        github.canReadTeams(installation),
      ]);
      const lease = await mirrors.use({
        folder: join(mirrorsFolder(folder), `${repository.id}.git`),
        url: `${repository.url}.git`,
        defaultBranch: repository.defaultBranch,
        remoteEnvironment: async () => tokenEnvironment(server, await github.gitToken(installation, repository.id)),
        signingKey,
      });
      let failure: unknown;
      try {
        const { id, login } = app;
        const about = { delivery, event, repository: repository.fullName };
        const facts = { repository, octokit, app: { id, login }, clock, delivery, again, canReadTeams };
        return await act(
          openContext(lease.mirror, { name: "app", ...facts, log: log.child(about), signal, stopping, stores }),
        );
      } catch (error) {
        failure = error;
        throw error;
      } finally {
        await lease.release(failure);
      }
    },
  };
}
