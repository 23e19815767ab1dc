import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Logger } from "probot";
import { readSigningKey } from "../core/git/ssh/private-key.ts";
import { publicKeyLine } from "../core/git/ssh/public-key.ts";
import { CatchUp } from "./catch-up/catch-up.ts";
import { connectGitHub } from "./github/connect.ts";
import { Secrets } from "./github/secrets.ts";
import { decideRetry } from "./intake/decide-retry.ts";
import { Intake } from "./intake/intake.ts";
import { Queue } from "./intake/queue.ts";
import { ROUTES, type Routes } from "./intake/routes.ts";
import { contextSource, mirrorsFolder } from "./repositories/context-source.ts";
import { Mirrors, sweepMirrors } from "./repositories/mirrors.ts";
import type { Config } from "./server/config.ts";
import { listen } from "./server/listen.ts";
import { openLog } from "./server/log.ts";
import { openMetrics } from "./server/metrics.ts";
import { serveMlflow } from "./server/mlflow/serve-mlflow.ts";
import { pages } from "./server/pages.ts";
import { servePortal } from "./server/portal/serve-portal.ts";
import { readiness } from "./server/readiness.ts";
import { Signatures } from "./server/signatures.ts";
import { beTheOnlyOne } from "./server/the-only-one.ts";

/** One folder above this file, and above the bundle. */
const PACKAGE_ROOT = fileURLToPath(new URL("..", import.meta.url));
const PORTAL_ASSETS = join(PACKAGE_ROOT, "api/portal/assets");

export interface StartOptions {
  /** Default: the App's own table. */
  routes?: Routes;
  /** Where log lines go. Default: stdout. */
  write?(line: string): void;
  clock?(): Date;
}

export interface RunningApp {
  readonly url: string;
  readonly log: Logger;
  /** Compares GitHub's state with what was done, and takes in what was lost. */
  catchUp(): Promise<void>;
  /** Resolves when no catch-up runs, and every delivery taken so far has been handled or given up. */
  idle(): Promise<void>;
  /** Takes no more webhooks, waits for the handlers that run, and ends every Git process. */
  close(): Promise<void>;
}

/** Starts the App. Rejects if it cannot listen, and with LOCKED if another App runs with this state folder; if GitHub cannot be reached it starts, and `/readyz` says so. */
export async function startApp(config: Config, options: StartOptions = {}): Promise<RunningApp> {
  const { routes = ROUTES, clock = () => new Date() } = options;
  const { GITHUB_SERVER_URL: server, SLIPWAY_STATE: folder } = config;
  const secrets = new Secrets();
  const { SLIPWAY_SIGNING_KEY: signingText } = config;
  for (const secret of [config.WEBHOOK_SECRET, config.PRIVATE_KEY, signingText, config.GITHUB_CLIENT_SECRET])
    if (secret !== undefined) secrets.add(secret);
  const log = openLog(config.LOG_LEVEL, secrets, options.write);
  const release = await beTheOnlyOne(folder);
  await sweepMirrors(mirrorsFolder(folder));
  const mirrors = new Mirrors(config.SLIPWAY_OPEN_REPOSITORIES);
  const metrics = openMetrics(() => ({ jobs: queue.depth, longest: queue.longest(), repositories: mirrors.open }));
  const github = await connectGitHub(config, { log, metrics, secrets });
  const signingKey = signingText === undefined ? undefined : readSigningKey(signingText);
  if (signingKey !== undefined) log.info({ key: publicKeyLine(signingKey.publicKey) }, "tags are signed with this key");
  const stopping = new AbortController();
  const { SLIPWAY_STORES: stores } = config;
  const about = { folder, server, signingKey, stores, stopping: stopping.signal, log, clock };
  const contexts = contextSource({ github, mirrors, ...about });
  const rules = { tries: config.SLIPWAY_TRIES, now: Date.now, random: Math.random };
  const limit = { jobs: config.SLIPWAY_QUEUE, bytes: config.SLIPWAY_QUEUE_MIB * 1024 * 1024 };
  const queue = new Queue({
    workers: config.SLIPWAY_WORKERS,
    limit,
    decideRetry: (error, attempt) => decideRetry(error, attempt, rules),
    failed(job, error, verdict) {
      metrics.delivery(job.event, "failed");
      const next = verdict.again ? { again_in_ms: verdict.after } : {};
      log.warn({ delivery: job.id, event: job.event, err: error, why: verdict.why, ...next }, "a handler failed");
    },
  });
  const installed = (payload: Readonly<Record<string, unknown>>) => {
    const { id } = (payload["installation"] ?? {}) as { id?: number };
    if (id !== undefined) github.forget(id);
    if (payload["action"] !== "deleted" && payload["action"] !== "suspend") void catchUp.run(id);
  };
  const intake = new Intake({ routes, queue, contexts, metrics, log, server, installed });
  const every = config.SLIPWAY_CATCH_UP_MINUTES * 60_000;
  const catchUp = new CatchUp({ github, intake, log, server, every, clock });
  const signatures = new Signatures(log);
  const ready = readiness({
    askGitHub: async () => (await github.asApp()).rest.apps.getAuthenticated(),
    queue: () => ({ jobs: queue.depth, limit: limit.jobs, longest: queue.longest() }),
    stopping: () => stopping.signal.aborted,
    unprotected: () => catchUp.unprotected,
    webhooks: () => signatures.counts,
  });
  const mlflow = serveMlflow({ github, contexts, secrets, metrics, log, server, api: config.GITHUB_API_URL });
  const portal = servePortal({
    config,
    github,
    contexts,
    secrets,
    metrics,
    log,
    clock,
    assets: PORTAL_ASSETS,
    packageRoot: PACKAGE_ROOT,
  });
  const served = { registry: metrics.registry, ready, mlflow, portal };
  const app = pages({ verify: github.verify, signatures, intake, metrics, ...served });
  const listening = await listen(app, { host: config.HOST, port: config.PORT }).catch((error: unknown) => {
    release();
    throw error;
  });
  log.info({ url: listening.url, api: config.GITHUB_API_URL }, "listening");
  catchUp.start();
  return {
    url: listening.url,
    log,
    catchUp: () => catchUp.run(),
    async idle() {
      await catchUp.settled();
      await queue.idle();
    },
    async close() {
      stopping.abort();
      log.info({ deliveries: queue.depth }, "stopping");
      const caughtUp = catchUp.stop();
      // Whoever asks is told to send webhooks elsewhere, for as long as handlers run.
      await Promise.all([queue.stop(config.SLIPWAY_SHUTDOWN_SECONDS * 1000), caughtUp]);
      await listening.close();
      await mirrors.close();
      release();
      log.info("stopped");
    },
  };
}
