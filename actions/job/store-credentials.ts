import { access, constants, mkdir, stat, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { SlipwayError } from "../../core/errors.ts";
import { removeTree } from "../../core/runtime/remove-tree.ts";
import { readDockerConfig } from "../../core/stores/oci/credentials.ts";
import { secretsInput } from "./inputs.ts";
import type { ActionPorts } from "./ports.ts";

/** What a JSON object of credentials may hold: what the stores read, and nothing that would change anything else. */
const KNOWN = /^(SLIPWAY_OCI_(USERNAME|PASSWORD)|AWS_[A-Z0-9_]{1,60})$/;
const SAFE_RUN = 60;

/** Credentials that this process has, until `remove`. */
export interface StoreCredentials {
  /** From the environment, and from disk. */
  remove(): Promise<void>;
}

/**
 * Gives this process what opens data and the store, by its environment: the JSON object in the input `input`; the job's own
 * token, for GitHub's container registry and no other host, by Docker's configuration in `folder`; and with an ARN in
 * `aws-role` the role that GitHub's OIDC token opens. Every value is masked. Rejects with USAGE if an input is not what it
 * should be, with SYSTEM_FAILED if GitHub gives no token, and with STORE_NO_CREDENTIALS if Docker's configuration of the machine
 * is too large.
 */
export async function giveStoreCredentials(
  ports: ActionPorts,
  folder: string,
  input: "data" | "store",
): Promise<StoreCredentials> {
  const { env, context } = ports;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const before = new Map<string, string | undefined>();
  const set = (name: string, value: string) => {
    if (!before.has(name)) before.set(name, env[name]);
    env[name] = value;
  };
  const given = secretsInput(ports, input);
  const strange = Object.keys(given).find((name) => !KNOWN.test(name));
  if (strange !== undefined) {
    throw new SlipwayError("USAGE", `The input \`${input}\` holds something that no store reads`, {
      expected: "SLIPWAY_OCI_USERNAME and SLIPWAY_OCI_PASSWORD, or names that begin with AWS_",
      found: strange.slice(0, 100),
    });
  }
  for (const [name, value] of Object.entries(given)) set(name, value);
  const token = ports.input("token");
  if (token !== "") {
    ports.mask(token);
    const { registry, user } = {
      registry: registryOf(context.serverUrl),
      user: env["GITHUB_ACTOR"] || "x-access-token",
    };
    await writeDockerConfig(folder, env, registry, Buffer.from(`${user}:${token}`).toString("base64"));
    set("DOCKER_CONFIG", folder);
  }
  const role = input === "store" ? ports.input("aws-role") : "";
  if (role !== "") {
    const file = join(folder, "aws-token");
    await writeFile(file, await ports.idToken("sts.amazonaws.com"), { mode: 0o600, flag: "wx" });
    set("AWS_ROLE_ARN", role);
    set("AWS_WEB_IDENTITY_TOKEN_FILE", file);
    set("AWS_ROLE_SESSION_NAME", `slipway-${context.runId}`.slice(0, SAFE_RUN));
  }
  return {
    async remove() {
      for (const [name, value] of before) {
        if (value === undefined) delete env[name];
        else env[name] = value;
      }
      before.clear();
      await removeTree(folder);
    },
  };
}

/** GitHub's container registry, by the server's own address. */
function registryOf(serverUrl: string): string {
  const { host } = new URL(serverUrl);
  return host === "github.com" ? "ghcr.io" : `containers.${host}`;
}

/** What the machine has of its own stays, and the job's token comes to it, bound to one host. */
async function writeDockerConfig(
  folder: string,
  env: Readonly<Record<string, string | undefined>>,
  registry: string,
  auth: string,
): Promise<void> {
  const own = join(env["DOCKER_CONFIG"] || join(env["HOME"] || homedir(), ".docker"), "config.json");
  // What this job may not read, such as what root's login left there, it never had.
  const config = objectIn((await isReadable(own)) ? ((await readDockerConfig(own)) ?? "{}") : "{}");
  const merged = { ...config, auths: { ...objectOf(config["auths"]), [registry]: { auth } } };
  await writeFile(join(folder, "config.json"), JSON.stringify(merged), { mode: 0o600 });
}

async function isReadable(file: string): Promise<boolean> {
  try {
    await access(file, constants.R_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}

function objectIn(text: string): Record<string, unknown> {
  try {
    return objectOf(JSON.parse(text));
  } catch {
    return {};
  }
}

function objectOf(value: unknown): Record<string, unknown> {
  return value !== null && typeof value === "object" ? { ...value } : {};
}
