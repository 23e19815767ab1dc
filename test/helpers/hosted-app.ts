import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import type { Routes } from "../../app/intake/routes.ts";
import { type Config, readConfig } from "../../app/server/config.ts";
import { type RunningApp, startApp } from "../../app/start.ts";
import { type AddedApp, type Sandbox, type SandboxOptions, startSandbox } from "../../tools/sandbox/start.ts";
import type { Permissions } from "../../tools/sandbox/state.ts";
import { newKeys } from "../../tools/sandbox/world/apps.ts";

export interface HostedOptions {
  /** Default: the App's own table. */
  routes?: Routes;
  /** Over what a fresh App is configured with. */
  config?: Partial<Config>;
  sandbox?: SandboxOptions;
  /** Starts the App with this environment in another way than in this process; `config` and `routes` say nothing then. */
  start?(environment: Readonly<Record<string, string>>): Promise<HostedProcess>;
}

/** An App that runs, wherever it does. */
export type HostedProcess = Pick<RunningApp, "url" | "idle" | "close" | "catchUp">;

/** The real App beside a stand-in for GitHub, registered there as app.yml says. */
export interface HostedApp {
  readonly sandbox: Sandbox;
  readonly added: AddedApp;
  /** The App that runs now. */
  app: HostedProcess;
  readonly config: Config;
  /** What the App has logged, one JSON object each; of all the Apps that ran here. */
  readonly log: string[];
  /** Stops the App, and starts another one with the same state folder. */
  restart(options?: Pick<HostedOptions, "routes">): Promise<void>;
  /** Resolves when GitHub has nothing to send, and the App nothing to do. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

/** Of every App that this process starts: making a pair takes longer than starting the App. */
let keys: ReturnType<typeof newKeys> | undefined;

const WEBHOOKS = "/api/github/webhooks";
const SECRET = "a-secret-of-the-tests-alone";

/** Add repositories to `sandbox`, then `added.install` the App on them. */
export async function startHostedApp(options: HostedOptions = {}): Promise<HostedApp> {
  const sandbox = await startSandbox(options.sandbox);
  const state = await mkdtemp(join(tmpdir(), "slipway-app-"));
  const manifest = parse(readFileSync("app.yml", "utf8")) as {
    default_permissions: Permissions;
    default_events: string[];
  };
  keys ??= newKeys();
  const added = await sandbox.addApp({
    slug: "slipway",
    keys: await keys,
    permissions: manifest.default_permissions,
    events: manifest.default_events,
  });
  const environment = {
    APP_ID: String(added.id),
    PRIVATE_KEY: added.privateKey,
    WEBHOOK_SECRET: SECRET,
    GITHUB_API_URL: sandbox.url,
    PORT: "0",
    LOG_LEVEL: "debug",
    SLIPWAY_STATE: state,
    SLIPWAY_WRITES_PER_MINUTE: "0",
    SLIPWAY_CATCH_UP_MINUTES: "1440",
  };
  const config = { ...readConfig(environment), ...options.config };
  const log: string[] = [];
  const start = async (routes: Routes | undefined) => {
    const app = options.start
      ? await options.start(environment)
      : await startApp(config, { ...(routes && { routes }), write: (line) => void log.push(line) });
    added.setWebhook(`${app.url}${WEBHOOKS}`, SECRET);
    return app;
  };
  const hosted: HostedApp = {
    sandbox,
    added,
    app: await start(options.routes),
    config,
    log,
    async restart({ routes = options.routes } = {}) {
      await hosted.app.close();
      hosted.app = await start(routes);
    },
    async settled() {
      // Each may give the other something to do.
      for (let before = -1; before !== sandbox.state.requests.length; ) {
        before = sandbox.state.requests.length;
        await sandbox.idle();
        await hosted.app.idle();
      }
    },
    async close() {
      await hosted.app.close();
      await sandbox.close();
      await rm(state, { recursive: true, force: true });
    },
  };
  return hosted;
}
