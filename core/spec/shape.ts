import type { z } from "zod";
import type { Problem } from "../../schemas/problem.ts";
import type { ReasonCode } from "../errors.ts";
import { didYouMean } from "./near.ts";
import { describedAt, knownKeys, valueAt } from "./schema-walk.ts";
import type { Keys, YamlFile } from "./yaml.ts";

interface ShapeContext {
  file: string;
  /** SPEC_INVALID or POLICY_INVALID. */
  code: ReasonCode;
  suggestMetric(name: string): string | undefined;
}

type Issue = z.core.$ZodIssue;
const MAX_PROBLEMS = 20;
/** To find an issue's place takes as long as the file is: no more are explained than may be shown. */
const MAX_ISSUES = 100;

/** The value as its schema's type, or what is wrong with its shape, each at its place in the file. */
export function checkShape<T>(
  schema: z.ZodType<T>,
  yaml: YamlFile,
  context: ShapeContext,
): { value: T; problems: [] } | { value: undefined; problems: Problem[] } {
  const result = schema.safeParse(yaml.value);
  if (result.success) return { value: result.data, problems: [] };
  const isKey = ({ code }: Issue) => Number(code === "unrecognized_keys");
  const issues = [...result.error.issues].sort((a, b) => isKey(b) - isKey(a)).slice(0, MAX_ISSUES);
  const problems = issues.flatMap((issue) => explain(schema, yaml, context, [], issue));
  // A misspelt key explains why another is missing.
  problems.sort((a, b) => Number(b.code === "UNKNOWN_KEY") - Number(a.code === "UNKNOWN_KEY"));
  return { value: undefined, problems: problems.slice(0, MAX_PROBLEMS) };
}

function explain(schema: z.core.$ZodType, yaml: YamlFile, context: ShapeContext, base: Keys, issue: Issue): Problem[] {
  const keys = [...base, ...issue.path] as Keys;
  const value = valueAt(yaml.value, keys);
  const name = keysText(keys);
  const at = (code: ReasonCode, message: string, about: Partial<Problem>, place = yaml.position(keys)): Problem[] => [
    { code, message, file: context.file, ...place, ...about },
  ];
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.slice(0, MAX_PROBLEMS).flatMap((key) => {
        const known = knownKeys(schema, yaml.value, keys);
        return at(
          "UNKNOWN_KEY",
          `${keysText([...keys, key])} is not a key${keys.length > 0 ? ` of ${name}` : " of this file"}`,
          { expected: known.join(", "), ...didYouMean(key, known) },
          yaml.position([...keys, key], "key"),
        );
      });
    case "invalid_union":
      return explainUnion(schema, yaml, context, keys, issue);
    case "invalid_type":
      if (value === undefined)
        return at(context.code, `${name} is missing`, { expected: said(schema, yaml, keys, issue.expected) });
      return at(context.code, `${name} is not ${article(issue.expected)}`, {
        expected: said(schema, yaml, keys, issue.expected),
        found: foundText(value),
        ...typeHint(issue.expected, value),
      });
    case "invalid_value": {
      const known = issue.values.map(String);
      return at(
        context.code,
        value === undefined ? `${name} is missing` : `${name} is none of the values it may have`,
        {
          expected: known.join(", "),
          ...(value === undefined ? {} : { found: foundText(value) }),
          ...(typeof value === "string" ? didYouMean(value, known) : {}),
        },
      );
    }
    case "invalid_key":
      return at(
        context.code,
        `${foundText(keys.at(-1))} cannot be a name ${keys.length > 1 ? `in ${keysText(keys.slice(0, -1))}` : "here"}`,
        { expected: issue.issues.map(limit).join("; ") },
        yaml.position(keys, "key"),
      );
    default:
      return at(context.code, `${name} is not what it must be`, {
        expected: describedAt(schema, yaml.value, keys) ?? limit(issue),
        found: foundText(value),
        ...(issue.code === "too_small" || issue.code === "too_big" || issue.code === "custom"
          ? { expected: limit(issue) }
          : {}),
      });
  }
}

