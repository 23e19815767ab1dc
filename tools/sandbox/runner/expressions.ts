import { data, Evaluator, Lexer, Parser } from "@actions/expressions";

/** What expressions may look into: github, needs, inputs, … */
export type Contexts = Readonly<Record<string, unknown>>;

/** What `success()`, `failure()`, `cancelled()` answer at a place; `always()` is true anywhere. */
export interface Status {
  success: boolean;
  failure: boolean;
  cancelled: boolean;
}

const NO_STATUS: Status = { success: true, failure: false, cancelled: false };

/** Evaluates one expression, without its `${{ }}`. Throws where it is not one. */
export function evaluate(source: string, contexts: Contexts, status: Status = NO_STATUS): unknown {
  const functions = Object.entries({ ...status, always: true }).map(([name, value]) => ({
    name,
    minArgs: 0,
    maxArgs: 0,
    call: () => new data.BooleanData(value),
  }));
  const { tokens } = new Lexer(source).lex();
  const expression = new Parser(tokens, Object.keys(contexts), functions).parse();
  const dictionary = JSON.parse(JSON.stringify(contexts), data.reviver) as data.Dictionary;
  const value = new Evaluator(expression, dictionary, new Map(functions.map((each) => [each.name, each]))).evaluate();
  return JSON.parse(JSON.stringify(value, data.replacer));
}

/** A part of a workflow file with its `${{ }}` filled in: a text that is one expression keeps its value's type. */
export function fill(value: unknown, contexts: Contexts, status?: Status): unknown {
  if (Array.isArray(value)) return value.map((each) => fill(each, contexts, status));
  if (value !== null && typeof value === "object")
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, fill(each, contexts, status)]));
  if (typeof value !== "string") return value;
  const whole = /^\s*\$\{\{((?:[^'}]|'[^']*'|\}(?!\}))*)\}\}\s*$/.exec(value);
  if (whole) return evaluate(whole[1] ?? "", contexts, status);
  return value.replace(/\$\{\{((?:[^'}]|'[^']*'|\}(?!\}))*)\}\}/g, (_, source: string) =>
    text(evaluate(source, contexts, status)),
  );
}

/** A value as GitHub writes it into a text. */
export function text(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? (Array.isArray(value) ? "Array" : "Object") : String(value);
}

/** The texts of a mapping, as `env:` and `with:` hold them. */
export function fillTexts(mapping: unknown, contexts: Contexts): Record<string, string> {
  const filled = Object.entries((fill(mapping ?? {}, contexts) ?? {}) as object);
  return Object.fromEntries(filled.map(([key, value]) => [key, text(value)]));
}

/** An `if:`. Without a status function in it, it holds only where nothing before failed. */
export function condition(source: unknown, contexts: Contexts, status: Status): boolean {
  if (source === undefined) return status.success;
  const inner = String(source).replace(/^\s*\$\{\{(.*)\}\}\s*$/s, "$1");
  const asks = /\b(success|failure|always|cancelled)\s*\(/i.test(inner.replace(/'[^']*'/g, "''"));
  if (!asks && !status.success) return false;
  return Boolean(evaluate(inner, contexts, status));
}
