/** What `/readyz` asks. */
export interface ReadinessParts {
  /** Rejects if GitHub does not answer, and with its `status` if it does not know the App or its key. */
  askGitHub(): Promise<unknown>;
  /** Webhooks with a right and with a wrong signature since the start. */
  webhooks(): { signed: number; wrongly_signed: number };
  queue(): { jobs: number; limit: number; longest: number };
  stopping(): boolean;
  /** How many repositories lack the rulesets that keep others from `registry`; undefined before that was asked. */
  unprotected(): number | undefined;
}

export interface Readiness {
  ready: boolean;
  github: "reachable" | "unreachable" | "PRIVATE_KEY is not the App's" | "APP_ID is no App's";
  queue: "moving" | "stuck" | "full";
  deliveries: number;
  stopping: boolean;
  /**
   * Whoever reaches the address can send wrong signatures, so they do not make the App unready. If none was ever right,
   * WEBHOOK_SECRET is not the one in the App's settings.
   */
  webhooks: { signed: number; wrongly_signed: number };
  /** Their names are in the log alone: this page may be seen by everybody who can send webhooks. */
  repositories_without_rulesets: number | "unknown";
}

/** A handler that runs for longer has lost its way. */
const STUCK = 10 * 60_000;
/** GitHub is asked this often at most, however often somebody else asks here. */
const FRESH = 30_000;

/** Whether webhooks should be sent here. Whether the process should be restarted is `/healthz`'s question. */
export function readiness(parts: ReadinessParts, now: () => number = Date.now): () => Promise<Readiness> {
  let asked = { at: Number.NEGATIVE_INFINITY, answer: Promise.resolve<Readiness["github"]>("unreachable") };
  return async () => {
    if (now() - asked.at > FRESH) {
      const answer = parts.askGitHub().then(() => "reachable" as const, refusal);
      asked = { at: now(), answer };
    }
    const { jobs, limit, longest } = parts.queue();
    const queue = longest > STUCK ? "stuck" : jobs >= limit ? "full" : "moving";
    const github = await asked.answer;
    const stopping = parts.stopping();
    return {
      ready: github === "reachable" && queue === "moving" && !stopping,
      github,
      queue,
      deliveries: jobs,
      stopping,
      webhooks: parts.webhooks(),
      repositories_without_rulesets: parts.unprotected() ?? "unknown",
    };
  };
}

/** GitHub answers an App's own token with 401 if it cannot read it by the App's key, and with 404 if there is no such App. */
function refusal(error: unknown): Readiness["github"] {
  const { status } = (error ?? {}) as { status?: number };
  if (status === 401) return "PRIVATE_KEY is not the App's";
  return status === 404 ? "APP_ID is no App's" : "unreachable";
}
