import { readFileSync } from "node:fs";
import { parse } from "yaml";
import type { AddedApp, Sandbox } from "../../sandbox/start.ts";
import type { Permissions } from "../../sandbox/state.ts";
import { newKeys } from "../../sandbox/world/apps.ts";

/** Of every App that this process registers: making a pair takes longer than starting the App. */
let keys: ReturnType<typeof newKeys> | undefined;

export interface RegisteredApp {
  added: AddedApp;
  /** What the App is started with; `state` is its folder. */
  environment: Record<string, string>;
  /** Tells the stand-in where the App listens. */
  listensAt(url: string): void;
}

/** Registers Slipway's App on the stand-in, as app.yml says. `port`: where it will listen; without it, its portal is off. */
export async function registerApp(sandbox: Sandbox, state: string, port?: number): Promise<RegisteredApp> {
  const manifest = parse(readFileSync(new URL("../../../app.yml", import.meta.url), "utf8")) as {
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
  const secret = "a-secret-of-the-stand-in-alone";
  const environment = {
    APP_ID: String(added.id),
    PRIVATE_KEY: added.privateKey,
    WEBHOOK_SECRET: secret,
    GITHUB_API_URL: sandbox.url,
    GITHUB_CLIENT_ID: added.clientId,
    GITHUB_CLIENT_SECRET: added.clientSecret,
    SLIPWAY_STATE: state,
    SLIPWAY_WRITES_PER_MINUTE: "0",
    PORT: String(port ?? 0),
    ...(port === undefined ? {} : { SLIPWAY_URL: `http://127.0.0.1:${port}` }),
  };
  return {
    ...{ added, environment },
    listensAt(url) {
      added.setWebhook(`${url}/api/github/webhooks`, secret);
      added.setCallbackUrls([`${url}/login/callback`]);
    },
  };
}
