import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createAdaptorServer } from "@hono/node-server";
import { Octokit } from "@octokit/rest";
import { Hono } from "hono";
import { levelOf, reaches } from "./auth/levels.ts";
import { Faults } from "./faults.ts";
import { writeHooks } from "./git/hooks.ts";
import { type MergeGroup, queueForMerge } from "./pulls/merge-queue.ts";
import { pressButton } from "./routes/checks.ts";
import { serve } from "./routes/serve.ts";
import type { SandboxServer } from "./server.ts";
import type { Account, App, Observer, Repo, Runner, State, WorkflowRun } from "./state.ts";
import { openWork } from "./work.ts";
import { addAccount, addTeam, addToken, findAccount, renameAccount } from "./world/accounts.ts";
import { createApp, install, type NewApp, registerApp, setWebhook } from "./world/apps.ts";
import { addFinishedRun, type FinishedRun } from "./world/finished-run.ts";
import { createRepository, findRepo, type NewRepository } from "./world/repositories.ts";

export interface SandboxOptions {
  /** Default: any free one. */
  port?: number;
  /** Runs workflows, and may serve more on the stand-in's server. */
  runner?: (state: State, server: SandboxServer) => Runner;
  observer?: Observer;
  /** Default: the machine's clock. */
  clock?: () => Date;
}

export interface AddedApp extends Pick<App, "id" | "slug" | "clientId" | "clientSecret"> {
  /** PEM. */
  privateKey: string;
  webhookSecret: string;
  /** Resolves to the installation's id. The repositories of one account share an installation. */
  install(fullName: string): Promise<number>;
  /** Gives the App an address, or another one, and sends a `ping` there. */
  setWebhook(url: string, secret: string): void;
  /** Where the web flow may send people back to, from here on. */
  setCallbackUrls(urls: readonly string[]): void;
}

/** A stand-in for GitHub on this machine: a test instrument, and never a place to keep anything. */
export interface Sandbox {
  /** `http://127.0.0.1:<port>`: Octokit's `baseUrl`, Git at `/<owner>/<repo>.git`, pages at `/<owner>/<repo>/pull/<n>`. */
  readonly url: string;
  readonly state: State;
  readonly faults: Faults;
  addUser(login: string, name?: string): { token: string };
  /** Gives a person or an organization another login; whoever comes next may take the old one. */
  renameAccount(login: string, to: string): void;
  addOrganization(login: string): void;
  addTeam(organization: string, slug: string, members: readonly string[]): void;
  /** `owner` is a login; an organization of this name is made where there is none. */
  addRepository(wanted: Omit<NewRepository, "owner" | "parent"> & { owner: string }): Promise<Repo>;
  addApp(wanted: NewApp): Promise<AddedApp>;
  /** A key that may push to this one repository: used as a password, with any name. Rulesets know it as DeployKey. */
  addDeployKey(fullName: string, title: string): { token: string };
  /** A run with what it left, where no runner is. */
  addFinishedRun(fullName: string, run: FinishedRun): Promise<WorkflowRun>;
  /** A clock comes round: workflows of the default branch that have a `schedule` run. No webhook tells of it. */
  schedule(fullName: string): void;
  /** Presses a button of a check, as a person does on its page. The person needs write access. */
  pressButton(login: string, fullName: string, check: number, identifier: string): void;
  /** Puts pull requests into a merge queue's group, in this order. */
  queueForMerge(fullName: string, numbers: readonly number[]): Promise<MergeGroup>;
  /** A client with the token of a person who was added. */
  octokit(login: string): Octokit;
  /** The address with that person's token in it. */
  gitUrl(login: string, fullName: string): string;
  /** Resolves when deliveries are sent and runs are finished. What an App does after its answer is its own. */
  idle(): Promise<void>;
  /** Stops serving and removes the folder. */
  close(): Promise<void>;
}

/** A refusal that somebody asked for is no news. */
const QUIET = { debug() {}, info() {}, warn() {}, error() {} };

