import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { giveStoreCredentials } from "../../../actions/job/store-credentials.ts";
import { findCredentials } from "../../../core/stores/oci/credentials.ts";
import { temporaryFolder } from "../../runtime/temporary.ts";
import { arrangeRunner, EVENTS } from "../ports.ts";

async function given(input: "data" | "store", inputs: Record<string, string>, env: Record<string, string> = {}) {
  const runner = await arrangeRunner({ folder: temporaryFolder() });
  const home = temporaryFolder();
  const { ports, told } = await runner.job(EVENTS.push("a".repeat(40)), inputs, { HOME: home, ...env });
  const before = { ...ports.env };
  ports.context = { ...ports.context, serverUrl: "https://github.com" };
  const folder = join(home, "credentials");
  const credentials = await giveStoreCredentials(ports, folder, input);
  return { ports, told, folder, before, credentials };
}

it("gives the job's token to GitHub's own container registry, and to no other host", async () => {
  const { ports, folder, told } = await given("store", { token: "job-token" }, { GITHUB_ACTOR: "ada" });
  expect(ports.env["DOCKER_CONFIG"]).toBe(folder);
  const file = join(folder, "config.json");
  expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({
    auths: { "ghcr.io": { auth: Buffer.from("ada:job-token").toString("base64") } },
  });
  expect(statSync(file).mode & 0o077).toBe(0);
  expect(told.masks).toContain("job-token");
});

it("opens GitHub's registry with it as the store reads credentials, and nothing else", async () => {
  const { ports } = await given("data", { token: "job-token" }, { GITHUB_ACTOR: "ada" });
  expect(await findCredentials("ghcr.io", ports.env)).toEqual({ username: "ada", password: "job-token" });
  for (const host of ["registry.example.org", "ghcr.io.example.org", "containers.github.com"])
    expect(await findCredentials(host, ports.env)).toBeUndefined();
});

it("refuses a machine's own Docker configuration that is larger than any, before it reads it", async () => {
  const docker = temporaryFolder();
  writeFileSync(join(docker, "config.json"), "");
  truncateSync(join(docker, "config.json"), 3 * 1024 ** 3);
  await expect(given("data", { token: "job-token" }, { DOCKER_CONFIG: docker })).rejects.toMatchObject({
    code: "STORE_NO_CREDENTIALS",
    message: expect.stringContaining("it has 3221225472 bytes"),
  });
});

it.each([
  ["a folder", (file: string) => mkdirSync(file)],
  ["no regular file", (file: string) => symlinkSync("/dev/null", file)],
])("does without a Docker configuration that it cannot read: %s", async (_, make) => {
  const docker = temporaryFolder();
  make(join(docker, "config.json"));
  const { ports } = await given("data", { token: "job-token" }, { GITHUB_ACTOR: "ada", DOCKER_CONFIG: docker });
  expect(await findCredentials("ghcr.io", ports.env)).toEqual({ username: "ada", password: "job-token" });
});

it("keeps what the machine has of its own for other registries", async () => {
  const docker = temporaryFolder();
  const auths = { "registry.example.org": { auth: Buffer.from("ada:own").toString("base64") } };
  writeFileSync(join(docker, "config.json"), JSON.stringify({ auths }));
  const { ports } = await given("data", { token: "job-token" }, { DOCKER_CONFIG: docker });
  expect(await findCredentials("registry.example.org", ports.env)).toEqual({ username: "ada", password: "own" });
});

it("sets what a secret holds, and masks it", async () => {
  const { ports, told } = await given("data", { data: '{"AWS_ACCESS_KEY_ID":"key","AWS_SESSION_TOKEN":null}' });
  expect(ports.env["AWS_ACCESS_KEY_ID"]).toBe("key");
  expect(ports.env["AWS_SESSION_TOKEN"]).toBeUndefined();
  expect(told.masks).toContain("key");
});

it("takes on a role of AWS by GitHub's OIDC token, in the job that stores alone", async () => {
  const role = { "aws-role": "arn:aws:iam::1:role/models" };
  const { ports } = await given("store", role);
  expect(ports.env).toMatchObject({ AWS_ROLE_ARN: role["aws-role"], AWS_ROLE_SESSION_NAME: "slipway-77" });
  const token = readFileSync(ports.env["AWS_WEB_IDENTITY_TOKEN_FILE"] ?? "", "utf8");
  expect(token).toBe("id-token for sts.amazonaws.com");
  expect((await given("data", role)).ports.env["AWS_ROLE_ARN"]).toBeUndefined();
});

it("takes everything back, from the environment and from disk", async () => {
  const secret = '{"SLIPWAY_OCI_USERNAME":"ada","SLIPWAY_OCI_PASSWORD":"p"}';
  const inputs = { token: "job-token", store: secret, "aws-role": "arn:aws:iam::1:role/models" };
  const { ports, before, folder, credentials } = await given("store", inputs, { DOCKER_CONFIG: "/none" });
  expect(ports.env["SLIPWAY_OCI_PASSWORD"]).toBe("p");
  await credentials.remove();
  expect(ports.env).toEqual(before);
  expect(existsSync(folder)).toBe(false);
});

it.each(["NODE_OPTIONS", "PATH", "DOCKER_CONFIG"])("refuses a secret that would set %s", async (name) => {
  const secret = JSON.stringify({ [name]: "value" });
  await expect(given("data", { data: secret })).rejects.toMatchObject({ problems: [{ code: "USAGE", found: name }] });
});
