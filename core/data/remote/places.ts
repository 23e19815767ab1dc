import type { DataUri } from "../../spec/data-uri.ts";
import { filePlace } from "./file.ts";
import { httpsPlace } from "./https.ts";
import type { DataAccess, Places, RemotePlace } from "./place.ts";

/** What is loaded late is what few need. */
const PLACES: Record<DataUri["scheme"], (access: DataAccess, host: string) => Promise<RemotePlace>> = {
  https: async (access) => httpsPlace(access),
  file: async () => filePlace,
  s3: async (access, bucket) => (await import("./s3.ts")).s3Place(access, bucket),
  oci: async (access, host) => (await import("./oci.ts")).ociPlace(access, host),
};

/** The places of one operation: each is opened once. */
export function openPlaces(access: DataAccess): Places {
  const open = new Map<string, Promise<RemotePlace>>();
  return ({ scheme, host }) => {
    const key = `${scheme} ${host}`;
    const place = open.get(key) ?? PLACES[scheme](access, host);
    open.set(key, place);
    return place;
  };
}