/** Starts an empty stand-in on the loopback interface. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const folder = await mkdtemp(join(tmpdir(), "github-sandbox-"));
  await mkdir(join(folder, "blobs"));
  await writeHooks(folder);
  const server: SandboxServer = new Hono();
  const http = createAdaptorServer({ fetch: server.fetch }) as Server;
  // Clients end idle connections: one that the server ends first may be the one on which the next request is on its way.
  http.keepAliveTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    http.once("error", reject).listen(options.port ?? 0, "127.0.0.1", resolve);
  });
  const { port } = http.address() as AddressInfo;
  const state = openState(`http://127.0.0.1:${port}`, folder, options);
  serve(server, state);
  state.runner = options.runner?.(state, server);
  return sandboxOf(state, async () => {
    await new Promise((resolve) => {
      http.close(resolve);
      http.closeAllConnections();
    });
    await state.work.idle();
    // The Git of a client that went away may still end its work here.
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });
}

function openState(url: string, folder: string, { observer = {}, clock = () => new Date() }: SandboxOptions): State {
  let id = 1000;
  const state: Omit<State, "actions"> = {
    url,
    folder,
    secret: randomBytes(32).toString("hex"),
    now: () => `${clock().toISOString().slice(0, 19)}Z`,
    nextId: () => ++id,
    accounts: new Map(),
    teams: [],
    tokens: new Map(),
    apps: new Map(),
    repositories: new Map(),
    faults: new Faults(),
    requests: [],
    work: openWork(),
    runner: undefined,
    observer,
  };
  const whole = state as State;
  return Object.assign(whole, { actions: registerApp(whole, { slug: "github-actions", permissions: {}, events: [] }) });
}

function sandboxOf(state: State, close: () => Promise<void>): Sandbox {
  const person = (login: string): { account: Account; token: string } => {
    const account = findAccount(state, login);
    const [token] =
      [...state.tokens].find(([, one]) => one.kind === "user" && one.app === undefined && one.account === account) ??
      [];
    if (account === undefined || token === undefined) throw new Error(`Add ${login} first`);
    return { account, token };
  };
  const repository = (fullName: string): Repo => {
    const repo = findRepo(state, fullName);
    if (repo === undefined) throw new Error(`Add ${fullName} first`);
    return repo;
  };
  const organization = (login: string) => findAccount(state, login) ?? addAccount(state, login, "Organization");
  return {
    url: state.url,
    state,
    faults: state.faults,
    addUser: (login, name) => ({
      token: addToken(state, { kind: "user", account: addAccount(state, login, "User", name) }),
    }),
    renameAccount: (login, to) => void renameAccount(state, login, to),
    addOrganization: (login) => void organization(login),
    addTeam: (login, slug, members) => void addTeam(state, organization(login), slug, members),
    addRepository: ({ owner, ...wanted }) => createRepository(state, { ...wanted, owner: organization(owner) }),
    async addApp(wanted) {
      const { app, privateKey } = await createApp(state, wanted);
      const { id, slug, clientId, clientSecret } = app;
      const secrets = { clientId, clientSecret, privateKey, webhookSecret: app.webhook?.secret ?? "" };
      return {
        id,
        slug,
        ...secrets,
        install: async (fullName) => install(state, app, repository(fullName)),
        setWebhook: (url, secret) => setWebhook(state, app, url, secret),
        setCallbackUrls: (urls) => void Object.assign(app, { callbackUrls: urls }),
      };
    },
    addDeployKey: (fullName, title) => ({
      token: addToken(state, { kind: "deploy-key", repository: repository(fullName), title, readOnly: false }),
    }),
    addFinishedRun: (fullName, run) => addFinishedRun(state, repository(fullName), run),
    // GitHub says nothing of the repository in such an event, or did not for years.
    schedule: (fullName) => state.runner?.onWorkflowEvent(repository(fullName), "schedule", { schedule: "17 4 * * *" }),
    pressButton(login, fullName, id, identifier) {
      const [repo, { account }] = [repository(fullName), person(login)];
      const check = repo.checks.get(id);
      if (check === undefined || !check.actions.some((action) => action.identifier === identifier)) {
        throw new Error(`Check ${id} has no button ${identifier}`);
      }
      if (!reaches(levelOf(repo, account), "write")) throw new Error(`${login} sees no button`);
      pressButton({ state, repo, actor: { kind: "user", account } }, check, identifier);
    },
    queueForMerge: (fullName, numbers) => queueForMerge(state, repository(fullName), numbers),
    octokit: (login) => new Octokit({ auth: person(login).token, baseUrl: state.url, log: QUIET }),
    gitUrl: (login, fullName) => `${state.url.replace("://", `://${login}:${person(login).token}@`)}/${fullName}.git`,
    idle: () => state.work.idle(),
    close,
  };
}
