import { onTestFinished } from "vitest";
import { type Admission, admission } from "../../../api/serving/admission.ts";
import { type ServingApiOptions, servingApi } from "../../../api/serving/http.ts";
import { listen } from "../../../api/serving/listen.ts";
import { openServeLog } from "../../../api/serving/log.ts";
import { openServeMetrics } from "../../../api/serving/metrics.ts";
import { SlipwayError } from "../../../core/errors.ts";
import type { Answering, Ask, Prediction } from "../../../core/runtime/answering/answering.ts";
import { rowCheck, rowsInvalid } from "../../../core/serving/check-rows.ts";
import type { EndpointState, ServedVersion, Serving, ServingRequest } from "../../../core/serving/served.ts";

/** What a model's program says to rows. */
export type Program = (ask: Ask) => Prediction[] | Promise<Prediction[]>;

/** Adélie penguins have short bills. */
export const bySize: Program = ({ rows }) =>
  rows.map((row) => ({ prediction: (row["bill_length_mm"] as number) < 42 ? "adelie" : "gentoo" }));

export function answering(program: Program, ready = 1): Answering {
  return {
    ready: async () => {},
    ask: async (ask) => program(ask),
    state: () => ({ ready, workers: 1, queued: 0, restarts: 0 }),
    close: async () => {},
  };
}

export function served(about: Partial<ServedVersion> = {}): ServedVersion {
  return {
    ...{ model: "penguins", folder: "penguins", version: 3, stage: "production", digest: "d".repeat(64) },
    signature: {
      inputs: [
        { name: "bill_length_mm", type: "double" },
        { name: "island", type: "string" },
      ],
      outputs: [{ name: "prediction", type: "string" }],
    },
    columns: { bill_length_mm: { type: "double", min: 20 }, island: { type: "string", nulls: 0.1 } },
    ...{ maxRows: 100, timeoutMs: 1_000, unknownColumns: "ignore", task: "classification" },
    example: { bill_length_mm: 39.1, island: "Dream" },
    answering: answering(bySize),
    ...about,
  };
}

export interface TestFace {
  url: string;
  /** What the log was told, a line each. */
  log: Record<string, unknown>[];
  /** What was asked of a model. */
  asked: ServingRequest[];
  get(path: string, headers?: Record<string, string>): Promise<FaceAnswer>;
  /** Sends JSON, or a text as it is. */
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<FaceAnswer>;
}

export interface FaceAnswer {
  status: number;
  headers: Headers;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever was answered.
  body: any;
}

interface FaceOptions {
  endpoints?: readonly EndpointState[];
  ready?: boolean;
  admit?: Admission;
  options?: Partial<ServingApiOptions>;
}

/** The HTTP face on a port of its own, over versions in memory. */
export async function testFace({
  endpoints = [live(served())],
  ready = true,
  ...about
}: FaceOptions = {}): Promise<TestFace> {
  const log: Record<string, unknown>[] = [];
  const asked: ServingRequest[] = [];
  const serving = memoryServing(endpoints, ready, asked);
  const api = servingApi({
    serving,
    admit: about.admit ?? admission({ token: undefined, host: "127.0.0.1" }),
    metrics: openServeMetrics(serving),
    log: openServeLog("debug", (line) => void log.push(JSON.parse(line))),
    version: "0.0.0",
    ...about.options,
  });
  const { port, close } = await listen(api, { port: 0, host: "127.0.0.1" });
  onTestFinished(() => close(0));
  const url = `http://127.0.0.1:${port}`;
  const send = async (path: string, init: RequestInit): Promise<FaceAnswer> => {
    const response = await fetch(`${url}${path}`, init);
    const text = await response.text();
    const isJson = response.headers.get("content-type") === "application/json";
    return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : undefined };
  };
  return {
    ...{ url, log, asked },
    get: (path, headers = {}) => send(path, { headers }),
    post: (path, body, headers = {}) =>
      send(path, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: typeof body === "string" ? body : JSON.stringify(body),
      }),
  };
}

export function live(version: ServedVersion, beside: readonly ServedVersion[] = []): EndpointState {
  return { model: version.model, stage: version.stage, live: version, beside };
}

/** Serving without a registry: what is live stays so. */
export function memoryServing(endpoints: readonly EndpointState[], ready: boolean, asked: ServingRequest[]): Serving {
  return {
    endpoints: () => endpoints,
    ready: () => ready,
    async ask(request) {
      asked.push(request);
      const endpoint = endpoints.find(({ model }) => model === request.model);
      const here = [endpoint?.live, ...(endpoint?.beside ?? [])];
      const version = here.find((each) => request.version === undefined || each?.version === request.version);
      if (version === undefined) throw new SlipwayError("SERVE_NOT_READY", `${request.model} is not ready.`);
      const checked = rowCheck(version)(request.rows);
      if ("problems" in checked) throw rowsInvalid(checked.problems);
      const { id, traceparent, signal } = request;
      const predictions = await version.answering.ask({
        ...{ id, rows: checked.rows },
        ...(traceparent === undefined ? {} : { traceparent }),
        ...(signal === undefined ? {} : { signal }),
      });
      return { version, predictions, id, ms: 0 };
    },
  };
}
