import type { RowCurves } from "../../../core/acts/row-curves.ts";
import { versionCurves } from "../../../core/acts/version-curves.ts";
import { type VersionErrors, versionErrors } from "../../../core/acts/version-errors.ts";
import { BoundedMap } from "../../../core/bounded-map.ts";
import { SlipwayError } from "../../../core/errors.ts";
import type { PortalHost } from "../request/host.ts";
import type { ShownVersion } from "./load-version.ts";

/** Wrong rows that are kept to be paged through. */
export const MOST_WRONG = 1_000;
const MAX_KEPT = 30;
/** Reading a test set takes a machine's time: whoever comes when so many wait is asked to come again. */
const MOST_WAITING = 8;

/** What a page shows of wrong rows: their places and ids alone, and how many there are. */
export interface WrongRows {
  rows: number;
  wrong: number;
  /** Whether the surest mistakes, or the largest, come first. */
  isOrdered: boolean;
  first: { row: number; id: string | undefined }[];
}

const errors = new BoundedMap<string, Promise<WrongRows>>(MAX_KEPT);
const curves = new BoundedMap<string, Promise<RowCurves>>(MAX_KEPT);
let turn: Promise<unknown> = Promise.resolve();
let waiting = 0;

/** The rows that a version got wrong. Rejects as `versionErrors` does, and with STORE_TIMEOUT if many wait. */
export function wrongRows(host: PortalHost, shown: ShownVersion): Promise<WrongRows> {
  return once(errors, host, shown, async () => shortened(await versionErrors(host.ports, reference(shown))));
}

/** The curves over a version's test rows. Rejects as `versionCurves` does, and with STORE_TIMEOUT if many wait. */
export function curvesOf(host: PortalHost, shown: ShownVersion): Promise<RowCurves> {
  return once(curves, host, shown, () => versionCurves(host.ports, reference(shown)));
}

const reference = ({ model, version }: ShownVersion) => ({ model: model.name, version });

function shortened({ rows, wrong }: VersionErrors): WrongRows {
  const first = wrong.slice(0, MOST_WRONG).map(({ row, id }) => ({ row, id }));
  const isOrdered = wrong.some(({ probability, residual }) => probability !== undefined || residual !== undefined);
  return { rows, wrong: wrong.length, isOrdered, first };
}

/** One version's rows at a time, and each version's once, for as long as its record and its evaluation are these. */
function once<Value>(
  kept: BoundedMap<string, Promise<Value>>,
  { repository }: PortalHost,
  { read, evaluation }: ShownVersion,
  make: () => Promise<Value>,
): Promise<Value> {
  const key = `${repository} ${read.facts.blob} ${evaluation ?? ""}`;
  const known = kept.get(key);
  if (known !== undefined) return known;
  if (waiting >= MOST_WAITING)
    return Promise.reject(
      new SlipwayError("STORE_TIMEOUT", "Other versions' rows are being read", {
        hint: "Load the page again in a minute.",
      }),
    );
  waiting += 1;
  const making = turn.then(make).finally(() => {
    waiting -= 1;
  });
  turn = making.catch(() => {});
  kept.set(key, making);
  making.catch(() => kept.delete(key));
  return making;
}
