import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import http from "node:http";
import https from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, it } from "vitest";
import { git } from "../../../core/git/run.ts";
import { program } from "../../../tools/servers/programs.ts";
import { type OciRegistry, startRegistry } from "../../../tools/servers/registry.ts";
import { workRepository } from "../../registry/repositories.ts";
import { startTokenServer, type TokenServer } from "../../stores/token-server.ts";
import { temporaryFolder, write } from "../setting.ts";
import { CSV } from "./served.ts";

// The policy's own registry, and another one that a spec leads to, over TLS: data.test is this machine to the command alone.
const CLI = join(import.meta.dirname, "../../../dist/slipway.js");
const RESOLVE = `const dns = require("node:dns");
const { lookup } = dns;
dns.lookup = (name, ...others) => lookup(name === "data.test" ? "127.0.0.1" : name, ...others);
`;
let folder: string;
let own: { registry: OciRegistry; tokens: TokenServer };
let other: { registry: OciRegistry; tokens: TokenServer; front: https.Server; host: string; seen: string[] };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "slipway-two-"));
  await write(folder, { "a.csv": CSV, "resolve.cjs": RESOLVE });
  const rows = join(folder, "rows");
  await mkdir(rows);
  const open = await startRegistry({ folder: rows });
  const push = ["push", "--plain-http", `${open.host}/acme/rows:v1`, "a.csv:text/csv"];
  execFileSync(program("oras"), push, { cwd: folder, stdio: "ignore" });
  await open.stop();

  const ofTeam = await startTokenServer({ ada: { password: "secret-of-ada", may: ["pull"] } });
  own = { tokens: ofTeam, registry: await startRegistry({ folder: rows, tokenAuth: ofTeam.auth }) };
  const tokens = await startTokenServer({ mia: { password: "secret-of-mia", may: ["pull"] } });
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const about = ["-subj", "/CN=data.test", "-addext", "subjectAltName=DNS:data.test", "-days", "2", "-nodes"];
  const made = ["req", "-x509", "-newkey", "rsa:2048", "-keyout", key, "-out", cert, ...about];
  execFileSync("openssl", made, { stdio: "ignore" });
  const seen: string[] = [];
  let behind = "";
  const front = https.createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (request, response) => {
    seen.push(request.headers.authorization ?? "");
    const { url = "/", headers } = request;
    const to = new URL(url, url.startsWith("/token") ? `http://${tokens.host}` : behind);
    http.get(to, { headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
  });
  await once(front.listen(0, "127.0.0.1"), "listening");
  const host = `data.test:${(front.address() as AddressInfo).port}`;
  const registry = await startRegistry({
    folder: rows,
    tokenAuth: { ...tokens.auth, realm: `https://${host}/token` },
  });
  behind = registry.url;
  other = { registry, tokens, front, host, seen };
});
afterAll(async () => {
  other?.front.close();
  await Promise.all([own, other].flatMap((each) => [each?.registry.stop(), each?.tokens.stop()]));
  await rm(folder, { recursive: true, force: true });
});

/** `slipway lock` of rows in both registries, by somebody whose environment has the account for the policy's own. */
async function lock(docker: object) {
  const cwd = await workRepository();
  const [ours, theirs] = [own.registry.host, other.host].map((host) => `oci://${host}/acme/rows:v1#a.csv`);
  await write(cwd, {
    "slipway.yaml": `slipway: 1\nartifacts: { store: "oci://${own.registry.host}/acme/models" }\n`,
    "models/m/model.yaml": `slipway: 1
task: classification
data: { train: "${ours}", test: "${theirs}", label: y }
predict: { run: "true" }
train: { run: "true" }
metrics: { accuracy: { metric: accuracy_score } }
`,
  });
  const person = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com"];
  await git(cwd, ["add", "--all"]);
  await git(cwd, [...person, "commit", "-qm", "Rows of both"]);
  const config = await temporaryFolder();
  await writeFile(join(config, "config.json"), JSON.stringify(docker));
  return execa(process.execPath, ["-r", join(folder, "resolve.cjs"), CLI, "lock"], {
    cwd,
    env: {
      ...{ SLIPWAY_OCI_USERNAME: "ada", SLIPWAY_OCI_PASSWORD: "secret-of-ada" },
      ...{ DOCKER_CONFIG: config, HOME: config, NODE_EXTRA_CA_CERTS: join(folder, "cert.pem") },
    },
    reject: false,
  });
}

const basic = (text: string) => `Basic ${Buffer.from(text).toString("base64")}`;

it("sends the environment's account to the policy's registry alone, and the other one what Docker has for it", async () => {
  const auth = Buffer.from("mia:secret-of-mia").toString("base64");
  const { exitCode, stdout } = await lock({ auths: { [other.host]: { auth } } });

  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: expect.stringContaining("2 pinned") });
  expect(new Set(own.tokens.asked.map(({ user }) => user))).toEqual(new Set(["ada"]));
  expect(new Set(other.tokens.asked.map(({ user }) => user))).toEqual(new Set(["mia"]));
  expect(other.seen).not.toContain(basic("ada:secret-of-ada"));
});

it("has nothing for the other one where Docker has nothing, and says so", async () => {
  const before = other.tokens.asked.length;
  const { exitCode, stderr } = await lock({});

  expect(exitCode).not.toBe(0);
  expect(stderr).toContain(`No credentials for ${other.host}/acme/rows were found`);
  expect(stderr).not.toContain("secret-of-ada");
  expect(new Set(other.tokens.asked.slice(before).map(({ user }) => user))).toEqual(new Set([undefined]));
  expect(other.seen).not.toContain(basic("ada:secret-of-ada"));
});
