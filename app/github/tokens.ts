import type { ProbotOctokit } from "probot";
import type { Secrets } from "./secrets.ts";

/** Renewed this long before it runs out: a push must not lose its token half-way. */
const MARGIN = 5 * 60_000;

interface Token {
  value: string;
  /** Milliseconds since 1970. */
  expires: number;
}

/** Tokens for Git, each for one repository and its contents alone: a mirror's Git process can open nothing else. */
export class InstallationTokens {
  readonly #asApp: () => Promise<ProbotOctokit>;
  readonly #secrets: Secrets;
  readonly #tokens = new Map<number, Promise<Token>>();

  constructor(asApp: () => Promise<ProbotOctokit>, secrets: Secrets) {
    this.#asApp = asApp;
    this.#secrets = secrets;
  }

  async of(installation: number, repository: number): Promise<string> {
    const kept = await this.#tokens.get(repository)?.catch(() => undefined);
    if (kept !== undefined && kept.expires - MARGIN > Date.now()) return kept.value;
    const fresh = this.#create(installation, repository);
    this.#tokens.set(repository, fresh);
    fresh.catch(() => this.#tokens.delete(repository));
    return (await fresh).value;
  }

  /** Installations have changed: what a token may was asked before. */
  clear(): void {
    this.#tokens.clear();
  }

  async #create(installation: number, repository: number): Promise<Token> {
    const octokit = await this.#asApp();
    const { data } = await octokit.rest.apps.createInstallationAccessToken({
      installation_id: installation,
      repository_ids: [repository],
      permissions: { contents: "write" },
    });
    this.#secrets.addPassing(data.token);
    this.#secrets.addPassing(Buffer.from(`x-access-token:${data.token}`).toString("base64"));
    return { value: data.token, expires: Date.parse(data.expires_at) };
  }
}
