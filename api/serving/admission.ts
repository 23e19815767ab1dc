import { foreignPage, holdsToken, LOOPBACK } from "../known-callers.ts";
import type { Refusal } from "./refusal.ts";

export interface AdmissionOptions {
  /** What every request has to carry as its Bearer; without one only this machine may be listened to. */
  token: string | undefined;
  /** The address that the server listens at, as the operator named it. */
  host: string;
  /** Nobody is asked for a token, on any address: the operator says that somebody in front lets people in. */
  isOpen?: boolean;
}

/** Why a request may not come in; undefined if it may. `isOpen`: the route needs no token. */
export type Admission = (request: Request, isOpen: boolean) => Refusal | undefined;

/** Whether only this machine reaches an address. */
export function isLoopback(host: string): boolean {
  return [...LOOPBACK, "::1"].includes(host.toLowerCase());
}

/**
 * Admits whoever has the token. A server on this machine alone may do without one, and then a page in a browser here could
 * ask it: so it answers to its own names and to no other page. Throws a TypeError for an address that others reach, without
 * a token: who starts a server refuses that in words of their own.
 */
export function admission({ token, host, isOpen: letsAllIn = false }: AdmissionOptions): Admission {
  const isLocal = isLoopback(host);
  if (token === undefined && !isLocal && !letsAllIn) throw new TypeError(`no token for ${host}`);
  const names = new Set(LOOPBACK);
  const isKnown = token === undefined ? undefined : holdsToken(token);
  return (request, isOpen) => {
    if (isLocal) {
      const foreign = foreignPage(request, names);
      if (foreign !== undefined) return { status: 403, message: foreign };
    }
    if (isOpen || isKnown === undefined) return undefined;
    const [, bearer] = /^bearer +(.+)$/i.exec(request.headers.get("authorization") ?? "") ?? [];
    if (isKnown(bearer?.trim())) return undefined;
    return { status: 401, message: "This server asks for its token, in the header 'Authorization: Bearer …'." };
  };
}
