import { z } from "zod";
import { SlipwayError } from "../../errors.ts";
import type { Ask, Prediction, Row } from "./answering.ts";

const MIB = 2 ** 20;
/** The most bytes of any answer; one to few rows may have less: reading it holds up everything else. */
export const ANSWER_BYTES = 32 * MIB;
const BASE_BYTES = MIB;
const ROW_BYTES = 64 * 1_024;
const ERROR_LENGTH = 2_000;
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const Columns = z.record(z.string(), scalar).refine((columns) => Object.hasOwn(columns, "prediction"));
const Ready = z.strictObject({ ready: z.literal(true) });
const Answer = z.union([
  z.strictObject({ id: z.string(), predictions: z.array(z.union([Columns, scalar])) }),
  z.strictObject({ id: z.string(), error: z.string() }),
]);

/** A request as user code reads it: one line. */
export function requestLine({ id, rows, traceparent }: Pick<Ask, "id" | "traceparent"> & { rows: readonly Row[] }) {
  return `${JSON.stringify({ id, rows, ...(traceparent === undefined ? {} : { traceparent }) })}\n`;
}

/** Whether a line says that the model is loaded. */
export function isReady(line: Buffer): boolean {
  return Ready.safeParse(parsed(line).value).success;
}

/**
 * The predictions of an answer's line, one a row, or the program's own words for why there are none. Throws SERVE_ANSWER for
 * what is neither: the message shows no value of it.
 */
export function readAnswer(line: Buffer, asked: { id: string; rows: number }): Prediction[] | { error: string } {
  const most = Math.min(ANSWER_BYTES, BASE_BYTES + asked.rows * ROW_BYTES);
  if (line.length > most) throw tooLarge(most);
  const { value, problem } = parsed(line);
  if (problem !== undefined) throw badAnswer(problem.found, problem.hint);
  const answer = Answer.safeParse(value);
  if (!answer.success) throw badAnswer(`other JSON${placeOf(answer.error)}`);
  if (answer.data.id !== asked.id) throw badAnswer("an answer to another id");
  if ("error" in answer.data) return { error: answer.data.error.slice(0, ERROR_LENGTH) };
  const { predictions } = answer.data;
  if (predictions.length !== asked.rows) {
    throw badAnswer(`${predictions.length} predictions for ${asked.rows} ${asked.rows === 1 ? "row" : "rows"}`);
  }
  return predictions.map((each) => (typeof each === "object" && each !== null ? each : { prediction: each }));
}

export function tooLarge(most: number): SlipwayError {
  return badAnswer(`an answer of more than ${(most / MIB).toFixed(1)} MiB`);
}

/** An answer that is none. */
export function badAnswer(found: string, hint?: string): SlipwayError {
  return new SlipwayError("SERVE_ANSWER", `The program that answers broke the protocol: ${found}`, {
    expected: '{"id":"…","predictions":[…]} with one prediction a row, or {"id":"…","error":"…"}, on one line',
    found,
    ...(hint === undefined ? {} : { hint }),
  });
}

function parsed(line: Buffer): { value?: unknown; problem?: { found: string; hint?: string } } {
  let text: string;
  try {
    text = utf8.decode(line);
  } catch {
    return { problem: { found: "bytes that are not UTF-8" } };
  }
  try {
    return { value: JSON.parse(text) };
  } catch {
    const hint = /\b(NaN|Infinity)\b/.test(text) ? "JSON has neither NaN nor Infinity: write null." : undefined;
    return { problem: { found: "a line that is not JSON", ...(hint === undefined ? {} : { hint }) } };
  }
}

/** Where in the answer it went wrong, as far as a union says it. */
function placeOf({ issues }: z.ZodError): string {
  const [first] = issues;
  const inner = first?.code === "invalid_union" ? first.errors.flat().find(({ path }) => path.length > 1) : undefined;
  return inner === undefined
    ? ""
    : ` at ${inner.path.map((key) => (typeof key === "number" ? key : String(key).slice(0, 60))).join(".")}`;
}
