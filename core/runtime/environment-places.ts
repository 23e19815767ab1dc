import { join } from "node:path";
import { sha256 } from "../canonical.ts";

/** What lies where of one prepared environment, and the mark of the processes that make it. */
export function environmentPlaces(cache: string, key: string) {
  const home = join(cache, "env", key);
  const mark = `setup-${sha256(home).slice(0, 32)}`;
  return { home, made: join(home, "made"), ready: join(home, "ready"), lock: join(home, "lock"), mark };
}
