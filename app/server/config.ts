import { resolve } from "node:path";
import { z } from "zod";
import { SlipwayError } from "../../core/errors.ts";
import { readSigningKey } from "../../core/git/ssh/private-key.ts";
import type { Problem } from "../../schemas/problem.ts";
import { isStoreRoot } from "../repositories/allowed-store.ts";
import { pemOf, readPrivateKey } from "./private-key.ts";

const whole = (min: number, max: number, otherwise: number) =>
  z.coerce.number().int().min(min).max(max).default(otherwise);

const STORES =
  "stores as `oci://ghcr.io`, `s3://bucket/prefix?endpoint=https://host` or `file:/mnt/slipway`, with a space between two";

/**
 * What the App reads from its environment. `.env.example` and docs/app.md list the same names: a test compares them.
 */
export const Environment = z.object({
  APP_ID: z.coerce.number<string>("the GitHub App's id, a number").int().positive().describe("The GitHub App's id."),
  PRIVATE_KEY: z.string().optional().describe("The App's private key: PEM, with `\\n` for line ends, or in base64."),
  PRIVATE_KEY_PATH: z.string().optional().describe("Or the file that holds it."),
  WEBHOOK_SECRET: z
    .string("the secret that GitHub signs its webhooks with; there is no default")
    .min(16, "at least 16 characters, as `openssl rand -hex 20` makes them")
    .describe("The secret that GitHub signs its webhooks with. There is no default."),
  GITHUB_API_URL: z.url().default("https://api.github.com").describe("GitHub's REST API."),
  GITHUB_SERVER_URL: z.url().optional().describe("GitHub's pages and Git. Default: follows from GITHUB_API_URL."),
  GITHUB_CLIENT_ID: z.string().optional().describe("The App's client id: with the two below, the portal is on."),
  GITHUB_CLIENT_SECRET: z
    .string()
    .min(20, "a client secret as GitHub makes it, whole")
    .optional()
    .describe(
      "A client secret of the App. People sign in with it, and their sessions are sealed with a key made from it.",
    ),
  SLIPWAY_URL: z
    .string()
    .refine(isOrigin, "the address at which browsers reach the App: `https://slipway.example.org`, without a path")
    .transform((url) => new URL(url).origin)
    .optional()
    .describe("The address at which browsers reach the App: `https://slipway.example.org`."),
  HOST: z.string().default("127.0.0.1").describe("The address to listen on."),
  PORT: whole(0, 65_535, 3000).describe("The port to listen on; 0 for a free one."),
  LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "fatal"]).default("info").describe("What is logged."),
  SLIPWAY_SIGNING_KEY: z
    .string()
    .optional()
    .describe("What tags are signed with: an Ed25519 key of SSH without a passphrase, written as PRIVATE_KEY is."),
  SLIPWAY_STATE: z.string().default("slipway-state").describe("The folder for mirrors. It can be deleted at any time."),
  SLIPWAY_STORES: z
    .string()
    .default("oci://ghcr.io")
    .transform((text) => text.split(/[\s,]+/).filter(Boolean))
    .pipe(z.array(z.string().refine(isStoreRoot, STORES)).max(20))
    .describe("The stores that repositories may use, each its own place below: `file:`, `oci://` or `s3://`."),
  SLIPWAY_WORKERS: whole(1, 64, 4).describe("How many repositories are worked on at once, one event each."),
  SLIPWAY_OPEN_REPOSITORIES: whole(1, 1000, 50).describe("How many mirrors stay open; each is one Git process."),
  SLIPWAY_QUEUE: whole(1, 1_000_000, 20_000).describe("How many deliveries may wait; more are answered 503."),
  SLIPWAY_QUEUE_MIB: whole(1, 65_536, 256).describe("How large they may be in all, in MiB; more are answered 503."),
  SLIPWAY_TRIES: whole(1, 20, 8).describe("How often a delivery is tried before it is given up."),
  SLIPWAY_WRITES_PER_MINUTE: whole(0, 10_000, 60).describe("REST calls that write, per minute; 0 for no limit."),
  SLIPWAY_CATCH_UP_MINUTES: whole(1, 1440, 10).describe("How often GitHub's state is compared with what was done."),
  SLIPWAY_SHUTDOWN_SECONDS: whole(0, 600, 25).describe("How long a stopping App waits for handlers that run."),
});
export type Environment = z.infer<typeof Environment>;

