/** A request that two servers are asked alike. */
export interface ServedRequest {
  what: string;
  method: "GET" | "POST";
  path: string;
  type?: string;
  /** A text as it is, anything else as JSON. */
  body?: unknown;
  /** Ours answers otherwise, and on purpose: its status, and why. */
  otherwise?: { status: number; why: string };
}

const STRICT = { otherwise: { status: 400, why: "theirs converts what a program was not trained with" } };
const OTHER_CODE = { otherwise: { status: 400, why: "theirs tells a missing column by another code" } };
const VERSIONS = { otherwise: { status: 200, why: "theirs knows no versions" } };
const REFUSED = { otherwise: { status: 400, why: "theirs answers 422 or 500 in a form of its framework's" } };

const ROW = { bill: 39.1, year: 2007, island: "Dream", ringed: true };
const NULL = { bill: 47.5, year: 2008, island: null, ringed: false };
const COLUMNS = Object.keys(ROW);

const invocations = (what: string, body: unknown, more: Partial<ServedRequest> = {}): ServedRequest => ({
  ...{ what, method: "POST", path: "/invocations", type: "application/json", body },
  ...more,
});
const records = (...rows: readonly object[]) => ({ dataframe_records: rows });
const { bill: _, ...WITHOUT_BILL } = ROW;

/** Asked of MLflow's scoring server too. */
export const MLFLOW_REQUESTS: readonly ServedRequest[] = [
  { what: "ping", method: "GET", path: "/ping" },
  { what: "health", method: "GET", path: "/health" },
  invocations("dataframe_split", {
    dataframe_split: { columns: COLUMNS, data: [Object.values(ROW), Object.values(NULL)] },
  }),
  invocations("dataframe_split with an index", {
    dataframe_split: { columns: COLUMNS, index: [7], data: [Object.values(ROW)] },
  }),
  invocations("dataframe_split in another order", {
    dataframe_split: { columns: COLUMNS.toReversed(), data: [Object.values(ROW).toReversed()] },
  }),
  invocations("dataframe_records", records(ROW, NULL)),
  invocations("instances", { instances: [ROW] }),
  invocations("inputs", { inputs: Object.fromEntries(Object.entries(ROW).map(([name, value]) => [name, [value]])) }),
  invocations("a column besides", records({ ...ROW, sex: "male" })),
  invocations("params besides", { ...records(ROW), params: {} }),
  invocations("a whole number for a double", records({ ...ROW, bill: 39 })),
  invocations("a charset", records(ROW), { type: "application/json; charset=utf-8" }),
  invocations("CSV", `${COLUMNS.join(",")}\n39.1,2007,Dream,true\n47.5,2008,Biscoe,false\n`, { type: "text/csv" }),
  invocations("CSV with a charset and CRLF", `${COLUMNS.join(",")}\r\n39.1,2007,"Dr""eam",true\r\n`, {
    type: "text/csv; charset=UTF-8",
  }),
  invocations("broken JSON", "{nope"),
  invocations("a list", "[]"),
  invocations("no field that holds rows", { rows: [] }),
  invocations("two fields that hold rows", { ...records(ROW), instances: [ROW] }),
  invocations("a missing column", records(WITHOUT_BILL), OTHER_CODE),
  invocations("a text for a double", records({ ...ROW, bill: "wide" })),
  invocations("a text of a number for a double", records({ ...ROW, bill: "39.1" }), STRICT),
  invocations("a fraction for a long", records({ ...ROW, year: 2007.5 }), STRICT),
  invocations("a text for a long", records({ ...ROW, year: "2007" }), STRICT),
  invocations("null for a long", records({ ...ROW, year: null })),
  invocations("a number for a string", records({ ...ROW, island: 1 }), STRICT),
  invocations("a number for a boolean", records({ ...ROW, ringed: 1 }), STRICT),
  invocations("a list for a value", records({ ...ROW, bill: [39.1] })),
  invocations("a bare list of values", { instances: [Object.values(ROW)] }),
  invocations("a row of another length", { dataframe_split: { columns: COLUMNS, data: [[39.1]] } }),
  invocations("CSV without a column", "bill,year,island\n39.1,2007,Dream\n", { type: "text/csv", ...OTHER_CODE }),
  invocations("CSV with a text for a double", `${COLUMNS.join(",")}\nwide,2007,Dream,true\n`, { type: "text/csv" }),
  invocations("no rows", records(), OTHER_CODE),
  invocations("an empty body", ""),
  invocations("text", "bill=1", { type: "text/plain" }),
  invocations("a form", "bill=1", { type: "application/x-www-form-urlencoded" }),
];

