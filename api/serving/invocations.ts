import { z } from "zod";
import { csvRows } from "./csv-rows.ts";
import { instanceRows } from "./instances.ts";
import { isJson, parsed } from "./json-request.ts";
import { plainPredictions } from "./plain-predictions.ts";
import { type Refusal, RefusedRequest } from "./refusal.ts";
import { type Call, onlyModel, type Reply, type Route } from "./route.ts";
import { Fields, List, mostRows, refuseTooMany } from "./size.ts";

const Split = z.object({ columns: List, data: List });
const Names = z.array(z.string());

/** A reader for each of the fields that may hold the rows, of which there may be so many. */
const READERS: Readonly<
  Record<string, (value: unknown, most: number) => readonly Readonly<Record<string, unknown>>[]>
> = {
  dataframe_split: (value, most) => splitRows(inForm(value, "dataframe_split", Split), most),
  dataframe_records: (value, most) => instanceRows(inForm(value, "dataframe_records", List), most),
  instances: (value, most) => instanceRows(inForm(value, "instances", List), most),
  inputs: (value, most) => columnRows(inForm(value, "inputs", Fields), most),
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
  const most = mostRows(call, model);
  const type = call.header("content-type") ?? "";
  if (/^text\/csv\s*(;|$)/i.test(type))
    return { body: plainPredictions(await call.ask({ model, rows: csvRows(await call.text(), most) })) };
  if (!isJson(type))
    throw new RefusedRequest(
      415,
      `This server takes the content types application/json and text/csv, and got ${type.slice(0, 100) || "none"}: with curl, add -H 'content-type: application/json'.`,
    );
  return { body: plainPredictions(await call.ask({ model, rows: jsonRows(await call.text(), most) })) };
}

function jsonRows(text: string, most: number): readonly Readonly<Record<string, unknown>>[] {
  const body = parsed(text, Fields);
  const given = FIELDS.filter((field) => Object.hasOwn(body, field));
  const [field, ...more] = given;
  if (field === undefined || more.length > 0)
    throw new RefusedRequest(
      400,
      `The body needs exactly one of ${FIELDS.join(", ")}, and has ${given.join(", ") || "none"}.`,
    );
  return (READERS[field] as (typeof READERS)[string])(body[field], most);
}

function inForm<T>(value: unknown, field: string, schema: z.ZodType<T>): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const where = [field, ...(issue?.path ?? [])].map(String).join(".").slice(0, 200);
  throw new RefusedRequest(400, `${where}: ${issue?.message ?? "invalid"}.`);
}

function splitRows({ columns: names, data }: z.infer<typeof Split>, most: number): Record<string, unknown>[] {
  refuseTooMany(data.length, most, names.length);
  const columns = inForm(names, "dataframe_split.columns", Names);
  if (new Set(columns).size < columns.length)
    throw new RefusedRequest(400, "dataframe_split.columns names a column twice.");
  return data.map((each, at) => {
    const values = inForm(each, `dataframe_split.data.${at}`, List);
    if (values.length !== columns.length)
      throw new RefusedRequest(
        400,
        `dataframe_split.data, row ${at + 1}: expected ${columns.length} values, found ${values.length}.`,
      );
    return Object.fromEntries(columns.map((name, column) => [name, values[column]]));
  });
}

function columnRows(columns: Readonly<Record<string, unknown>>, most: number): Record<string, unknown>[] {
  const names = Object.keys(columns);
  refuseTooMany(0, most, names.length);
  const entries = names.map((name) => [name, inForm(columns[name], `inputs.${name}`, List)] as const);
  const count = entries[0]?.[1].length ?? 0;
  refuseTooMany(count, most, names.length);
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
