import type { DataUri } from "../../spec/data-uri.ts";
import { filePlace } from "./file.ts";
import { httpsPlace } from "./https.ts";
import type { DataAccess, OpenedFile, Places, RemotePlace, Transfer } from "./place.ts";

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
    const place = open.get(key) ?? PLACES[scheme](access, host).then((each) => told(each, access.transfer));
    open.set(key, place);
    return place;
  };
}

/** The place, with `transfer` told of the bytes that are read from it. */
function told(place: RemotePlace, transfer: DataAccess["transfer"]): RemotePlace {
  if (transfer === undefined) return place;
  return {
    ...place,
    async open(uri, options) {
      const opened = await place.open(uri, options);
      return { ...opened, body: counted(opened, transfer()) };
    },
  };
}

async function* counted({ body, start, size }: OpenedFile, { moved, end }: Transfer): AsyncGenerator<Uint8Array> {
  let done = start;
  try {
    for await (const chunk of body) {
      done += chunk.length;
      moved({ done, total: size });
      yield chunk;
    }
  } finally {
    end();
  }
}
