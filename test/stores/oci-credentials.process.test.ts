import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { findCredentials } from "../../core/stores/oci/credentials.ts";

const encoded = (text: string) => Buffer.from(text).toString("base64");

/** Docker's folder with a configuration, and helpers on PATH: each a shell script. */
async function docker(config: unknown, helpers: Record<string, string> = {}) {
  const folder = await mkdtemp(join(tmpdir(), "slipway-docker-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, "config.json"), typeof config === "string" ? config : JSON.stringify(config));
  const programs = join(folder, "programs");
  await mkdir(programs);
  for (const [name, script] of Object.entries(helpers)) {
    await writeFile(join(programs, `docker-credential-${name}`), `#!/bin/sh\n${script}\n`);
    await chmod(join(programs, `docker-credential-${name}`), 0o755);
  }
  return { DOCKER_CONFIG: folder, PATH: `${programs}:${process.env["PATH"]}` };
}

const AUTHS = { "registry.example": { auth: encoded("ada:of:ada") } };

it("takes a user and a password from the environment before all else", async () => {
  const env = { ...(await docker({ auths: AUTHS })), SLIPWAY_OCI_USERNAME: "grace", SLIPWAY_OCI_PASSWORD: "of-grace" };
  expect(await findCredentials("registry.example", env)).toEqual({ username: "grace", password: "of-grace" });
});

it.each([
  ["registry.example", { username: "ada", password: "of:ada" }],
  ["other.example", undefined],
])("takes what Docker's configuration has for the host %s itself", async (host, found) => {
  expect(await findCredentials(host, await docker({ auths: AUTHS }))).toEqual(found);
});

it("knows a host that the configuration writes as a URL", async () => {
  const env = await docker({ auths: { "https://Registry.example/v1/": { auth: encoded("ada:x") } } });
  expect(await findCredentials("registry.example", env)).toEqual({ username: "ada", password: "x" });
});

it("takes an identity token as one that gets others", async () => {
  const env = await docker({ auths: { "registry.example": { auth: "", identitytoken: "refresh" } } });
  expect(await findCredentials("registry.example", env)).toEqual({ refreshToken: "refresh" });
});

it("asks the helper of the host before the store of all", async () => {
  const env = await docker(
    { credHelpers: { "registry.example": "own" }, credsStore: "all" },
    {
      own: `read host; test "$host" = registry.example && echo '{"Username":"ada","Secret":"from-own"}'`,
      all: `echo '{"Username":"<token>","Secret":"from-all"}'`,
    },
  );
  expect(await findCredentials("registry.example", env)).toEqual({ username: "ada", password: "from-own" });
  expect(await findCredentials("other.example", env)).toEqual({ refreshToken: "from-all" });
});

it("has none where a helper knows none, and goes on to the file", async () => {
  const env = await docker({ credsStore: "all", auths: AUTHS }, { all: "echo credentials not found; exit 1" });
  expect(await findCredentials("registry.example", env)).toEqual({ username: "ada", password: "of:ada" });
  expect(await findCredentials("other.example", env)).toBeUndefined();
});

it("has none without a configuration", async () => {
  expect(await findCredentials("registry.example", { HOME: "/nowhere/at/all" })).toBeUndefined();
});

it.each([
  ["a configuration that is none", "not JSON", {}],
  ["a helper that is not there", { credsStore: "absent" }, {}],
  ["a helper with a path for a name", { credsStore: "../evil" }, {}],
  ["a helper that says something else", { credsStore: "all" }, { all: "echo a-secret-that-leaked" }],
])("says that %s is broken, and no secret", async (_, config, helpers) => {
  const error = await findCredentials("registry.example", await docker(config, helpers)).catch((each) => each);
  expect(error).toMatchObject({ code: "STORE_NO_CREDENTIALS" });
  expect(JSON.stringify([error.message, error.problems, error.cause])).not.toContain("a-secret");
});
