// Asks `slipway serve`, MLflow's scoring server and KServe's Python server the same requests, all three on one version's files.
// By itself: npx tsx tools/conformance/serving.ts
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { freePort } from "../free-port.ts";
import { type Server, startServer } from "../server-process.ts";
import { installedKserve, installedMlflow, KSERVE, MLFLOW } from "./real-tools.ts";
import { KSERVE_REQUESTS, MLFLOW_REQUESTS, type ServedRequest } from "./serving-requests.ts";
import type { Conformance } from "./sklearn.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const EXAMPLE = join(ROOT, "test/fixtures/served-penguins");
const KSERVE_SERVER = fileURLToPath(new URL("kserve_server.py", import.meta.url));
const KSERVE_CLIENT = fileURLToPath(new URL("kserve_client.py", import.meta.url));
/** Its arrays as JSON, and as the bytes that it sends if nobody says otherwise. */
const SAID_TO_CLIENT = '{"live": true, "ready": true, "json": ["Adelie", "Gentoo"], "bytes": ["Adelie", "Gentoo"]}';
const CLI = [process.execPath, "--import", import.meta.resolve("tsx"), join(ROOT, "cli/slipway.ts")] as const;

/** Each request that is answered alike is a case; so is each that is answered otherwise, as it says of itself. */
export async function conformServing(): Promise<Conformance> {
  const result: Conformance = { name: `serving: mlflow ${MLFLOW}, kserve ${KSERVE}`, cases: 0, failures: [] };
  const [python, kserve] = [await installedMlflow(), join(await installedKserve(), "python")];
  const folder = await mkdtemp(join(tmpdir(), "slipway-serving-"));
  const pulled = join(folder, "pulled");
  const repository = join(folder, "repository");
  const slipway = (...args: string[]) => {
    const [node, ...before] = CLI;
    return execa(node, [...before, "-C", repository, ...args], { cwd: ROOT });
  };
  try {
    await makeRepository(repository, python);
    await slipway("register", "penguins");
    await slipway("promote", "penguins@1", "production");
    await slipway("pull", "penguins@1", "--to", pulled);
    const ours = await startServer({
      command: [...CLI, "-C", repository, "serve", "penguins", "--port", "0"],
      listening: (said) => /(http:\/\/[\d.:]+)\/docs /.exec(said)?.[1],
      first: "/v2/health/ready",
    });
    try {
      const compare = async (name: string, server: Server, requests: readonly ServedRequest[]) => {
        for (const request of requests) {
          result.cases += 1;
          const failure = await difference(request, ours.url, server.url);
          if (failure !== undefined) result.failures.push(`${name}: ${request.what}: ${failure}`);
        }
      };
      await withServer(await mlflowServer(python, pulled), (server) => compare("mlflow", server, MLFLOW_REQUESTS));
      const { stdout } = await execa(kserve, [KSERVE_CLIENT, ours.url]);
      result.cases += 1;
      if (stdout !== SAID_TO_CLIENT) result.failures.push(`KServe's client: ${stdout}`);
      await withServer(await kserveServer(kserve, pulled), (server) => compare("kserve", server, KSERVE_REQUESTS));
    } finally {
      await ours.stop();
    }
    return result;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Said {
  status: number;
  body: unknown;
}

async function difference(request: ServedRequest, ours: string, theirs: string): Promise<string | undefined> {
  const [own, real] = [await ask(ours, request), await ask(theirs, request)];
  const { otherwise } = request;
  if (otherwise === undefined)
    return JSON.stringify(own) === JSON.stringify(real) ? undefined : `${show(own)}, theirs ${show(real)}`;
  if (own.status !== otherwise.status) return `${show(own)}, expected ${otherwise.status}: ${otherwise.why}`;
  return JSON.stringify(own) === JSON.stringify(real) ? `no longer answered otherwise: ${show(own)}` : undefined;
}

/** With curl: as anybody asks, and on a connection of its own. */
async function ask(url: string, { method, path, type, body }: ServedRequest): Promise<Said> {
  const sent = type === undefined ? [] : ["--header", `content-type: ${type}`, "--data-binary", "@-"];
  const { stdout } = await execa(
    "curl",
    [
      "--silent",
      "--show-error",
      "--max-time",
      "60",
      "--request",
      method,
      ...sent,
      "--write-out",
      "\n%{http_code}",
      url + path,
    ],
    { input: typeof body === "string" ? body : JSON.stringify(body ?? "") },
  );
  const end = stdout.lastIndexOf("\n");
  const status = Number(stdout.slice(end));
  return { status, body: status === 415 ? "words" : plain(parsed(stdout.slice(0, end))) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Without fields that hold null, with keys in order; and of a refusal its code, as the words are each server's own. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, each]) => each !== null);
  const held = Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, each]) => [key, plain(each)]),
  );
  if ("error_code" in held) return { error_code: held["error_code"] };
  const isWords = typeof held["error"] === "string" && !/^Model with name/.test(held["error"]);
  return isWords ? { error: "words" } : held;
}

function show({ status, body }: Said): string {
  return `${status} ${JSON.stringify(body).slice(0, 300)}`;
}

async function withServer<T>(server: Server, use: (server: Server) => Promise<T>): Promise<T> {
  try {
    return await use(server);
  } finally {
    await server.stop();
  }
}

/** `mlflow models serve` on the files that `slipway pull` brought. */
async function mlflowServer(python: string, model: string): Promise<Server> {
  const port = String(await freePort());
  const options = ["--env-manager", "local", "--host", "127.0.0.1", "--port", port];
  return startServer({
    command: [join(dirname(python), "mlflow"), "models", "serve", "--model-uri", model, ...options],
    // It starts a server by its name.
    env: { PATH: `${dirname(python)}${delimiter}${process.env["PATH"]}` },
    listening: (said) => (said.includes("Uvicorn running") ? `http://127.0.0.1:${port}` : undefined),
    first: "/ping",
  });
}

async function kserveServer(python: string, model: string): Promise<Server> {
  const port = String(await freePort());
  return startServer({
    command: [python, KSERVE_SERVER, model, port],
    listening: (said) => (said.includes("Uvicorn running") ? `http://127.0.0.1:${port}` : undefined),
    first: "/v2/health/ready",
  });
}

async function makeRepository(folder: string, python: string): Promise<void> {
  const git = (...args: string[]) => execa("git", ["-C", folder, ...args]);
  await cp(EXAMPLE, folder, { recursive: true });
  await writeFile(join(folder, "models/penguins/python"), `#!/bin/sh\nexec ${python} "$@"\n`, { mode: 0o755 });
  await git("init", "--quiet", "--initial-branch=main");
  await git("config", "user.name", "Ada");
  await git("config", "user.email", "ada@example.org");
  await git("add", "-A");
  await git("commit", "--quiet", "--message", "penguins");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { name, cases, failures } = await conformServing();
  for (const failure of failures) console.error(failure);
  console.log(`${name}: ${cases} cases, ${failures.length} failures`);
  process.exitCode = failures.length > 0 ? 1 : 0;
}
