import { literal } from "./sql.ts";

/** Hexadecimal digits of the hash that decide: 52 bits, which a number of JavaScript's holds exactly. */
const DIGITS = 13;

/** A condition: the first 52 bits of SHA-256 of `<salt><key>`, as a share of 2^52, are below `share`. `key` is SQL. */
export function hashShare(salt: string, key: string, share: number): string {
  const bound = Math.round(share * 2 ** (4 * DIGITS))
    .toString(16)
    .padStart(DIGITS, "0");
  return `substr(sha256(concat(${literal(salt)}, ${key})), 1, ${DIGITS}) < ${literal(bound)}`;
}
