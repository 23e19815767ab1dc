import { z } from "zod";
import { rowsInvalid, wrongCount } from "../../core/serving/check-rows.ts";
import { RefusedRequest } from "./refusal.ts";
import type { Call } from "./route.ts";
import { endpointOf } from "./route.ts";

/** The most rows that a spec can let in: what a request is held to while no version is there that says less. */
const MOST_ROWS = 100_000;
export const MOST_COLUMNS = 10_000;
const MOST_VALUES = 4_000_000;
/** Lists and objects of a body: a row may come as one, and a column. */
const MOST_PARTS = 4 * MOST_ROWS;
/** Characters: what is shorter is read sooner than looked at. */
const SHORT = 1024 * 1024;

/** A list of anything: its length is looked at before what is in it. */
export const List = z.custom<unknown[]>(Array.isArray, "expected a list");

/** A list of so many: a longer one is refused before what is in it is looked at. */
export function listOf<T>(item: z.ZodType<T>, least: number, most: number) {
  const isShort = (value: unknown) => Array.isArray(value) && value.length >= least && value.length <= most;
  return z.custom<unknown[]>(isShort, `expected a list of ${least} to ${most}`).pipe(z.array(item));
}

/** An object of anything, which may have more fields than a schema can look at in time. */
export const Fields = z.custom<Record<string, unknown>>(
  (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  "expected an object",
);

/** How many rows a request for the model may have: as many as any of its versions here takes. */
export function mostRows({ serving }: Pick<Call, "serving">, model: string): number {
  const { live, beside } = endpointOf(serving, model);
  return live === undefined ? MOST_ROWS : Math.max(...[live, ...beside].map(({ maxRows }) => maxRows));
}

/** Refuses too many rows before anything is made of each: millions would hold up everybody else. */
export function refuseTooMany(rows: number, most: number, columns = 1): void {
  if (rows > most) throw rowsInvalid([wrongCount(rows, most)]);
  if (columns > MOST_COLUMNS)
    throw new RefusedRequest(400, `A request may have ${MOST_COLUMNS} columns at most, and this one has ${columns}.`);
  if (rows * columns > MOST_VALUES)
    throw new RefusedRequest(400, `A request may have ${MOST_VALUES} values at most; send fewer rows a request.`);
}

const [QUOTE, BACKSLASH, COMMA, COLON, LIST, OBJECT, END] = [...'"\\,:[{}'].map((each) => each.charCodeAt(0));

/** Refuses a JSON text of millions of parts before it is read: that would take seconds, in which nobody else is answered. */
export function refuseCrowded(text: string): void {
  if (text.length < SHORT) return;
  let parts = 0;
  let values = 0;
  let isText = false;
  /** The fields of each object that is open. */
  const fields: number[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) isText = !isText;
    else if (isText) at += code === BACKSLASH ? 1 : 0;
    else if (code === COMMA) values += 1;
    else if (code === COLON) {
      const open = (fields.pop() ?? 0) + 1;
      if (open > MOST_COLUMNS) throw new RefusedRequest(400, `An object may have ${MOST_COLUMNS} fields at most.`);
      fields.push(open);
    } else if (code === END) fields.pop();
    else if (code === LIST || code === OBJECT) {
      parts += 1;
      if (code === OBJECT) fields.push(0);
    }
    if (parts > MOST_PARTS || values > MOST_VALUES)
      throw new RefusedRequest(
        400,
        `A request may have ${MOST_VALUES} values in ${MOST_PARTS} lists and objects at most; send fewer rows a request.`,
      );
  }
}
