import { isAbsolute, join } from "node:path";
import type { StoreChoice } from "../../../schemas/policy.ts";
import type { Problem } from "../../../schemas/problem.ts";
import { parseStore } from "../address.ts";
import { openNamedFolder } from "../file/named.ts";
import type { NamedStore } from "../named.ts";
import { openNamedRepository } from "../oci/named.ts";
import { openNamedBucket } from "../s3/open.ts";

/** The store of named objects that a key of slipway.yaml names, `monitor.requests.store` unless `key` says another. Rejects as parseStore does; `repository` is as openStore has it. */
export function openNamedStore(
  store: StoreChoice,
  repository: string,
  at: Pick<Problem, "file" | "line" | "column"> = {},
  env: Readonly<Record<string, string | undefined>> = process.env,
  key: "monitor.requests.store" | "monitor.rows" = "monitor.requests.store",
): NamedStore {
  const address = parseStore(store, at, key);
  if (address.scheme === "oci") return openNamedRepository(address, env);
  if (address.scheme === "s3") return openNamedBucket(address, env);
  return openNamedFolder(isAbsolute(address.path) ? address.path : join(repository, address.path));
}
