/** What `/readyz` asks. */
export interface ReadinessParts {
  /** Rejects if GitHub does not answer, or does not know the App. */
  askGitHub(): Promise<unknown>;
  queue(): { jobs: number; limit: number; longest: number };
  stopping(): boolean;
  /** How many repositories lack the rulesets that keep others from `registry`; undefined before that was asked. */
  unprotected(): number | undefined;
}

export interface Readiness {
  ready: boolean;
  github: "reachable" | "unreachable";
  queue: "moving" | "stuck" | "full";
  deliveries: number;
  stopping: boolean;
  /** Their names are in the log alone: this page may be seen by everybody who can send webhooks. */
  repositories_without_rulesets: number | "unknown";
}

/** A handler that runs for longer has lost its way. */
const STUCK = 10 * 60_000;
/** GitHub is asked this often at most, however often somebody else asks here. */
const FRESH = 30_000;

/** Whether webhooks should be sent here. Whether the process should be restarted is `/healthz`'s question. */
export function readiness(parts: ReadinessParts, now: () => number = Date.now): () => Promise<Readiness> {
  let asked = { at: Number.NEGATIVE_INFINITY, answer: Promise.resolve(false) };
  return async () => {
    if (now() - asked.at > FRESH) {
      const answer = parts.askGitHub().then(
        () => true,
        () => false,
      );
      asked = { at: now(), answer };
    }
    const { jobs, limit, longest } = parts.queue();
    const queue = longest > STUCK ? "stuck" : jobs >= limit ? "full" : "moving";
    const reachable = await asked.answer;
    const stopping = parts.stopping();
    return {
      ready: reachable && queue === "moving" && !stopping,
      github: reachable ? "reachable" : "unreachable",
      queue,
      deliveries: jobs,
      stopping,
      repositories_without_rulesets: parts.unprotected() ?? "unknown",
    };
  };
}
