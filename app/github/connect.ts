import { type Logger, Probot, ProbotOctokit } from "probot";
import { Pace } from "./pace.ts";
import type { Secrets } from "./secrets.ts";
import { InstallationTokens } from "./tokens.ts";
import { type CallMetrics, watchedFetch } from "./watched-fetch.ts";

/** The App on GitHub, as Probot authenticates it. */
export interface GitHub {
  /** In constant time. Neither may be empty. */
  verify(body: string, signature: string): Promise<boolean>;
  /** A client that acts as the App itself. */
  asApp(): Promise<ProbotOctokit>;
  /** A client for an installation: one for all events, since it has a pace to keep. */
  asInstallation(id: number): Promise<ProbotOctokit>;
  /** A token for Git alone, narrowed to one repository's contents. */
  gitToken(installation: number, repository: number): Promise<string>;
  /** Whether the installation was granted to read an organization's members: asked once, until `forget`. */
  canReadTeams(installation: number): Promise<boolean>;
  /** An installation's permissions have changed. */
  forget(installation: number): void;
  /** Who the App is: asked once. */
  identity(): Promise<Identity>;
}

export interface Identity {
  id: number;
  slug: string;
  /** The author of what it writes. */
  login: string;
}

/** The settings of the App that GitHub gave it, and how to reach GitHub. */
export interface GitHubSettings {
  APP_ID: number;
  /** PEM. */
  PRIVATE_KEY: string;
  WEBHOOK_SECRET: string;
  GITHUB_API_URL: string;
  /** 0: no limit. */
  SLIPWAY_WRITES_PER_MINUTE: number;
}

/**
 * Octokit without its own retries and throttle: it would repeat a write whose answer was lost, and wait inside a
 * handler for minutes. The queue runs the whole idempotent handler again instead, and waits as long as GitHub asks.
 */
export const AppOctokit = ProbotOctokit.defaults((options: ConstructorParameters<typeof ProbotOctokit>[0]) => ({
  ...options,
  throttle: { ...options?.throttle, enabled: false },
  retry: { ...options?.retry, enabled: false },
}));

export async function connectGitHub(
  config: GitHubSettings,
  { log, metrics, secrets }: { log: Logger; metrics: CallMetrics; secrets: Secrets },
): Promise<GitHub> {
  const probot = new Probot({
    appId: config.APP_ID,
    privateKey: config.PRIVATE_KEY,
    secret: config.WEBHOOK_SECRET,
    baseUrl: config.GITHUB_API_URL,
    log,
    Octokit: AppOctokit,
    request: { fetch: watchedFetch(metrics) },
  });
  await probot.ready();
  const clients = new Map<number, ProbotOctokit>();
  const tokens = new InstallationTokens(() => probot.auth(), secrets);
  const teams = new Map<number, Promise<boolean>>();
  let identity: Promise<Identity> | undefined;

  async function open(installation: number): Promise<ProbotOctokit> {
    const octokit = await probot.auth(installation);
    const pace = new Pace(config.SLIPWAY_WRITES_PER_MINUTE);
    octokit.hook.before("request", async ({ method }) => {
      if (method !== "GET" && method !== "HEAD") await pace.wait();
    });
    return octokit;
  }

  return {
    verify: (body, signature) => probot.webhooks.verify(body, signature),
    asApp: () => probot.auth(),
    async asInstallation(id) {
      const octokit = clients.get(id) ?? (await open(id));
      clients.set(id, octokit);
      return octokit;
    },
    gitToken: (installation, repository) => tokens.of(installation, repository),
    canReadTeams(installation) {
      const known = teams.get(installation) ?? mayReadMembers(probot, installation);
      teams.set(installation, known);
      known.catch(() => teams.delete(installation));
      return known;
    },
    forget(installation) {
      teams.delete(installation);
      tokens.clear();
    },
    identity() {
      identity ??= whoAmI(probot).catch((error) => {
        identity = undefined;
        throw error;
      });
      return identity;
    },
  };
}

async function whoAmI(probot: Probot): Promise<Identity> {
  const { data } = await (await probot.auth()).rest.apps.getAuthenticated();
  if (!data?.slug) throw new Error("GitHub does not say what the App's slug is");
  return { id: data.id, slug: data.slug, login: `${data.slug}[bot]` };
}

async function mayReadMembers(probot: Probot, installation: number): Promise<boolean> {
  const octokit = await probot.auth();
  const { data } = await octokit.rest.apps.getInstallation({ installation_id: installation });
  return data.permissions.members !== undefined;
}
