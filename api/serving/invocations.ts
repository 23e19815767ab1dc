import { z } from "zod";
import { csvRows } from "./csv-rows.ts";
import { Instances, instanceRows } from "./instances.ts";
import { isJson, parsed } from "./json-request.ts";
import { plainPredictions } from "./plain-predictions.ts";
import { type Refusal, RefusedRequest } from "./refusal.ts";
import { type Call, onlyModel, type Reply, type Route } from "./route.ts";

const Split = z.object({ columns: z.array(z.string()), data: z.array(z.array(z.unknown())) });
const Records = z.array(z.record(z.string(), z.unknown()));
const Columns = z.record(z.string(), z.array(z.unknown()));

/** A reader for each of the fields that may hold the rows. */
const READERS: Readonly<Record<string, (value: unknown) => readonly Readonly<Record<string, unknown>>[]>> = {
  dataframe_split: (value) => splitRows(inForm(value, "dataframe_split", Split)),
  dataframe_records: (value) => inForm(value, "dataframe_records", Records),
  instances: (value) => instanceRows(inForm(value, "instances", Instances)),
  inputs: (value) => columnRows(inForm(value, "inputs", Columns)),
};
const FIELDS = Object.keys(READERS);

/** MLflow's scoring server, which is also what SageMaker asks of a container. */
export function scoringServer(serverVersion: string): Route[] {
  const about = { refuse: mlflowError };
  return [
    { ...about, method: "POST", path: "/invocations", name: "invocations", answer: invocations },
    ...["/ping", "/health"].map<Route>((path) => ({
      ...{ ...about, method: "GET", path, name: path.slice(1), isOpen: true },
      answer: ({ serving }) => ({ status: serving.ready() ? 200 : 503, body: "\n" }),
    })),
    {
      ...about,
      method: "GET",
      path: "/version",
      name: "version",
      isOpen: true,
      answer: () => ({ body: serverVersion }),
    },
  ];
}

async function invocations(call: Call): Promise<Reply> {
  const model = onlyModel(call.serving);
  const type = call.header("content-type") ?? "";
  if (/^text\/csv\s*(;|$)/i.test(type))
    return { body: plainPredictions(await call.ask({ model, rows: csvRows(await call.text()) })) };
  if (!isJson(type))
    throw new RefusedRequest(
      415,
      `This server takes the content types application/json and text/csv, and got ${type.slice(0, 100) || "none"}: with curl, add -H 'content-type: application/json'.`,
    );
  return { body: plainPredictions(await call.ask({ model, rows: jsonRows(await call.text()) })) };
}

function jsonRows(text: string): readonly Readonly<Record<string, unknown>>[] {
  const body = parsed(text, z.record(z.string(), z.unknown()));
  const given = FIELDS.filter((field) => Object.hasOwn(body, field));
  const [field, ...more] = given;
  if (field === undefined || more.length > 0)
    throw new RefusedRequest(
      400,
      `The body needs exactly one of ${FIELDS.join(", ")}, and has ${given.join(", ") || "none"}.`,
    );
  return (READERS[field] as (typeof READERS)[string])(body[field]);
}

function inForm<T>(value: unknown, field: string, schema: z.ZodType<T>): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const where = [field, ...(issue?.path ?? [])].map(String).join(".").slice(0, 200);
  throw new RefusedRequest(400, `${where}: ${issue?.message ?? "invalid"}.`);
}

function splitRows({ columns, data }: z.infer<typeof Split>): Record<string, unknown>[] {
  if (new Set(columns).size < columns.length)
    throw new RefusedRequest(400, "dataframe_split.columns names a column twice.");
  return data.map((values, at) => {
    if (values.length !== columns.length)
      throw new RefusedRequest(
        400,
        `dataframe_split.data, row ${at + 1}: expected ${columns.length} values, found ${values.length}.`,
      );
    return Object.fromEntries(columns.map((name, column) => [name, values[column]]));
  });
}

function columnRows(columns: z.infer<typeof Columns>): Record<string, unknown>[] {
  const entries = Object.entries(columns);
  const count = entries[0]?.[1].length ?? 0;
  const uneven = entries.find(([, values]) => values.length !== count);
  if (uneven)
    throw new RefusedRequest(
      400,
      `inputs.${uneven[0].slice(0, 100)}: expected ${count} values, as the first column has, found ${uneven[1].length}.`,
    );
  return Array.from({ length: count }, (_, row) =>
    Object.fromEntries(entries.map(([name, values]) => [name, values[row]])),
  );
}

const CODES: Readonly<Record<Refusal["status"], string>> = {
  400: "BAD_REQUEST",
  401: "UNAUTHENTICATED",
  403: "PERMISSION_DENIED",
  404: "RESOURCE_DOES_NOT_EXIST",
  405: "BAD_REQUEST",
  413: "BAD_REQUEST",
  415: "BAD_REQUEST",
  500: "INTERNAL_ERROR",
  503: "TEMPORARILY_UNAVAILABLE",
  504: "TEMPORARILY_UNAVAILABLE",
};

/** As MLflow's scoring server says it: another content type in plain text, all else with a code. */
function mlflowError({ status, message }: Refusal): Reply {
  return { status, body: status === 415 ? message : { error_code: CODES[status], message } };
}
