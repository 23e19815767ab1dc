import { generateKeyPair, randomBytes } from "node:crypto";
import { promisify } from "node:util";
import type { App, Installation, Permissions, Repo, State } from "../state.ts";
import { addAccount } from "./accounts.ts";

export interface NewApp {
  slug: string;
  /** Login of who owns it; made where missing. */
  owner?: string;
  permissions: Permissions;
  events: readonly string[];
  webhookUrl?: string;
  webhookSecret?: string;
}

/** Registers an App: with its bot `<slug>[bot]`, and the private key that GitHub shows once. */
export async function createApp(state: State, wanted: NewApp): Promise<{ app: App; privateKey: string }> {
  const keys = await promisify(generateKeyPair)("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
  });
  const app = registerApp(state, wanted, keys.publicKey);
  return { app, privateKey: keys.privateKey };
}

/** An App without a key in anyone's hand acts through the server alone, as Actions does. */
export function registerApp(state: State, wanted: NewApp, publicKey = ""): App {
  const { slug, owner = "github", permissions, events, webhookUrl, webhookSecret = "" } = wanted;
  const id = state.nextId();
  const app: App = {
    id,
    slug,
    name: slug,
    clientId: `Iv23${randomBytes(8).toString("hex")}`,
    clientSecret: randomBytes(20).toString("hex"),
    owner: state.accounts.get(owner.toLowerCase()) ?? addAccount(state, owner, "Organization"),
    bot: addAccount(state, `${slug}[bot]`, "Bot"),
    publicKey,
    permissions: { metadata: "read", ...permissions },
    events,
    webhook: webhookUrl === undefined ? undefined : { id: state.nextId(), url: webhookUrl, secret: webhookSecret },
    installations: [],
    deliveries: [],
    createdAt: state.now(),
  };
  state.apps.set(id, app);
  return app;
}

/** One installation for each account; further repositories of the account join it. */
export function installationFor(state: State, app: App, repo: Repo): { installation: Installation; isNew: boolean } {
  const known = app.installations.find((one) => one.account === repo.owner);
  if (known !== undefined) {
    known.repositories.add(repo);
    return { installation: known, isNew: false };
  }
  const installation: Installation = {
    id: state.nextId(),
    app,
    account: repo.owner,
    repositories: new Set([repo]),
    createdAt: state.now(),
  };
  app.installations.push(installation);
  return { installation, isNew: true };
}
