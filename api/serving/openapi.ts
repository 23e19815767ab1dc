import { errorField } from "./error-field.ts";
import { type Example, type ShownModel, shownModels } from "./examples.ts";
import type { Route } from "./route.ts";
import { rowSchema } from "./row-schema.ts";

/** The document of OpenAPI 3.1 that says how to ask what is live now. */
export function openApiRoute(serverVersion: string): Route {
  return {
    ...{ method: "GET", path: "/openapi.json", name: "openapi", refuse: errorField },
    answer: ({ serving }) => ({ body: openApi(shownModels(serving), serverVersion) }),
  };
}

const reference = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const json = (schema: object, example?: unknown) => ({
  "application/json": { schema, ...(example === undefined ? {} : { example }) },
});
const ofStatus = (description: string, schema: object) => ({ description, content: json(schema) });

export function openApi(models: readonly ShownModel[], serverVersion: string): object {
  const paths = models.flatMap((model) => model.examples.map((example) => [example.path, path(model, example)]));
  const rows = models.map(({ version }) => [rowName(version), rowSchema(version)]);
  return {
    openapi: "3.1.0",
    info: {
      title: "Models that Slipway serves",
      version: serverVersion,
      description: "A row has the columns that its version was trained with. What does not fit is refused with 400.",
    },
    security: [{}, { bearer: [] }],
    paths: { ...HEALTH, ...Object.fromEntries(paths) },
    components: {
      securitySchemes: { bearer: { type: "http", scheme: "bearer" } },
      schemas: { ...SCHEMAS, ...Object.fromEntries(rows) },
    },
  };
}

function path({ version }: ShownModel, { protocol, path, body }: Example): object {
  const { model, stage } = version;
  const [request, answer] = FORMS(reference(rowName(version)))[Object.keys(body as object)[0] as Field];
  const refusal = reference("Refusal");
  return {
    post: {
      summary: `${model}@${version.version} (${stage}): ${protocol}`,
      operationId: path.slice(1).replace(/\W+/g, "_"),
      requestBody: { required: true, content: json(request, body) },
      responses: {
        200: ofStatus("Predictions, one a row, in the rows' order.", answer),
        400: ofStatus("The rows do not fit: column, what was expected, and what was found.", refusal),
        503: ofStatus("Too many ask; Retry-After says when to ask again.", refusal),
        504: ofStatus(`No answer in ${version.timeoutMs} ms.`, refusal),
      },
    },
  };
}

type Field = "inputs" | "instances" | "dataframe_records";

/** A request's schema and its answer's, by the field that holds the rows. */
const FORMS = (row: object): Readonly<Record<Field, readonly [object, object]>> => ({
  inputs: [reference("InferRequest"), reference("InferAnswer")],
  instances: [withRows("instances", row), reference("Predictions")],
  dataframe_records: [withRows("dataframe_records", row), reference("Predictions")],
});

function withRows(field: string, row: object): object {
  return { type: "object", required: [field], properties: { [field]: { type: "array", minItems: 1, items: row } } };
}

/** A model's folder has no character that a reference may not have. */
const rowName = ({ folder }: ShownModel["version"]) => `${folder}.Row`;

const tensor = {
  type: "object",
  required: ["name", "shape", "datatype", "data"],
  properties: {
    name: { type: "string", description: "A column of the model." },
    shape: { type: "array", items: { type: "integer", minimum: 0 }, description: "[n] or [n,1]: n rows." },
    datatype: { type: "string", description: "INT64, FP64, BOOL, BYTES …" },
    data: { type: "array", items: {} },
  },
};

const SCHEMAS = {
  Refusal: {
    type: "object",
    properties: { error: { type: "string" }, error_code: { type: "string" }, message: { type: "string" } },
  },
  Predictions: { type: "object", required: ["predictions"], properties: { predictions: { type: "array", items: {} } } },
  Tensor: tensor,
  InferRequest: {
    type: "object",
    required: ["inputs"],
    properties: {
      id: { type: "string" },
      inputs: { type: "array", minItems: 1, items: reference("Tensor") },
      outputs: { type: "array", items: { type: "object", properties: { name: { type: "string" } } } },
    },
  },
  InferAnswer: {
    type: "object",
    required: ["model_name", "outputs"],
    properties: {
      model_name: { type: "string" },
      model_version: { type: "string" },
      id: { type: "string" },
      outputs: { type: "array", items: reference("Tensor") },
    },
  },
};

const HEALTH = {
  "/v2/health/ready": {
    get: {
      summary: "Whether requests should come here",
      security: [{}],
      responses: { 200: { description: "Yes." }, 503: { description: "Not now." } },
    },
  },
};
