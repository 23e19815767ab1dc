import { invalid, MlflowError } from "./errors.ts";
import { type BodyPace, timelyBody } from "./timely-body.ts";

const MAX_BODY_BYTES = 4 * 1024 * 1024;
/** Levels of lists and objects: MLflow's own messages have four. */
const MAX_DEPTH = 64;
const PATIENCE: BodyPace = { grace: 30_000, rate: 16_384 };

/**
 * A request's JSON object; empty if there is no body. Rejects with INVALID_PARAMETER_VALUE for anything else, as
 * MLflow does for a body without its parameters.
 */
export async function jsonBody(request: Request, patience = PATIENCE): Promise<Record<string, unknown>> {
  const text = await bodyText(request, patience);
  if (text.trim() === "") return {};
  const type = request.headers.get("content-type") ?? "";
  if (!/^application\/json(;|$)/i.test(type))
    throw new MlflowError(
      "BAD_REQUEST",
      `Bad Request. Content-Type must be 'application/json'; found '${type.slice(0, 100)}'.`,
    );
  const parsed = parse(text);
  // Old clients encode twice.
  const value = typeof parsed === "string" ? parse(parsed) : parsed;
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw unreadable("The body is not a JSON object.");
}

function parse(text: string): unknown {
  if (isDeeper(text, MAX_DEPTH)) throw unreadable(`The body is nested in more than ${MAX_DEPTH} levels.`);
  try {
    return JSON.parse(text);
  } catch {
    throw unreadable("The body is not JSON.");
  }
}

/** Whether lists and objects are in each other deeper than `most`: asked of the text, since what reads such a value may overflow. */
function isDeeper(text: string, most: number): boolean {
  let depth = 0;
  for (const [bracket] of text.matchAll(/"(?:[^"\\]|\\.)*"?|[[{\]}]/gs)) {
    if (bracket === "[" || bracket === "{") depth += 1;
    else if (bracket === "]" || bracket === "}") depth -= 1;
    if (depth > most) return true;
  }
  return false;
}

async function bodyText(request: Request, patience: BodyPace): Promise<string> {
  if (Number(request.headers.get("content-length") ?? 0) > MAX_BODY_BYTES) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of timelyBody(request.body, patience)) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw tooLarge();
    chunks.push(chunk);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw unreadable("The body is not UTF-8.");
  }
}

function tooLarge() {
  return unreadable(`The body is larger than ${MAX_BODY_BYTES} bytes.`);
}

function unreadable(message: string) {
  return invalid(message);
}
