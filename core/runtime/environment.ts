import type { EnvironmentSpec } from "../../schemas/model-spec.ts";
import { SlipwayError } from "../errors.ts";
import { HARMLESS } from "../spec/pass-rules.ts";

/** What every command of user code gets from the caller, where it is set. */
const ALWAYS = ["PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ"];

/** What `environment.setup` gets besides: how to reach package registries from here. */
const REGISTRIES = [
  ...["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "all_proxy", "no_proxy"],
  ...["SSL_CERT_FILE", "SSL_CERT_DIR", "NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "PIP_CERT"],
  ...["npm_config_registry", "NPM_CONFIG_REGISTRY", "npm_config_cafile", "NPM_CONFIG_CAFILE"],
  ...["PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "PIP_TRUSTED_HOST"],
  ...["UV_DEFAULT_INDEX", "UV_INDEX", "UV_INDEX_URL", "UV_EXTRA_INDEX_URL"],
];

export interface EnvironmentRequest {
  spec: EnvironmentSpec | undefined;
  /** The environment of this process. */
  caller: Readonly<Record<string, string | undefined>>;
  /** Variables of the caller that the policy lets a spec hand on, besides the harmless ones. */
  passable: readonly string[];
  /** SLIPWAY_* variables of the step: places in its folder, relative to it, and other values. */
  paths?: Readonly<Record<string, string>> | undefined;
  values?: Readonly<Record<string, string>> | undefined;
  /** Where in the step's folder MLflow's client is to log, unless the model says where. */
  tracking?: string | undefined;
  /** Names of the policy's secrets for this stage. */
  secrets?: readonly string[];
  /** For `environment.setup`: adds what reaches package registries, and takes nothing that says how much of a machine to use. */
  setup?: boolean;
}

const TRACKING_URI = "MLFLOW_TRACKING_URI";

/** Folders that every folder of user code has beside its tree: an empty home, since `~` holds tokens and keys (.ssh, .npmrc). */
export const HOME = "home";
export const TEMPORARY = "tmp";

/**
 * The whole environment of one command of user code, built up from a short list: never the caller's. `paths` are the
 * variables that name places in the command's folder, relative to it.
 * `leftOut` names the registry variables that were not handed on because their address holds a password.
 * Throws SPEC_INVALID where `env` or `pass` ask for what they may not have.
 */
export function userEnvironment(request: EnvironmentRequest): {
  env: Record<string, string>;
  paths: Record<string, string>;
  leftOut: string[];
} {
  const { caller, spec } = request;
  const env: Record<string, string> = {};
  const leftOut: string[] = [];
  const take = (name: string) => {
    const value = caller[name];
    if (value !== undefined) env[name] = value;
  };

  ALWAYS.forEach(take);
  if (env["LANG"] === undefined && env["LC_ALL"] === undefined) env["LANG"] = "C.UTF-8";
  for (const name of request.setup ? REGISTRIES : []) {
    if (/\/\/[^/\s]*@/.test(caller[name] ?? "")) leftOut.push(name);
    else take(name);
  }
  if (request.setup) env["UV_COMPILE_BYTECODE"] = "1";
  for (const [name, value] of Object.entries(spec?.env ?? {})) {
    if (name.startsWith("SLIPWAY_")) throw refused(name, "env", "The platform sets these: use a name of your own.");
    env[name] = value;
  }
  for (const name of spec?.pass ?? []) {
    const isHarmless = HARMLESS.has(name);
    if (!isHarmless && !request.passable.includes(name)) {
      throw refused(name, "pass", "slipway.yaml of the default branch says what may be: environment: { pass: […] }.");
    }
    if (!(request.setup && isHarmless)) take(name);
  }
  (request.secrets ?? []).forEach(take);
  // Byte code belongs to setup: what user code wrote there would break the seal.
  if (!request.setup) env["PYTHONDONTWRITEBYTECODE"] = "1";
  // Git is told not to look for a repository above the exported tree.
  const { tracking } = request;
  const paths = {
    ...{ HOME, TMPDIR: TEMPORARY, ...(tracking === undefined ? {} : { [TRACKING_URI]: tracking }) },
    ...{ ...request.paths, GIT_CEILING_DIRECTORIES: "." },
  };
  const own = new Set(["HOME", "TMPDIR", TRACKING_URI].filter((name) => name in env));
  // Newer clients of MLflow take a folder only where they are told that it is meant.
  if (tracking !== undefined && !own.has(TRACKING_URI)) env["MLFLOW_ALLOW_FILE_STORE"] ??= "true";
  for (const name of Object.keys(paths)) if (!own.has(name)) delete env[name];
  const given = Object.entries(paths).filter(([name]) => !own.has(name));
  return { env: { ...env, ...request.values }, paths: Object.fromEntries(given), leftOut };
}

function refused(name: string, key: "env" | "pass", hint: string): SlipwayError {
  return new SlipwayError("SPEC_INVALID", `\`environment.${key}\` may not name ${name}`, {
    expected: key === "pass" ? "a variable that the policy lets through" : "a variable of one's own",
    found: name,
    hint,
  });
}
