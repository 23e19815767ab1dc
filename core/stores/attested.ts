import type { StoredFile } from "../../schemas/manifest.ts";
import type { RunResult } from "../../schemas/run-result.ts";
import type { SlipwayError } from "../errors.ts";
import type { StoreAddress } from "./address.ts";

/** Whether a store refused to be read by this host, which another host may read: not that it is away, nor that it lacks bytes. */
export function isDenied({ code }: SlipwayError): boolean {
  return code === "STORE_DENIED" || code === "STORE_NO_CREDENTIALS";
}

/** How a run's result names the store that its bytes were put into: another server is another store. */
export function storedIn(store: StoreAddress): Omit<NonNullable<RunResult["stored"]>, "at"> {
  const endpoint = store.scheme === "s3" ? store.endpoint : undefined;
  return { store: store.uri, ...(endpoint === undefined ? {} : { endpoint }) };
}

/** Whether an address is one that a remote store gives to these bytes. Of a folder it never is: who has it reads it. */
export function isInStore(store: StoreAddress, { uri, sha256 }: Pick<StoredFile, "uri" | "sha256">): boolean {
  if (store.scheme === "oci")
    return uri.startsWith(`${store.uri}@`) && /^@sha256:[0-9a-f]{64}$/.test(uri.slice(store.uri.length));
  return store.scheme === "s3" && uri === `${store.uri}/sha256/${sha256.slice(0, 2)}/${sha256}`;
}
