// What GitHub's clients take of undici, which is loaded once they use it: for a proxy, or for GitHub's API.
import type { ProxyAgent as Agent, Dispatcher } from "undici";

type Undici = typeof import("undici");
const undici = () => require("undici") as Undici;

export const fetch: Undici["fetch"] = (...args) => undici().fetch(...args);

/** Callers make it with `new`: they get undici's own. */
export function ProxyAgent(options: ConstructorParameters<typeof Agent>[0]): Dispatcher {
  return new (undici().ProxyAgent)(options);
}
