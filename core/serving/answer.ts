import { SlipwayError } from "../errors.ts";
import { FieldText, type RowCheck, rowCheck, rowsInvalid } from "./check-rows.ts";
import type { Endpoint } from "./endpoint.ts";
import type { RequestEntry, RequestLog } from "./request-log/request-log.ts";
import type { Answer, ServedVersion, ServingRequest } from "./served.ts";

/** Made once for each version that answers. */
const checks = new WeakMap<ServedVersion, RowCheck>();

/**
 * As Serving's `ask`. Which version answers is settled when the request comes; a switch after that does not touch it. The log is
 * told of what came of it, but for rows that no version was asked.
 */
export async function answer(
  endpoints: readonly Endpoint[],
  request: ServingRequest,
  log?: RequestLog,
): Promise<Answer> {
  const began = performance.now();
  const at = Date.now();
  const version = versionFor(endpointFor(endpoints, request.model), request.version);
  const check = checks.get(version) ?? rowCheck(version);
  checks.set(version, check);
  const checked = check(request.rows);
  if ("problems" in checked) throw rowsInvalid(checked.problems);
  const { id, traceparent, signal } = request;
  const note = (outcome: Pick<RequestEntry, "predictions" | "error">) => {
    const ids = idsOf(request, version.idColumn);
    log?.record({ id, at, version, rows: checked.rows, ids, ms: performance.now() - began, ...outcome });
  };
  try {
    const predictions = await version.answering.ask({
      ...{ id, rows: checked.rows },
      ...(traceparent === undefined ? {} : { traceparent }),
      ...(signal === undefined ? {} : { signal }),
    });
    note({ predictions });
    return { version, predictions, id, ms: performance.now() - began };
  } catch (error) {
    note({ error: error instanceof SlipwayError ? error.code : "INTERNAL" });
    throw error;
  }
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
