import { SlipwayError } from "../../errors.ts";
import { dataUri } from "../../spec/data-uri.ts";
import type { DataAccess } from "./place.ts";
import { openPlaces } from "./places.ts";

/** Where a server is, which is no secret. */
const PLACES = ["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_REGION", "AWS_DEFAULT_REGION"];

/**
 * Whether a machine opens a file that is meant for `labelsEnv` alone: with what `env` and the machine itself have, as a role
 * of its own, or with nothing at all, as anybody does.
 */
export async function opensToAnyone(uri: string, access: DataAccess): Promise<boolean> {
  const { env, labelsEnv = {} } = access;
  const at = dataUri(uri);
  const places = Object.fromEntries(PLACES.map((name) => [name, labelsEnv[name] ?? env[name]]));
  for (const tried of [{ env: { ...env, ...places } }, { env: places, anonymous: true }]) {
    const opened = await openPlaces({ ...access, ...tried })(at)
      .then((place) => place.look(at))
      .catch((error: unknown) => {
        if (error instanceof SlipwayError && error.code !== "INTERRUPTED") return undefined;
        throw error;
      });
    if (opened !== undefined) return true;
  }
  return false;
}
