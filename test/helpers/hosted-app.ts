import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Routes } from "../../app/intake/routes.ts";
import { type Config, readConfig } from "../../app/server/config.ts";
import { type RunningApp, startApp } from "../../app/start.ts";
import { registerApp } from "../../tools/demo/github-home/register-app.ts";
import { type AddedApp, type Sandbox, type SandboxOptions, startSandbox } from "../../tools/sandbox/start.ts";

export interface HostedOptions {
  /** Default: the App's own table. */
  routes?: Routes;
  /** Over what a fresh App is configured with. */
  config?: Partial<Config>;
  sandbox?: SandboxOptions;
  /** Where the App listens, with its portal on. Default: anywhere, without it. */
  port?: number;
  /** The App's clock. Default: the machine's. */
  clock?: () => Date;
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

/** Add repositories to `sandbox`, then `added.install` the App on them. */
export async function startHostedApp(options: HostedOptions = {}): Promise<HostedApp> {
  const sandbox = await startSandbox(options.sandbox);
  const state = await mkdtemp(join(tmpdir(), "slipway-app-"));
  const { added, environment: registered, listensAt } = await registerApp(sandbox, state, options.port);
  const environment = { ...registered, LOG_LEVEL: "debug", SLIPWAY_CATCH_UP_MINUTES: "1440" };
  const config = { ...readConfig(environment), ...options.config };
  const log: string[] = [];
  const start = async (routes: Routes | undefined) => {
    const app = options.start
      ? await options.start(environment)
      : await startApp(config, {
          ...{ ...(routes && { routes }), ...(options.clock && { clock: options.clock }) },
          write: (line) => void log.push(line),
        });
    listensAt(app.url);
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
