import { execFileSync, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readFile, rm } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { gitEnvironment } from "../../../core/git/run.ts";
import { grants, isInstalled } from "../auth/access.ts";
import { type Actor, identify } from "../auth/actor.ts";
import { levelOf, reaches } from "../auth/levels.ts";
import type { Doing } from "../doing.ts";
import { Refusal } from "../http/refusal.ts";
import { receivePush } from "../pulls/receive-push.ts";
import { forwardOnly, NO_OBJECT, type RefUpdate, violation } from "../rules/enforce.ts";
import type { SandboxServer } from "../server.ts";
import type { App, Repo, State } from "../state.ts";
import { findRepo } from "../world/repositories.ts";
import { readPushCommands } from "./push-commands.ts";
import { SERVER_ENVIRONMENT } from "./run.ts";

/** Serves every repository to real Git clients: by Git's own `http-backend`, after who may has been decided. */
export function serveGit(server: SandboxServer, state: State): void {
  // With `.git` and without, as GitHub does; actions/checkout names its remote without.
  server.all("/:owner/:name/:rest{info/refs|git-upload-pack|git-receive-pack}", async (context) => {
    const url = new URL(context.req.url);
    const { owner, name } = context.req.param();
    const repo = findRepo(state, `${owner}/${name.replace(/\.git$/, "")}`);
    const writes = `${url.searchParams.get("service")} ${url.pathname}`.includes("git-receive-pack");
    try {
      const actor = identify(state, context.req.header("authorization"));
      if (repo === undefined || !mayRead(repo, actor)) {
        throw actor.kind === "nobody" ? unknown() : new Refusal(404, "Repository not found.");
      }
      if (writes && actor.kind === "nobody") throw unknown();
      if (writes && !mayPush(repo, actor)) throw new Refusal(403, `Permission to ${repo.fullName}.git denied.`);
      const { incoming, outgoing } = context.env;
      await runBackend({ state, repo, actor }, context.req.param("rest"), url.search.slice(1), incoming, outgoing);
      return RESPONSE_ALREADY_SENT;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const headers = error.status === 401 ? { "www-authenticate": 'Basic realm="GitHub"' } : {};
      return new Response(`${error.message}\n`, { status: error.status, headers });
    }
  });
}

const unknown = () => new Refusal(401, "Authentication required");

function mayRead(repo: Repo, actor: Actor): boolean {
  if (!repo.private) return true;
  if (actor.kind === "user") return levelOf(repo, actor.account) !== "none" && opens(actor.app, repo, "contents:read");
  if (actor.kind === "installation") return actor.repositories.has(repo) && grants(actor.permissions, "contents:read");
  return actor.kind === "deploy-key" && actor.repository === repo;
}

function mayPush(repo: Repo, actor: Actor): boolean {
  if (actor.kind === "user")
    return reaches(levelOf(repo, actor.account), "write") && opens(actor.app, repo, "contents:write");
  if (actor.kind === "installation") return actor.repositories.has(repo) && grants(actor.permissions, "contents:write");
  return actor.kind === "deploy-key" && actor.repository === repo && !actor.readOnly;
}

/** What a person's token for an App opens: where the App is, by its permissions. */
function opens(app: App | undefined, repo: Repo, need: string): boolean {
  return app === undefined || (isInstalled(app, repo) && grants(app.permissions, need));
}

/** Where Git's own programs are: started from there, one takes a process less. */
function programs(): string {
  execPath ??= execFileSync("git", ["--exec-path"], { encoding: "utf8" }).trim();
  return execPath;
}
let execPath: string | undefined;

async function runBackend(
  doing: Doing,
  rest: string,
  query: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const { state, repo } = doing;
  const { headers, method = "GET" } = incoming;
  const pushes = rest === "git-receive-pack";
  const { updates, read } = pushes ? await readPushCommands(incoming) : { updates: [], read: Buffer.alloc(0) };
  const moving = updates.filter((update) => update.old !== NO_OBJECT && update.new !== NO_OBJECT);
  const moved = join(state.folder, `moved-${randomUUID()}`);
  const child = spawn(join(programs(), "git-http-backend"), {
    env: gitEnvironment({
      ...SERVER_ENVIRONMENT,
      GIT_PROJECT_ROOT: repo.folder,
      GIT_HTTP_EXPORT_ALL: "1",
      PATH_INFO: `/${rest}`,
      QUERY_STRING: query,
      REQUEST_METHOD: method,
      CONTENT_TYPE: headers["content-type"] ?? "",
      // No CONTENT_LENGTH: where fewer bytes come, Git waits for the rest for ever, and as fast as it can.
      HTTP_CONTENT_ENCODING: headers["content-encoding"] ?? "",
      GIT_PROTOCOL: String(headers["git-protocol"] ?? ""),
      REMOTE_USER: "sandbox",
      // An environment is small: nobody reads the hundredth refusal.
      SANDBOX_REFUSED: updates
        .flatMap((update) => refusalOf(doing, update) ?? [])
        .slice(0, 100)
        .join("\n"),
      SANDBOX_FORWARD_ONLY: moving.flatMap(({ ref }) => (forwardOnly(doing, ref) ? ref : [])).join("\n"),
      SANDBOX_MOVED: moved,
    }),
  });
  child.stdin.on("error", () => {});
  child.stderr.resume();
  child.stdin.write(read);
  incoming.pipe(child.stdin);
  // A client that goes away leaves no Git behind that waits for it.
  incoming.once("close", () => child.stdin.end());
  outgoing.once("close", () => child.kill());
  const closed = new Promise<void>((resolve, reject) => child.once("error", reject).once("close", () => resolve()));
  await passOn(child.stdout, outgoing);
  await closed;
  try {
    if (pushes) await receivePush(doing, await movedRefs(moved));
  } finally {
    outgoing.end();
  }
}

function refusalOf(doing: Doing, update: RefUpdate): string | undefined {
  const known = /^refs\/(heads|tags)\//.test(update.ref);
  return known ? violation(doing, update) : `${update.ref} is not a branch or a tag`;
}

/** Passes a CGI answer on as it comes: its header first, then the bytes. */
async function passOn(stdout: NodeJS.ReadableStream, outgoing: ServerResponse): Promise<void> {
  let head = Buffer.alloc(0);
  for await (const chunk of stdout) {
    if (outgoing.headersSent) {
      const flows = outgoing.write(chunk);
      if (!flows && !outgoing.destroyed)
        await new Promise((resolve) => outgoing.once("drain", resolve).once("close", resolve));
      continue;
    }
    head = Buffer.concat([head, chunk as Buffer]);
    const end = head.indexOf("\r\n\r\n");
    if (end < 0) continue;
    let status = 200;
    for (const line of head.toString("latin1", 0, end).split("\r\n")) {
      const [name = "", value = ""] = line.split(/:\s*(.*)/);
      if (name.toLowerCase() === "status") status = Number.parseInt(value, 10);
      else outgoing.setHeader(name, value);
    }
    outgoing.writeHead(status);
    outgoing.write(head.subarray(end + 4));
  }
}

async function movedRefs(file: string): Promise<RefUpdate[]> {
  const text = await readFile(file, "utf8").catch(() => "");
  await rm(file, { force: true });
  return text.split("\n").flatMap((line) => {
    const [old = "", to = "", ref = ""] = line.split(" ");
    return ref === "" ? [] : [{ old, new: to, ref }];
  });
}