/** Of a union's answers, the one that the writer most likely meant. */
function explainUnion(
  schema: z.core.$ZodType,
  yaml: YamlFile,
  context: ShapeContext,
  keys: Keys,
  issue: Issue & { code: "invalid_union" },
): Problem[] {
  const value = valueAt(yaml.value, keys);
  const problem = (code: ReasonCode, message: string, about: Partial<Problem>): Problem[] => [
    { code, message, file: context.file, ...yaml.position(keys), ...about },
  ];
  if (issue.discriminator !== undefined) {
    // keys ends in the discriminator, `metric`.
    if (typeof value !== "string") {
      return problem(context.code, `${keysText(keys)} is missing or no text`, {
        expected: "a scikit-learn function: accuracy_score; or run: with a command of your own",
      });
    }
    const near = context.suggestMetric(value);
    return problem("UNKNOWN_METRIC", `there is no metric ${value}`, {
      expected: "a function of sklearn.metrics by its name: accuracy_score",
      found: value,
      ...(near === undefined ? {} : { hint: `did you mean ${near}?` }),
    });
  }
  const isMetric =
    issue.errors.some((option) => option.some((each) => "discriminator" in each)) || isMetricUnion(issue);
  if (isMetric && typeof value === "object" && value !== null && !Array.isArray(value)) {
    const has = (key: string) => Object.hasOwn(value, key);
    const chosen = issue.errors[has("run") && !has("metric") ? 1 : 0] ?? [];
    return chosen.slice(0, MAX_PROBLEMS).flatMap((each) => explain(schema, yaml, context, keys, each));
  }
  // Options that fail as a whole say what else could stand here; one that fails deeper was meant.
  const deeper = issue.errors.filter(
    (option) => !option.some((each) => each.path.length === 0 && each.code === "invalid_type"),
  );
  // The one with the least wrong; of equals the first.
  const meant = deeper.reduce((best, option) => (option.length < best.length ? option : best), deeper[0] ?? []);
  const described = describedAt(schema, yaml.value, keys);
  const isWord = meant.length > 0 && meant.every(({ code, path }) => code === "invalid_value" && path.length === 0);
  if (isWord && issue.errors.length > 1 && described !== undefined && typeof value !== "object")
    return problem(context.code, `${keysText(keys)} is none of the values it may have`, {
      expected: described,
      ...(value === undefined ? {} : { found: foundText(value) }),
    });
  if (meant.length > 0)
    return meant.slice(0, MAX_PROBLEMS).flatMap((each) => explain(schema, yaml, context, keys, each));
  const kinds = issue.errors.flat().flatMap((each) => (each.code === "invalid_type" ? [each.expected] : []));
  return problem(context.code, `${keysText(keys)} is ${value === undefined ? "missing" : "of the wrong kind"}`, {
    expected: [...new Set(kinds)].map(article).join(", or "),
    ...(value === undefined ? {} : { found: foundText(value) }),
  });
}

function isMetricUnion(issue: Issue & { code: "invalid_union" }): boolean {
  return issue.errors.some((option) => option.some((each) => each.path[0] === "greater-is-better"));
}

function said(schema: z.core.$ZodType, yaml: YamlFile, keys: Keys, expected: string): string {
  const described = describedAt(schema, yaml.value, keys);
  return described === undefined ? article(expected) : `${article(expected)}: ${described}`;
}

const KINDS: Record<string, string> = {
  record: "a map",
  object: "a map",
  array: "a list",
  string: "text",
  int: "a whole number",
};

function article(expected: string): string {
  return KINDS[expected] ?? (/^[aeiou]/.test(expected) ? `an ${expected}` : `a ${expected}`);
}

/** Words of YAML 1.1 that mean something else here, and numbers where text was meant. */
function typeHint(expected: string, value: unknown): { hint?: string } {
  if (expected === "boolean" && typeof value === "string" && /^(y|yes|on|n|no|off)$/i.test(value)) {
    return { hint: `write ${/^(y|yes|on)$/i.test(value) ? "true" : "false"}: in YAML 1.2 ${value} is text` };
  }
  if (expected === "string" && (typeof value === "number" || typeof value === "boolean")) {
    return { hint: 'put it in quotes, as in "3.10"' };
  }
  if (
    (expected === "number" || expected === "int") &&
    typeof value === "string" &&
    value.trim() !== "" &&
    !Number.isNaN(Number(value))
  ) {
    return { hint: "write it without quotes" };
  }
  return {};
}

function limit(issue: Issue): string {
  const unit =
    "origin" in issue && issue.origin === "string"
      ? " characters"
      : "origin" in issue && issue.origin === "array"
        ? " entries"
        : "";
  if (issue.code === "too_small")
    return `${issue.inclusive === false ? "more than" : "at least"} ${issue.minimum}${unit}`;
  if (issue.code === "too_big") return `${issue.inclusive === false ? "less than" : "at most"} ${issue.maximum}${unit}`;
  if (issue.code === "invalid_format" && "pattern" in issue) return `text like ${issue.pattern}`;
  return issue.message;
}

/** A value as it is shown in a message: short, and told apart from words of ours. */
export function foundText(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a map";
  return JSON.stringify(value).slice(0, 200);
}

/** data.columns.age.min, gates.production[0]. */
export function keysText(keys: Keys): string {
  if (keys.length === 0) return "the file";
  return keys.map((key, i) => (typeof key === "number" ? `[${key}]` : i === 0 ? key : `.${key}`)).join("");
}
