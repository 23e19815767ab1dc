import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Ajv, type ValidateFunction } from "ajv";
import addFormats from "ajv-formats";
import type { Observer } from "../../../tools/sandbox/state.ts";

const require = createRequire(import.meta.url);
const read = (name: string) => JSON.parse(readFileSync(require.resolve(name), "utf8"));

/** Watches a stand-in: every answer against GitHub's OpenAPI description, every webhook against GitHub's schemas. */
export interface Watch {
  observer: Observer;
  /** What did not fit, in words. */
  problems: string[];
  /** `GET /repos/{owner}/{repo} 200`, `webhook push`, `webhook pull_request.opened`. */
  seen: Set<string>;
}

export function watch(): Watch {
  const problems: string[] = [];
  const seen = new Set<string>();
  const note = (what: string, validate: ValidateFunction | undefined, value: unknown) => {
    seen.add(what);
    if (validate === undefined) problems.push(`${what}: GitHub describes no such thing`);
    else if (!validate(value ?? null)) problems.push(`${what}: ${ajv.errorsText(validate.errors, { dataVar: "" })}`);
  };
  return {
    problems,
    seen,
    observer: {
      answer({ method, path, status, body }) {
        const { template, validate } = answerValidator(method, path.split("?")[0] ?? "", status);
        if (status < 500 && status !== 304) note(`${method} ${template} ${status}`, validate, body);
      },
      webhook({ event, payload }) {
        const action = payload["action"];
        const name = action === undefined ? event : `${event}.${action}`;
        note(`webhook ${name}`, ajv.getSchema(`webhooks#/definitions/${event}$${action ?? "event"}`), payload);
      },
    },
  };
}

/** What JSON Schema calls a type that may be null, OpenAPI 3.0 calls `nullable`; an address may be empty by default. */
function translate(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(translate);
  if (typeof value !== "object" || value === null) return value;
  const { nullable, ...rest } = value as { nullable?: unknown };
  const entries = Object.fromEntries(Object.entries(rest).map(([key, one]) => [key, translate(one)]));
  if (entries["format"] === "uri" && entries["default"] === "") delete entries["format"];
  return nullable === true ? { anyOf: [{ type: "null" }, entries] } : entries;
}

type Responses = Record<string, { $ref?: string; content?: Record<string, unknown> }>;
const openapi = read("@octokit/openapi/generated/api.github.com.json") as {
  paths: Record<string, Record<string, { responses: Responses }>>;
  components: { responses: Responses };
};
// An account is a user or an enterprise: GitHub's description of this one list says that it is both.
const { account } = (openapi.paths["/app/installations"] as never)["get"]["responses"]["200"]["content"][
  "application/json"
]["schema"]["items"]["properties"] as { account: Record<string, unknown> };
account["anyOf"] = account["allOf"];
delete account["allOf"];
const ajv = new Ajv({ strict: false, allErrors: true, validateSchema: false });
addFormats.default(ajv);
ajv.addFormat("int64", true).addFormat("repo.nwo", true).addFormat("timestamp", true);
ajv.addSchema(translate(openapi) as object, "github");
const webhooks = read("@octokit/webhooks-schemas") as { definitions: Record<string, object> };
// Its list of events is older than some of them.
webhooks.definitions["webhook-events"] = { type: "array", items: { type: "string" } };
// Its root lists every event there is, and would be compiled whole.
ajv.addSchema({ definitions: webhooks.definitions }, "webhooks");
ajv.addSchema({ type: "null" }, "nothing");

const placeholders = (template: string) => template.split("{").length;
const templates = Object.keys(openapi.paths)
  .map((template) => {
    const source = template.replace(/[.+]/g, "\\$&").replace(/\{ref\}|\{path\}|\{branch\}/g, ".+");
    return { template, fits: new RegExp(`^${source.replace(/\{[^}]+\}/g, "[^/]+")}$`) };
  })
  // The path with fewer placeholders is meant, or else the one that says more.
  .sort(({ template: one }, { template: two }) => placeholders(one) - placeholders(two) || two.length - one.length);

function answerValidator(method: string, path: string, status: number) {
  const template = templates.find(({ template: one, fits }) => fits.test(path) && operation(one, method))?.template;
  if (template === undefined) return { template: path, validate: undefined };
  const found = operation(template, method)?.responses[String(status)];
  const shared = found?.$ref?.split("/").at(-1);
  const response = shared === undefined ? found : openapi.components.responses[shared];
  const [type] = Object.keys(response?.content ?? {});
  const place =
    shared === undefined
      ? `paths/${escapePart(template)}/${method.toLowerCase()}/responses/${status}`
      : `components/responses/${shared}`;
  if (type !== undefined) {
    return { template, validate: ajv.getSchema(`github#/${place}/content/${escapePart(type)}/schema`) };
  }
  if (response !== undefined && status < 400)
    return { template, validate: ajv.compile({ type: ["null", "object"], maxProperties: 0 }) };
  // GitHub describes few of its refusals for each path, and some of them without their body.
  const refused = status >= 400 ? ajv.getSchema("github#/components/schemas/basic-error") : undefined;
  return { template, validate: refused };
}

function operation(template: string, method: string) {
  return openapi.paths[template]?.[method.toLowerCase()];
}

const escapePart = (part: string) => encodeURIComponent(part.replaceAll("~", "~0").replaceAll("/", "~1"));
