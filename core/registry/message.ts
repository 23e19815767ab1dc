import type { Person, Timestamp } from "../../schemas/names.ts";
import { oneLine } from "../git/encode.ts";
import { formatPersonLine } from "./person-line.ts";
import type { RegistryChange, RegistryFile, RegistryTag } from "./registry-change.ts";

/** The format of what acts write: files, trailers, author and times. Words of the subject are no part of it. */
export const FORMAT = 1;

/** No group is larger: who reads a place that is greater has not read one of ours. */
export const MAX_GROUP = 100;

/** The trailers of an act, in the order in which a commit has them. */
export const TRAILERS = [
  ...[
    "Act",
    "Outcome",
    "Model",
    "Version",
    "Stage",
    "Decision",
    "Source",
    "Request",
    "Review",
    "Change",
    "Run",
    "Rollout",
  ],
  ...["Actor", "Host"],
] as const;
type Named = Partial<Record<string, string | number | undefined>>;

/** What a commit says of its act. */
export interface ActWords {
  /** For people alone: it may be said better at any time. */
  subject: string;
  act: string;
  /** Its other trailers by their names: `Model`, `Version`, `Request` … */
  about: Named;
  by: Person;
  at: Timestamp;
  /** Absent for a registration. */
  host?: string | undefined;
}

/** What an act writes, from its words and files. */
export function changeOf(
  { subject, act, about, by, at, host }: ActWords,
  files: readonly RegistryFile[],
  tags: readonly RegistryTag[] = [],
): RegistryChange {
  const all: Named = { ...about, Act: act, Actor: formatPersonLine(by), Host: host };
  const trailers: Record<string, string> = {};
  for (const key of TRAILERS) if (all[key] !== undefined) trailers[`Slipway-${key}`] = String(all[key]);
  return { files, tags, subject, trailers, author: by, at };
}

/**
 * A commit's message: the subject, and the trailers on a line each, the format last. `place` is the change's one among those
 * that are published in one go, from 1.
 */
export function formatMessage({ subject, trailers }: Pick<RegistryChange, "subject" | "trailers">, place = 1): string {
  return [oneLine(subject), "", ...trailerLines(trailers, place)].join("\n");
}

export function trailerLines(trailers: RegistryChange["trailers"], place: number): string[] {
  const group = place > 1 ? { "Slipway-Group": String(place) } : {};
  const all = { ...trailers, ...group, "Slipway-Format": String(FORMAT) };
  return Object.entries(all).map(([key, value]) => `${key}: ${oneLine(value)}`);
}

/** The inverse of formatMessage: what is for people, and the lines of the last paragraph, which are the trailers. */
export function parseMessage(message: string): { prose: string; trailers: string[] } {
  const text = message.replace(/\n$/, "");
  const end = text.lastIndexOf("\n\n");
  return end < 0
    ? { prose: text, trailers: [] }
    : { prose: text.slice(0, end), trailers: text.slice(end + 2).split("\n") };
}

/** What a commit's trailer says, by its name: `Act`, `Format` …; undefined without it. */
export function trailerOf(message: string, key: string): string | undefined {
  const start = `Slipway-${key}: `;
  return parseMessage(message)
    .trailers.find((line) => line.startsWith(start))
    ?.slice(start.length);
}

/** Which format a commit is of; undefined where it does not say. */
export function formatOf(message: string): number | undefined {
  const said = trailerOf(message, "Format");
  return said !== undefined && /^[1-9]\d{0,5}$/.test(said) ? Number(said) : undefined;
}

/** How many commits were published in one go, up to this one. */
export function placeInGroup(message: string): number {
  const said = trailerOf(message, "Group") ?? "";
  return /^[1-9]\d{0,2}$/.test(said) ? Math.min(Number(said), MAX_GROUP) : 1;
}
