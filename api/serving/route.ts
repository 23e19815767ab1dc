import type { Answer, EndpointState, ServedVersion, Serving } from "../../core/serving/served.ts";
import { type Refusal, RefusedRequest } from "./refusal.ts";

/** What is answered, before it is a response. */
export interface Reply {
  /** Default 200. */
  status?: number;
  /** A text is sent as it is; anything else as JSON. */
  body: unknown;
  /** Default application/json, or text/plain of a text. */
  type?: string;
  headers?: Readonly<Record<string, string>>;
}

/** A request of a client, as a route sees it. */
export interface Call {
  serving: Serving;
  /** A part of the path, decoded; undefined if the route's path has no such part. */
  param(name: string): string | undefined;
  /** A header by its name in lower case. */
  header(name: string): string | undefined;
  /** The body. Refuses what is too large or compressed. */
  bytes(): Promise<Buffer>;
  /** The body's text. Refuses what is not UTF-8, too. */
  text(): Promise<string>;
  /** Asks a model with what the request says of itself: its id, its key, its trace. */
  ask(question: {
    model: string;
    version?: number;
    rows: readonly Readonly<Record<string, unknown>>[];
  }): Promise<Answer>;
}

/** A row of the table of routes. */
export interface Route {
  method: "GET" | "POST";
  /** Hono's: `/v2/models/:model`. */
  path: string;
  /** For metrics and logs: the same for every model. */
  name: string;
  /** Needs no token: what a host asks that watches over the process. */
  isOpen?: true;
  refuse(refusal: Refusal): Reply;
  answer(call: Call): Reply | Promise<Reply>;
}

/** The one model that a route without a model's name speaks of. */
export function onlyModel(serving: Serving): string {
  const models = [...new Set(serving.endpoints().map(({ model }) => model))];
  const [only, ...more] = models;
  if (only !== undefined && more.length === 0) return only;
  throw new RefusedRequest(
    only === undefined ? 404 : 400,
    only === undefined
      ? "No model is served here."
      : `Several models are served here, and this route names none of them: ${models.join(", ")}. Ask /v2/models/<model>/infer or /v1/models/<model>:predict.`,
  );
}

/** The endpoint of a model. Its words for one that is not here are those of KServe's server. */
export function endpointOf(serving: Serving, model = ""): EndpointState {
  const found = serving.endpoints().find((endpoint) => endpoint.model === model);
  if (found) return found;
  throw new RefusedRequest(404, `Model with name ${model.slice(0, 200)} does not exist.`);
}

/** The version that a path names, or the live one. */
export function versionOf({ model, live, beside, problem }: EndpointState, named: string | undefined): ServedVersion {
  const here = [...(live ? [live] : []), ...beside];
  if (named === undefined) {
    if (live) return live;
    throw new RefusedRequest(503, `${model} is not ready${problem === undefined ? "." : `: ${problem}`}`);
  }
  const found = here.find(({ version }) => String(version) === named);
  if (found) return found;
  const numbers = here.map(({ version }) => version).join(", ");
  throw new RefusedRequest(
    404,
    `${model}@${named.slice(0, 20)} does not answer here; ${numbers || "no version"} does.`,
  );
}

/** Whether a version takes rows now: a process of it is ready, or starts with its first request. */
export function isReady({ answering }: ServedVersion): boolean {
  const { ready, workers, problem } = answering.state();
  return ready > 0 || (workers === 0 && problem === undefined);
}
