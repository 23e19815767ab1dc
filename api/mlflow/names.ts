import { normalize } from "node:path/posix";
import { invalid } from "./errors.ts";

/** Refuses a name that MLflow refuses for a model, in MLflow's words. */
export function checkModelName(name: string, parameter: "name" | "new_name" = "name"): void {
  if (name.trim() === "") throw invalid(`Missing value for required parameter '${parameter}'.`);
  if (/[/:]/.test(name)) throw invalid(`Invalid model name '${name}'. Names cannot contain '/' or ':'.`);
  const resolved = normalize(name);
  if (resolved !== name || name === "." || name.startsWith(".."))
    throw invalid(
      `Invalid value ${JSON.stringify(name)} for parameter 'name' supplied: Names may be treated as files in certain cases, and must not resolve to other names when treated as such. This name would resolve to '${resolved}'`,
    );
}

/** A version's number. */
export function versionNumber(version: string): number {
  if (!/^\s*[+-]?\d{1,15}\s*$/.test(version))
    throw invalid(`Parameter 'version' must be an integer, got '${version}'.`);
  return Number(version);
}

const MAX_KEY = 250;
const MAX_VALUE = 100_000;

export function checkTag(key: string, value: string | undefined): void {
  if (!/^[/\p{L}\p{N}_.\- :]*$/u.test(key) || key === "__proto__")
    throw invalid(
      `Invalid value ${JSON.stringify(key)} for parameter 'key' supplied: Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), colon(:) and slashes (/).`,
    );
  const resolved = normalize(key);
  if (resolved !== key || key === "." || key.startsWith("..") || key.startsWith("/"))
    throw invalid(
      `Invalid value ${JSON.stringify(key)} for parameter 'key' supplied: Names may be treated as files in certain cases, and must not resolve to other names when treated as such. This name would resolve to '${resolved}'`,
    );
  if (key.length > MAX_KEY) throw invalid(`'key' exceeds the maximum length of ${MAX_KEY} characters`);
  if (value !== undefined && value.length > MAX_VALUE)
    throw invalid(`'value' exceeds the maximum length of ${MAX_VALUE} characters`);
}

const MAX_ALIAS = 255;

export function checkAliasName(alias: string): void {
  if (!/^[\p{L}\p{N}_-]*$/u.test(alias))
    throw invalid(
      `Invalid alias name: '${alias}'. Names may only contain alphanumerics, underscores (_), and dashes (-).`,
    );
  if (alias.length > MAX_ALIAS)
    throw invalid(`'Registered model alias name' exceeds the maximum length of ${MAX_ALIAS} characters`);
}

export function checkAliasFree(alias: string): void {
  if (alias.toLowerCase() === "latest") throw invalid("'latest' alias name (case insensitive) is reserved.");
  if (/^[vV]?\d+$/.test(alias)) throw invalid(`Version alias name '${alias}' is reserved.`);
}
