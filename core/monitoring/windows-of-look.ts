import type { Timestamp } from "../../schemas/names.ts";
import { timestamp } from "../clock.ts";
import type { LogWindow } from "./log-windows.ts";
import type { AskedModel } from "./look-ports.ts";

/** Milliseconds after which an id that is asked again may count again, where the log tells no more. */
const ASKED_AGAIN = 30 * 86_400_000;

/** Whether clients name rows themselves, by `data.id`: only then the same id comes again in another window. */
export function namesRows({ loaded, labels }: Pick<AskedModel, "loaded" | "labels">): boolean {
  return labels !== undefined && loaded?.spec.data.id !== undefined;
}

/** From when on ids are looked for: earlier than windows are, so that also the first of them finds which of its ids are not new. */
export function idsSince(asked: Pick<AskedModel, "loaded" | "labels" | "since">): Timestamp {
  if (!namesRows(asked)) return asked.since;
  return timestamp(new Date(Math.max(0, Date.parse(asked.since) - ASKED_AGAIN)));
}

/**
 * Whether a window is so near to the end of what the log keeps that rows are gone which say that its ids are not new. A look at new
 * labels would count them once more: what an earlier look found stands. Of a log that is kept for a short time it is a third.
 */
export function isAtEdge({ window }: Pick<LogWindow, "window">, asked: AskedModel): boolean {
  const { keptSince, at } = asked;
  if (keptSince === undefined || !namesRows(asked)) return false;
  const kept = Date.parse(keptSince);
  const edge = Math.min(ASKED_AGAIN, Math.max(0, Date.parse(at) - kept) / 3);
  return Date.parse(window.from) < kept + edge;
}
