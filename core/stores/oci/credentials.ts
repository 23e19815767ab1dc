import { readFile, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { z } from "zod";
import { SlipwayError } from "../../errors.ts";

/** What proves to a registry, or to the token server that it names, who asks. */
export type Credentials = { username: string; password: string } | { refreshToken: string };

const MOST_CONFIG = 1024 * 1024;
const HELPER_TIMEOUT = 30_000;
const name = z.string().regex(/^[\w.-]{1,100}$/);

const DockerConfig = z.object({
  auths: z
    .record(z.string(), z.object({ auth: z.string().optional(), identitytoken: z.string().optional() }))
    .optional(),
  credHelpers: z.record(z.string(), name).optional(),
  credsStore: name.optional(),
});
const HelperAnswer = z.object({ Username: z.string(), Secret: z.string() });

/**
 * The credentials for a registry: `SLIPWAY_OCI_USERNAME` and `SLIPWAY_OCI_PASSWORD`, else what Docker's config.json has for the
 * host (in `$DOCKER_CONFIG` or ~/.docker): a credential helper, the credential store, or the file itself. undefined if there
 * are none: a public repository is read without. Rejects with STORE_NO_CREDENTIALS if the file or a helper is broken.
 */
export async function findCredentials(
  host: string,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<Credentials | undefined> {
  const { SLIPWAY_OCI_USERNAME: username, SLIPWAY_OCI_PASSWORD: password } = env;
  if (password) return { username: username || "slipway", password };
  const path = join(env["DOCKER_CONFIG"] || join(env["HOME"] || homedir(), ".docker"), "config.json");
  const config = await readConfig(path);
  if (config === undefined) return undefined;
  const helper = ownValue(config.credHelpers, host) ?? config.credsStore;
  const helped = helper === undefined ? undefined : await askHelper(helper, host, env);
  if (helped !== undefined) return helped;
  const found = Object.entries(config.auths ?? {}).find(([key]) => hostOf(key) === host)?.[1];
  if (found?.identitytoken) return { refreshToken: found.identitytoken };
  const decoded = found?.auth === undefined ? "" : Buffer.from(found.auth, "base64").toString("utf8");
  const colon = decoded.indexOf(":");
  return colon < 0 ? undefined : { username: decoded.slice(0, colon), password: decoded.slice(colon + 1) };
}

async function readConfig(path: string): Promise<z.infer<typeof DockerConfig> | undefined> {
  const text = await readDockerConfig(path);
  if (text === undefined) return undefined;
  try {
    return DockerConfig.parse(JSON.parse(text));
  } catch {
    throw broken(path, "it is not Docker's configuration");
  }
}

/** The text of a config.json of Docker's; undefined if there is none. Rejects with STORE_NO_CREDENTIALS if it cannot be read or is larger than any. */
export async function readDockerConfig(path: string): Promise<string | undefined> {
  try {
    const about = await stat(path);
    if (!about.isFile()) throw broken(path, "it is no regular file");
    if (about.size > MOST_CONFIG) throw broken(path, `it has ${about.size} bytes, and may have ${MOST_CONFIG}`);
    return await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof SlipwayError) throw error;
    if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw broken(path, "it cannot be read");
  }
}

/** What a helper knows of the host; undefined if it knows nothing, which helpers say by failing. */
async function askHelper(
  helper: string,
  host: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Credentials | undefined> {
  const program = `docker-credential-${helper}`;
  // What it says may be a secret: it goes into no error.
  const asked = await execa(program, ["get"], {
    input: host,
    timeout: HELPER_TIMEOUT,
    maxBuffer: MOST_CONFIG,
    env,
    extendEnv: false,
    reject: false,
  });
  if (asked.code === "ENOENT") throw broken(program, "Docker's config.json names it, and there is no such program");
  if (asked.failed) return undefined;
  try {
    const { Username, Secret } = HelperAnswer.parse(JSON.parse(asked.stdout));
    return Username === "<token>" ? { refreshToken: Secret } : { username: Username, password: Secret };
  } catch {
    throw broken(program, "its answer is no credential");
  }
}

function hostOf(key: string): string {
  return key
    .replace(/^https?:\/\//, "")
    .replace(/\/.*$/, "")
    .toLowerCase();
}

function ownValue(record: Record<string, string> | undefined, key: string): string | undefined {
  return record && Object.hasOwn(record, key) ? record[key] : undefined;
}

function broken(what: string, why: string): SlipwayError {
  return new SlipwayError("STORE_NO_CREDENTIALS", `No credentials can be had from ${what}: ${why}`, {
    hint: "Log in again with `docker login` or `oras login`, or set SLIPWAY_OCI_USERNAME and SLIPWAY_OCI_PASSWORD.",
  });
}