/** The App's settings, checked. They hold secrets: nothing logs them. */
export interface Config extends Omit<Environment, "PRIVATE_KEY_PATH"> {
  /** PEM. */
  PRIVATE_KEY: string;
  /** Without a slash at the end. */
  GITHUB_SERVER_URL: string;
}

/** Sessions are for one host, and cookies for HTTPS; on this machine browsers take HTTP for it. */
function isOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, pathname, search, hash, username } = new URL(text);
  const isLocal = ["127.0.0.1", "localhost", "[::1]"].includes(hostname);
  const isSafe = protocol === "https:" || (protocol === "http:" && isLocal);
  return isSafe && pathname === "/" && search === "" && hash === "" && username === "";
}

/** Rejects with CONFIG_INVALID, naming every variable that is missing or wrong, and none of their values. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  // A variable that is set to nothing is not set: compose files and .env write it so.
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ""));
  const parsed = Environment.safeParse(given);
  const key = readPrivateKey(given);
  const issues = (parsed.error?.issues ?? []).map(({ path, message }) => ({ at: path.join("."), message }));
  if ("wrong" in key) issues.push({ at: "PRIVATE_KEY", message: key.wrong });
  const signingKey = given["SLIPWAY_SIGNING_KEY"] && pemOf(given["SLIPWAY_SIGNING_KEY"]);
  if (signingKey && readSigningKey(signingKey) === undefined)
    issues.push({ at: "SLIPWAY_SIGNING_KEY", message: "a key as `ssh-keygen -t ed25519 -N ''` makes it, whole" });
  const registries = new Set(parsed.data?.SLIPWAY_STORES.flatMap((root) => /^oci:\/\/[^/]+/.exec(root) ?? []));
  // A repository chooses among them: a password of one would be sent to another.
  if (given["SLIPWAY_OCI_PASSWORD"] && registries.size > 1) {
    const message = "of one registry, and SLIPWAY_STORES names several: log in to each with `docker login` instead";
    issues.push({ at: "SLIPWAY_OCI_PASSWORD", message });
  }
  if (!parsed.success || "wrong" in key || issues.length > 0) throw invalid(issues);
  const { PRIVATE_KEY_PATH: _path, ...settings } = parsed.data;
  const api = trimmed(settings.GITHUB_API_URL);
  return {
    ...settings,
    PRIVATE_KEY: key.pem,
    ...(signingKey ? { SLIPWAY_SIGNING_KEY: signingKey } : {}),
    GITHUB_API_URL: api,
    GITHUB_SERVER_URL: trimmed(settings.GITHUB_SERVER_URL ?? serverOf(api)),
    SLIPWAY_STATE: resolve(settings.SLIPWAY_STATE),
  };
}

/** GitHub's own address, by its API's: github.com has the API on another host, an Enterprise Server below /api/v3. */
export function serverOf(api: string): string {
  return api === "https://api.github.com" ? "https://github.com" : api.replace(/\/api\/v3$/, "");
}

function trimmed(url: string): string {
  return url.replace(/\/+$/, "");
}

function invalid(issues: readonly { at: string; message: string }[]): SlipwayError {
  const problems: Problem[] = issues.map(({ at, message }) => ({
    code: "CONFIG_INVALID",
    message: `${at}: ${message}`,
  }));
  const names = issues.map(({ at }) => at).join(", ");
  return new SlipwayError("CONFIG_INVALID", `The App cannot start with this environment: ${names}`, { problems });
}