const column = (name: string, datatype: string, ...data: unknown[]) => ({ name, shape: [data.length], datatype, data });
const TENSORS = [
  column("bill", "FP64", 39.1, 47.5),
  column("year", "INT64", 2007, 2008),
  column("island", "BYTES", "Dream", "Biscoe"),
  column("ringed", "BOOL", true, false),
] as const;
const [BILL, ...OTHERS] = TENSORS;

const get = (path: string, more: Partial<ServedRequest> = {}): ServedRequest => ({
  ...{ what: path, method: "GET", path },
  ...more,
});
const infer = (what: string, body: unknown, more: Partial<ServedRequest> = {}): ServedRequest => ({
  ...{ what: `infer: ${what}`, method: "POST", path: "/v2/models/penguins/infer", type: "application/json", body },
  ...more,
});
const predict = (what: string, body: unknown, more: Partial<ServedRequest> = {}): ServedRequest => ({
  ...{ what: `predict: ${what}`, method: "POST", path: "/v1/models/penguins:predict", type: "application/json", body },
  ...more,
});

/** Asked of KServe's Python server too. */
export const KSERVE_REQUESTS: readonly ServedRequest[] = [
  get("/v2", { otherwise: { status: 200, why: "each says its own name" } }),
  get("/v2/health/live"),
  get("/v2/health/ready"),
  get("/v2/models"),
  get("/v2/models/penguins", { otherwise: { status: 200, why: "theirs names no versions and no platform" } }),
  get("/v2/models/penguins/ready"),
  get("/v2/models/penguins/versions/1", VERSIONS),
  get("/v2/models/penguins/versions/1/ready", VERSIONS),
  get("/v2/models/nope"),
  get("/v2/models/nope/ready"),
  get("/v1/models"),
  get("/v1/models/penguins"),
  get("/v1/models/nope"),
  infer("a request", { id: "7", inputs: TENSORS }),
  infer("flat data of shape [n,1]", { id: "7", inputs: [{ ...BILL, shape: [2, 1] }, ...OTHERS] }),
  infer("nested data of shape [n,1]", {
    id: "7",
    inputs: [{ ...BILL, shape: [2, 1], data: [[39.1], [47.5]] }, ...OTHERS],
  }),
  infer("FP32", { id: "7", inputs: [{ ...BILL, datatype: "FP32" }, ...OTHERS] }),
  infer("parameters and an output asked for", {
    id: "7",
    parameters: { a: 1, b: "c", d: true },
    inputs: TENSORS,
    outputs: [{ name: "prediction" }],
  }),
  infer("nulls for what is not there", { id: "7", inputs: [{ ...BILL, parameters: null }, ...OTHERS], outputs: null }),
  infer("a version", { id: "7", inputs: TENSORS }, { path: "/v2/models/penguins/versions/1/infer", ...VERSIONS }),
  infer("an unknown model", { id: "7", inputs: TENSORS }, { path: "/v2/models/nope/infer" }),
  infer("data that its shape does not say", { id: "7", inputs: [{ ...BILL, shape: [3] }, ...OTHERS] }, REFUSED),
  infer("broken JSON", "{nope", REFUSED),
  infer("no inputs", {}, REFUSED),
  infer("no datatype", { inputs: [{ name: "bill", shape: [1], data: [1] }] }, REFUSED),
  predict("a request", { instances: [ROW, { ...NULL, island: "Biscoe" }] }),
  predict("an unknown model", { instances: [ROW] }, { path: "/v1/models/nope:predict" }),
  predict("broken JSON", "{nope"),
  predict("no instances", {}, REFUSED),
  predict("instances that are no list", { instances: "x" }),
];
