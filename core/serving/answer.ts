import { SlipwayError } from "../errors.ts";
import { FieldText, type RowCheck, rowCheck, rowsInvalid } from "./check-rows.ts";
import type { Endpoint } from "./endpoint.ts";
import type { RequestEntry, RequestLog } from "./request-log/request-log.ts";
import type { RollingVersion } from "./rolling-version.ts";
import type { Answer, ServedVersion, ServingRequest } from "./served.ts";
import { askBeside } from "./shadow.ts";

/** Made once for each version that answers. */
const checks = new WeakMap<ServedVersion, RowCheck>();

function checkOf(version: ServedVersion): RowCheck {
  const check = checks.get(version) ?? rowCheck(version);
  checks.set(version, check);
  return check;
}

/**
 * As Serving's `ask`. Which version answers is settled when the request comes; a switch after that does not touch it. While a
 * version rolls out, the request's key says who answers, unless the request names a version. The log is told of what came of it,
 * but for rows that no version was asked.
 */
export async function answer(
  endpoints: readonly Endpoint[],
  request: ServingRequest,
  log?: RequestLog,
): Promise<Answer> {
  const began = performance.now();
  const at = log?.now() ?? Date.now();
  const routed = route(endpointFor(endpoints, request.model), request);
  const { version, rolling } = routed;
  const { id, traceparent, signal } = request;
  const { step = 0, decision = "" } = rolling?.target ?? {};
  const count = (failed: boolean) => {
    if (routed.role === "candidate") rolling?.count(step, { ms: performance.now() - began, failed });
  };
  const checked = checkOf(version)(request.rows);
  if ("problems" in checked) {
    // A request that the live version takes is not the client's fault.
    if (routed.live !== undefined && !("problems" in checkOf(routed.live)(request.rows))) count(true);
    throw rowsInvalid(checked.problems);
  }
  const note = (outcome: Pick<RequestEntry, "predictions" | "error">) => {
    const ids = idsOf(request, version.idColumn);
    const rollout = rolling && { decision, step, role: routed.role };
    log?.record({ id, at, version, rows: checked.rows, ids, ms: performance.now() - began, rollout, ...outcome });
  };
  const answered = version.answering.ask({
    ...{ id, rows: checked.rows },
    ...(traceparent === undefined ? {} : { traceparent }),
    ...(signal === undefined ? {} : { signal }),
  });
  if (routed.shadow !== undefined && rolling !== undefined) {
    const { shadow } = routed;
    void askBeside(rolling, shadow, checkOf(shadow), { id, rows: request.rows, traceparent }, answered).then((came) => {
      const rollout = came && { decision, step, role: "shadow" as const, disagrees: came.disagrees };
      if (came !== undefined) log?.record({ id, at, ids: idsOf(request, shadow.idColumn), rollout, ...came });
    });
  }
  try {
    const predictions = await answered;
    count(false);
    note({ predictions });
    return { version, predictions, id, ms: performance.now() - began };
  } catch (error) {
    const code = error instanceof SlipwayError ? error.code : "INTERNAL";
    if (code !== "INTERRUPTED") count(true);
    note({ error: code });
    throw error;
  }
}

interface Routed {
  version: ServedVersion;
  role: "stable" | "candidate";
  /** Where the new version answers: the live one. */
  live?: ServedVersion;
  /** The new version, where it is asked beside. */
  shadow?: ServedVersion;
  /** What the request counts for; absent where it names its version. */
  rolling?: RollingVersion;
}

function route(endpoint: Endpoint, { version: wanted, key, id }: ServingRequest): Routed {
  const live = versionFor(endpoint, wanted);
  const beside = wanted === undefined ? endpoint.rolling() : undefined;
  if (beside === undefined) return { version: live, role: "stable" };
  const { rolling, candidate } = beside;
  const { answers, shadows } = rolling.route(key ?? id);
  if (answers === "candidate") return { version: candidate, role: "candidate", live, rolling };
  return { version: live, role: "stable", ...(shadows ? { shadow: candidate } : {}), rolling };
}

/** What the client named its rows by, if it did. */
function idsOf({ rows }: ServingRequest, column: string | undefined): RequestEntry["ids"] {
  if (column === undefined || !rows.some((row) => Object.hasOwn(row, column))) return undefined;
  return rows.map((row) => {
    const value = row[column] instanceof FieldText ? row[column].text : row[column];
    return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
  });
}

function endpointFor(endpoints: readonly Endpoint[], model: string | undefined): Endpoint {
  const [only] = endpoints;
  if (model === undefined && endpoints.length === 1 && only !== undefined) return only;
  const names = endpoints.map((each) => each.state().model);
  const found = endpoints[names.indexOf(model ?? "")];
  if (found !== undefined) return found;
  const listed =
    names.length > 20 ? `${names.slice(0, 20).join(", ")} and ${names.length - 20} more` : names.join(", ");
  if (model === undefined)
    throw new SlipwayError(
      "MODEL_UNKNOWN",
      "This server does not answer for one model alone: the request has to name one.",
      {
        expected: names.length === 0 ? "a model in the stage; there is none yet" : `one of ${listed}`,
        found: "no model",
      },
    );
  throw new SlipwayError("MODEL_UNKNOWN", `This server does not answer for the model ${model.slice(0, 100)}.`, {
    expected: names.length === 0 ? "a model in the stage; there is none yet" : `one of ${listed}`,
    found: model.slice(0, 100),
  });
}

function versionFor(endpoint: Endpoint, wanted: number | undefined): ServedVersion {
  const { model, stage, live, beside, problem } = endpoint.state();
  if (live === undefined)
    throw new SlipwayError("SERVE_NOT_READY", `No version of ${model} in ${stage} answers yet.`, {
      ...(problem === undefined ? {} : { found: problem }),
    });
  if (wanted === undefined || wanted === live.version) return live;
  const found = beside.find(({ version }) => version === wanted);
  if (found !== undefined) return found;
  throw new SlipwayError("VERSION_UNKNOWN", `Version ${wanted} of ${model} does not answer here.`, {
    expected: `version ${[live, ...beside].map(({ version }) => version).join(" or ")}`,
    found: String(wanted),
  });
}
