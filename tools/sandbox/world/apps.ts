import { generateKeyPair, randomBytes } from "node:crypto";
import { promisify } from "node:util";
import { deliver } from "../events/deliver.ts";
import type { App, Installation, Payload, Permissions, Repo, State } from "../state.ts";
import { showUser } from "../views/account.ts";
import { showInstallation, showInstalled } from "../views/app.ts";
import { addAccount } from "./accounts.ts";

export interface NewApp {
  slug: string;
  /** Login of who owns it; made where missing. */
  owner?: string;
  permissions: Permissions;
  events: readonly string[];
  webhookUrl?: string;
  webhookSecret?: string;
  callbackUrls?: readonly string[];
  /** PEM; default: a new pair. */
  keys?: { publicKey: string; privateKey: string };
}

/** Registers an App: with its bot `<slug>[bot]`, and the private key that GitHub shows once. */
export async function createApp(state: State, wanted: NewApp): Promise<{ app: App; privateKey: string }> {
  const keys = wanted.keys ?? (await newKeys());
  const app = registerApp(state, wanted, keys.publicKey);
  return { app, privateKey: keys.privateKey };
}

export function newKeys(): Promise<{ publicKey: string; privateKey: string }> {
  return promisify(generateKeyPair)("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
  });
}

/** An App without a key in anyone's hand acts through the server alone, as Actions does. */
export function registerApp(state: State, wanted: NewApp, publicKey = ""): App {
  const { slug, owner = "github", permissions, events, webhookUrl, webhookSecret = "", callbackUrls = [] } = wanted;
  const id = state.nextId();
  const app: App = {
    id,
    slug,
    name: slug,
    clientId: `Iv23${randomBytes(8).toString("hex")}`,
    clientSecret: randomBytes(20).toString("hex"),
    callbackUrls,
    owner: state.accounts.get(owner.toLowerCase()) ?? addAccount(state, owner, "Organization"),
    bot: addAccount(state, `${slug}[bot]`, "Bot"),
    publicKey,
    permissions: { metadata: "read", ...permissions },
    events,
    webhook: webhookUrl === undefined ? undefined : { id: state.nextId(), url: webhookUrl, secret: webhookSecret },
    installations: [],
    deliveries: [],
    sent: Promise.resolve(),
    held: undefined,
    createdAt: state.now(),
  };
  state.apps.set(id, app);
  return app;
}

/** Gives an App an address, or another one, and sends a `ping` there. */
export function setWebhook(state: State, app: App, url: string, secret: string): void {
  const id = app.webhook?.id ?? state.nextId();
  app.webhook = { id, url, secret };
  const hooks = `${state.url}/app/hook`;
  const config = { content_type: "json", insecure_ssl: "0", secret: "********", url };
  const times = { created_at: app.createdAt, updated_at: state.now() };
  const links = { url: `${hooks}/config`, ping_url: `${hooks}/pings`, deliveries_url: `${hooks}/deliveries` };
  const what = { type: "App", id, name: "web", active: true, app_id: app.id, events: app.events };
  const hook = { ...what, config, ...times, ...links };
  send(state, app, "ping", { zen: "This is a stand-in.", hook_id: id, hook });
}

/** Installs an App on a repository: the repositories of one account share an installation. Resolves to its id. */
export function install(state: State, app: App, repo: Repo): number {
  const sender = showUser(state, repo.owner);
  const known = app.installations.find((one) => one.account === repo.owner);
  const made = { account: repo.owner, repositories: new Set<Repo>(), createdAt: state.now() };
  const installation: Installation = known ?? { id: state.nextId(), app, ...made };
  if (installation.repositories.has(repo)) return installation.id;
  installation.repositories.add(repo);
  if (known === undefined) app.installations.push(installation);
  const shown = showInstallation(state, installation);
  const repositories = [showInstalled(repo)];
  if (known === undefined) {
    send(state, app, "installation", { action: "created", installation: shown, repositories, sender });
  } else {
    const change = { repository_selection: "selected", repositories_added: repositories, repositories_removed: [] };
    const payload = { action: "added", installation: shown, ...change, requester: null, sender };
    send(state, app, "installation_repositories", payload);
  }
  return installation.id;
}

/** What every App hears about itself, subscribed or not. */
function send(state: State, app: App, event: string, payload: Payload): void {
  state.observer.webhook?.({ event, payload });
  deliver(state, app, event, payload);
}
