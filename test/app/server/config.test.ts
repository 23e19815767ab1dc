import { generateKeyPairSync } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { Environment, readConfig } from "../../../app/server/config.ts";
import { SlipwayError } from "../../../core/errors.ts";

const { privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  privateKeyEncoding: { type: "pkcs1", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
});
const whole = { APP_ID: "12", PRIVATE_KEY: privateKey, WEBHOOK_SECRET: "0123456789abcdef" };
const folders: string[] = [];
afterEach(() => Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true }))));

function problemsOf(env: Record<string, string | undefined>): string[] {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof SlipwayError && error.code === "CONFIG_INVALID")
      return error.problems.map(({ message }) => message);
    throw error;
  }
  return [];
}

test("an empty environment is refused, with everything that is missing at once", () => {
  const problems = problemsOf({});
  expect(problems.map((message) => message.split(":")[0])).toEqual(["APP_ID", "WEBHOOK_SECRET", "PRIVATE_KEY"]);
});

test.each([
  ["APP_ID", "slipway"],
  ["WEBHOOK_SECRET", ""],
  ["WEBHOOK_SECRET", "development"],
  ["PRIVATE_KEY", "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----"],
  ["PORT", "http"],
  ["SLIPWAY_WORKERS", "0"],
  ["GITHUB_API_URL", "github.com"],
  ["LOG_LEVEL", "loud"],
])("%s may not be %j", (name, value) => {
  const [problem, ...more] = problemsOf({ ...whole, [name]: value });
  expect(problem).toContain(`${name}: `);
  expect(more).toEqual([]);
});

test("no problem quotes a secret", () => {
  const words = problemsOf({ ...whole, WEBHOOK_SECRET: "too short", PRIVATE_KEY: "c2VjcmV0LWtleQ==" }).join("\n");
  expect(words).not.toMatch(/too short|secret-key|c2Vj/);
});

test.each([
  ["as it is", privateKey],
  ["with \\n for line ends", privateKey.replaceAll("\n", "\\n")],
  ["in quotes, as set-up writes it", `"${privateKey.replaceAll("\n", "\\n")}"`],
  ["in base64", Buffer.from(privateKey).toString("base64")],
])("a private key is read %s", (_, given) => {
  expect(readConfig({ ...whole, PRIVATE_KEY: given }).PRIVATE_KEY).toBe(privateKey);
});

test("a private key is read from a file, or the file is named as what is wrong", async () => {
  const folder = await mkdtemp(join(tmpdir(), "slipway-config-"));
  folders.push(folder);
  const path = join(folder, "app.pem");
  const env = { ...whole, PRIVATE_KEY: undefined, PRIVATE_KEY_PATH: path };
  expect(problemsOf(env)).toEqual([expect.stringContaining("PRIVATE_KEY_PATH names cannot be read (ENOENT)")]);
  writeFileSync(path, privateKey);
  expect(readConfig(env).PRIVATE_KEY).toBe(privateKey);
});

test.each([
  ["https://api.github.com/", "https://github.com"],
  ["https://github.acme.example/api/v3", "https://github.acme.example"],
  ["http://127.0.0.1:4000", "http://127.0.0.1:4000"],
])("with its API at %s, GitHub itself is at %s", (api, server) => {
  expect(readConfig({ ...whole, GITHUB_API_URL: api }).GITHUB_SERVER_URL).toBe(server);
});

test(".env.example and docs/app.md name every variable, and no other", () => {
  const names = Object.keys(Environment.shape).sort();
  const example = readFileSync(".env.example", "utf8");
  expect([...example.matchAll(/^#? ?([A-Z_]+)=/gm)].map(([, name]) => name).sort()).toEqual(names);
  const page = readFileSync("docs/app.md", "utf8");
  expect([...page.matchAll(/^\| `([A-Z_]+)` +\|/gm)].map(([, name]) => name).sort()).toEqual(names);
});

test("a registry's password is refused where repositories may choose among registries", () => {
  const stores = (SLIPWAY_STORES: string) =>
    problemsOf({ ...whole, SLIPWAY_STORES, SLIPWAY_OCI_PASSWORD: "secret-of-harbor" });
  expect(stores("oci://harbor.example/ml oci://ghcr.io")).toEqual([
    expect.stringMatching(/^SLIPWAY_OCI_PASSWORD: of one registry/),
  ]);
  expect(stores("oci://harbor.example/ml oci://harbor.example/other file:/mnt/slipway")).toEqual([]);
});
