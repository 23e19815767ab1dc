import type { StoreChoice } from "../../schemas/policy.ts";
import type { Problem } from "../../schemas/problem.ts";
import { SlipwayError } from "../errors.ts";

/** Where a store is. `uri` is the address in its one spelling, and starts the URI of whatever the store holds. */
export type StoreAddress =
  | { scheme: "file"; uri: string; path: string }
  | { scheme: "oci"; uri: string; host: string; repository: string; also: readonly "image"[] }
  | {
      scheme: "s3";
      uri: string;
      bucket: string;
      prefix: string;
      endpoint?: string | undefined;
      region?: string | undefined;
    };

type Place = Pick<Problem, "file" | "line" | "column">;

const DEFAULT = "file:.slipway/store";
/** A name or an address, and a port: user names, paths and queries are refused. */
const HOST = /^(?:\[[0-9a-f:.]+\]|[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)(?::[0-9]{1,5})?$/;
/** The distribution specification's name of a repository. */
const REPOSITORY = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const PREFIX_PART = /^[\w!.*'()@=+,:-]{1,255}$/;

/**
 * The address that a key of slipway.yaml names: `artifacts.store`, by default `file:.slipway/store`, unless `key` says another.
 * `at` is where it stands. Throws UNSUPPORTED for a scheme that no store has, and POLICY_INVALID for an address that its scheme
 * cannot have.
 */
export function parseStore(
  store: StoreChoice | undefined,
  at: Place = {},
  key: "artifacts.store" | "monitor.requests.store" | "monitor.rows" = "artifacts.store",
): StoreAddress {
  const choice = typeof store === "string" || store === undefined ? { uri: store ?? DEFAULT } : store;
  const uri = choice.uri.replace(/(?<=.)\/+$/, "");
  const refuse = (message: string, expected: string, found = withoutUser(choice.uri), hint?: string) =>
    new SlipwayError("POLICY_INVALID", message, { ...at, expected, found, ...(hint ? { hint } : {}) });
  for (const [part, scheme] of [
    ["endpoint", "s3:"],
    ["region", "s3:"],
    ["also", "oci:"],
  ] as const) {
    if (choice[part] === undefined || uri.startsWith(scheme)) continue;
    throw refuse(`${key}.${part} is for a store at ${scheme} alone`, `${scheme}//… in ${key}.uri`);
  }
  const path = /^file:(?:\/\/(?=\/))?(?!\/\/)(.+)$/.exec(uri)?.[1];
  if (path !== undefined) return { scheme: "file", uri: `file:${path}`, path };
  const [, scheme, first = "", rest = ""] = /^(oci|s3):\/\/([^/]*)(?:\/(.*))?$/s.exec(uri) ?? [];
  if (scheme === "oci") {
    const host = first.toLowerCase();
    if (!HOST.test(host) || !REPOSITORY.test(rest) || rest.length > 255) {
      const lower = REPOSITORY.test(rest.toLowerCase()) ? "write the repository in lower case" : undefined;
      throw refuse("this is no repository of a container registry", "oci://ghcr.io/owner/repository", undefined, lower);
    }
    return { scheme, uri: `oci://${host}/${rest}`, host, repository: rest, also: choice.also ?? [] };
  }
  if (scheme === "s3") {
    const parts = rest === "" ? [] : rest.split("/");
    if (!BUCKET.test(first) || first.includes("..") || !parts.every(isPrefixPart) || rest.length > 700)
      throw refuse("this is no bucket with a prefix", "s3://bucket/prefix");
    const { endpoint, region } = choice;
    if (endpoint !== undefined && !isEndpoint(endpoint)) {
      const expected = "https://host, or http://127.0.0.1:PORT, without a user, a path or a query";
      throw refuse(`${key}.endpoint is no server that keys may be sent to`, expected, withoutUser(endpoint));
    }
    return { scheme, uri: ["s3:/", first, ...parts].join("/"), bucket: first, prefix: rest, endpoint, region };
  }
  throw new SlipwayError("UNSUPPORTED", "This version of Slipway has no store of that kind", {
    ...at,
    expected: `file:PATH, oci://HOST/REPOSITORY or s3://BUCKET/PREFIX in \`${key}\` of slipway.yaml`,
    found: withoutUser(choice.uri),
  });
}

/** Whether a URI names a folder of each clone's own, or what is in one: nobody else can read what is put there. */
export function isOfEachClone(uri: string): boolean {
  return uri.startsWith("file:") && !uri.startsWith("file:/");
}

/** Whether a host is this machine alone, so that plain HTTP to it crosses no network. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/:[0-9]+$/, "");
  return (
    name === "localhost" || name.endsWith(".localhost") || name === "[::1]" || /^127(?:\.[0-9]{1,3}){3}$/.test(name)
  );
}

/** Hosts that mean the machine that asks, or what only it can reach: nothing from elsewhere leads a runner there. */
export function isOwnAddress(hostname: string): boolean {
  const host = hostname
    .replace(/^\[|\]$/g, "")
    .replace(/\.$/, "")
    .toLowerCase();
  return (
    /^(localhost|.*\.localhost|0\.0\.0\.0|127\.[\d.]+|169\.254\.[\d.]+|::1?|fe[89ab][0-9a-f]:.*|fd00:ec2::254)$/.test(
      host,
    ) || /^::ffff:(7f|a9fe|0:)/.test(host)
  );
}

function isPrefixPart(part: string): boolean {
  return PREFIX_PART.test(part) && part !== "." && part !== "..";
}

function isEndpoint(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, host, username, password, pathname, search, hash } = new URL(text);
  if (`${username}${password}${search}${hash}` !== "" || pathname !== "/") return false;
  return protocol === "https:" || (protocol === "http:" && isLoopback(host));
}

function withoutUser(address: string): string {
  return address.replace(/\/\/[^/@]*@/, "//…@");
}
