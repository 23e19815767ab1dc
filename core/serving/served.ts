import type { Signature } from "../../schemas/manifest.ts";
import type { Column, Task } from "../../schemas/model-spec.ts";
import type { ModelName } from "../../schemas/names.ts";
import type { Answering, Prediction, Row } from "../runtime/answering/answering.ts";
import type { RequestLogState } from "./request-log/log-state.ts";
import type { RollingStatus } from "./rolling-version.ts";

/** What a request's rows are held to before user code sees them. */
export interface RowsExpected {
  /** Its inputs are the columns that rows have, in this order. */
  signature: Signature;
  /** The spec's `data.columns`, of the version's own commit. */
  columns: Readonly<Record<string, Column>>;
  /** Texts of a CSV field that mean null besides an empty one: the spec's `data.null-values`. */
  nullValues?: readonly string[];
  maxRows: number;
  unknownColumns: "ignore" | "refuse";
  /** The spec's `data.id`: clients may name rows by it, and user code does not see it. Absent for a sensitive one. */
  idColumn?: string | undefined;
}

/** A version that answers: checked in the registry, its bytes by digest, its code at its own commit. */
export interface ServedVersion extends RowsExpected {
  /** What the model is called. */
  model: string;
  /** The model's folder in the registry, which stays whatever the model is called. */
  folder: ModelName;
  version: number;
  stage: string;
  /** SHA-256 of the artifact. */
  digest: string;
  /** Milliseconds that a request may take. */
  timeoutMs: number;
  task: Task;
  /** A usual row, which documentation shows and warming up asks: no value of a sensitive column is in it. */
  example: Row;
  answering: Answering;
}

/** A model in a stage, as this process answers for it. */
export interface EndpointState {
  model: string;
  stage: string;
  /** The version that is live here; absent until the first one is ready. */
  live?: ServedVersion;
  /** Versions beside it that a request may name: what rolls out. */
  beside: readonly ServedVersion[];
  /** How what rolls out beside it does here. */
  rollout?: RollingStatus;
  /** Why a newer version does not answer, or none does. */
  problem?: string;
}

/** What a client asks of a model, in whatever protocol. */
export interface ServingRequest {
  /** May be left out if one model alone is served. */
  model?: string;
  /** One that is live or rolls out here; left out, the rollout routes. */
  version?: number;
  /** As they came; a field of a CSV file is a FieldText. */
  rows: readonly Readonly<Record<string, unknown>>[];
  /** The request's id. It need not be unique: clients choose it. */
  id: string;
  /** Requests with the same key meet the same version during a rollout. Default: `id`. */
  key?: string;
  traceparent?: string;
  signal?: AbortSignal;
  /** The route's name, for the request log. */
  route: string;
}

export interface Answer {
  version: ServedVersion;
  /** One a row, in the rows' order. */
  predictions: Prediction[];
  id: string;
  /** Milliseconds from the request's rows to the answer. */
  ms: number;
}

/** What the HTTP face and the request log see of serving. */
export interface Serving {
  endpoints(): readonly EndpointState[];
  /** Whether requests should come here: every endpoint has a live version with a worker, and the process does not end. */
  ready(): boolean;
  /** How the request log is; undefined if the policy names none. */
  requestLog?(): RequestLogState | undefined;
  /**
   * Checks the rows, routes, and asks once. Rejects with ROWS_INVALID (a problem for each column that is wrong),
   * MODEL_UNKNOWN, VERSION_UNKNOWN, SERVE_NOT_READY, and as Answering's `ask` does.
   */
  ask(request: ServingRequest): Promise<Answer>;
}
