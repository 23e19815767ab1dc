import { createHash } from "node:crypto";
import type { Sha256 } from "../schemas/names.ts";

/**
 * JSON with sorted keys, two spaces and one trailing newline: the same record is the same bytes,
 * so the same Git blob. Keys whose value is undefined are left out; NaN and infinities are refused.
 */
export function canonicalJson(value: unknown): string {
  return `${JSON.stringify(sorted(value), undefined, 2)}\n`;
}

function sorted(value: unknown): unknown {
  if (typeof value === "number" && !Number.isFinite(value)) throw new TypeError(`not JSON: ${value}`);
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([key, item]) => [key, sorted(item)]),
  );
}

/** SHA-256 of bytes or UTF-8 text, in hexadecimal. */
export function sha256(content: string | Uint8Array): Sha256 {
  return createHash("sha256").update(content).digest("hex");
}
