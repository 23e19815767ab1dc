import type { LivePerformance, WindowRecord } from "../../schemas/monitoring.ts";
import type { BlobId, ModelName, Timestamp, VersionNumber } from "../../schemas/names.ts";
import { timestamp } from "../clock.ts";
import { windowLength } from "../drift/windows.ts";
import { type LogFile, listLog } from "../serving/request-log/list-log.ts";
import { answeringVersions } from "./answered-rows.ts";
import { emptyWindows } from "./empty-windows.ts";
import { joinedLabels } from "./join-labels.ts";
import { type KnownLook, knownLooks, sameInputs } from "./known-looks.ts";
import { type OpenLabels, openLabels } from "./labels-of-look.ts";
import { type LogSession, withLog } from "./log-session.ts";
import { type LogWindow, logWindows } from "./log-windows.ts";
import type { AskedModel, LookPorts, ModelLook } from "./look-ports.ts";
import { type LookedVersion, lookAtLabels, lookAtRows } from "./look-window.ts";
import { readWindow } from "./read-records.ts";
import { openRows, type RowsOfLook } from "./rows-of-look.ts";
import { sameAsked } from "./same-asked.ts";
import { versionsOf } from "./versions-of-look.ts";

/**
 * Looks at the windows of a model's log in which there is something new: requests, labels, or what the spec asks. Rejects as the
 * stores do, with STORE_FAILED for a log that cannot be read.
 */
export async function lookAtModel(ports: LookPorts, asked: AskedModel): Promise<ModelLook> {
  const { model, loaded, since, at } = asked;
  const files = await listLog(ports.log, model);
  const windows = logWindows(files, { since, at, length: windowLength(loaded?.spec.monitor) });
  const look: ModelLook = { windows: [], unchanged: 0, left: 0, notes: aheadOf(files, model, ports.clock()) };
  const [oldest] = windows;
  if (oldest === undefined) return look;
  const known = await knownLooks(ports.branch, model, oldest.window.from);
  const labels = await openLabels(ports, asked, [...known.values()].flat());
  if (labels === undefined && asked.labels !== undefined)
    look.notes.push({ model, code: "DATA_MISSING", message: "no labels yet: no file is where monitor.labels says" });
  const sameSpec = sameSpecAs(ports, asked);
  const isKnown = await knowledge(ports, asked, known, sameSpec);
  const rows = labels && (await openRows(ports, asked, [...known.values()].flat()));
  look.notes.push(...(rows?.notes ?? []));
  const isOpen = async (each: LogWindow) =>
    !isLosing(each, asked, known) && (labels?.haveMoved || rows?.owes(each.window) || !(await isKnown(each)));
  const open: LogWindow[] = [];
  for (const window of windows) if (await isOpen(window)) open.push(window);
  look.unchanged = windows.length - open.length;
  if (open.length === 0) return look;
  const needed = new Map(open.flatMap((each) => each.files).map((file) => [file.name, file]));
  await withLog([...needed.values()], { ...ports, read: await labels?.files() }, async (session) => {
    look.notes.push(...((await labels?.importInto(session.db)) ?? []));
    const versions = versionsOf(ports, asked, session, look.notes);
    // The newest first: what is too much for one look is left of the oldest.
    for (const window of open.reverse()) {
      if (look.windows.length >= asked.most) {
        look.left += 1;
        continue;
      }
      const looked = await lookAtWindow(
        { ports, asked, session, labels, rows, versions, sameSpec },
        window,
        known.get(window.window.from) ?? [],
      );
      look.windows.push(...looked.fresh);
      look.notes.push(...looked.notes);
      if (looked.count === 0) await emptyWindows(ports.cache, asked).add(window);
      if (looked.fresh.length === 0) look.unchanged += 1;
    }
    await labels?.complete(session.db, look);
  });
  look.windows.sort((a, b) => a.window.from.localeCompare(b.window.from) || a.version - b.version);
  return look;
}

interface Looking {
  ports: LookPorts;
  asked: AskedModel;
  session: LogSession;
  labels: OpenLabels | undefined;
  rows: RowsOfLook | undefined;
  versions(version: VersionNumber): Promise<LookedVersion | undefined>;
  sameSpec(blob: BlobId | undefined): Promise<boolean>;
}

async function lookAtWindow(
  { ports, asked, session, labels, rows, versions, sameSpec }: Looking,
  { window, files, digest }: LogWindow,
  known: readonly KnownLook[],
): Promise<{ fresh: WindowRecord[]; count: number; notes: ModelLook["notes"] }> {
  const { model, loaded, stage, by, host } = asked;
  const { db } = session;
  const range = { since: new Date(window.from), until: new Date(window.to) };
  return session.within(files, range, async (logged) => {
    const fresh: WindowRecord[] = [];
    await labels?.seen(db);
    const answered: LookedVersion[] = [];
    for (const version of await answeringVersions(db, stage)) {
      const about = await versions(version);
      if (about === undefined) continue;
      answered.push(about);
      const { data, predictions_profile } = about.manifest;
      const joined = labels && (await joinedLabels(db, version, stage));
      const inputs: WindowRecord["inputs"] = {
        requests: digest,
        ...(joined === undefined ? {} : { labels: joined }),
        ...(data.profile === undefined ? {} : { profile: data.profile.sha256 }),
        ...(predictions_profile === undefined ? {} : { predictions_profile: predictions_profile.sha256 }),
        ...(loaded === undefined ? {} : { spec: loaded.blob }),
      };
      const before = known.find((look) => look.version === version && look.window.to === window.to);
      const looked = before && {
        ...before.inputs,
        ...((await sameSpec(before.inputs.spec)) ? { spec: inputs.spec } : {}),
      };
      if (looked && sameInputs(looked, inputs)) continue;
      // Where labels alone are new, all else that was found still holds.
      const kept =
        looked && sameInputs({ ...looked, labels: joined }, inputs)
          ? await readWindow(ports.branch, { model, version, from: window.from })
          : undefined;
      const { traffic, rules, tests, untested, estimate } = kept ?? (await lookAtRows(db, about, stage, logged));
      const performance = joined === undefined ? undefined : await lookAtLabels(db, about, stage, logged);
      fresh.push({
        ...{ slipway: 1, model, version, stage, window, inputs, traffic, rules, tests },
        ...(untested === undefined ? {} : { untested }),
        ...(performance === undefined ? {} : { performance: { ...performance, ...NOT_COUNTED } }),
        ...(estimate === undefined ? {} : { estimate }),
        ...{ looked_at: timestamp(ports.clock()), by, host },
      });
    }
    const isKept = rows !== undefined && (fresh.length > 0 || rows.owes(window));
    const notes = isKept ? await rows.keep(session, window, { versions: answered, logged }) : [];
    return { fresh, count: answered.length, notes };
  });
}

/** Counted at the end, over all windows. */
const NOT_COUNTED: Pick<LivePerformance, "doubled" | "unknown"> = { doubled: 0, unknown: 0 };

/** Whether a spec that an earlier look was asked by asks for what the model's spec does now. */
function sameSpecAs({ objects }: LookPorts, { loaded }: AskedModel): Looking["sameSpec"] {
  const isSame = loaded && sameAsked(objects, loaded.spec);
  return async (blob) => blob === loaded?.blob || (blob !== undefined && ((await isSame?.(blob)) ?? false));
}

/** A window that was looked at, and whose rows are removed as too old by now: what was found of all of them stands. */
function isLosing(
  { window }: LogWindow,
  { keptSince }: AskedModel,
  known: ReadonlyMap<Timestamp, KnownLook[]>,
): boolean {
  if (keptSince === undefined || window.from >= keptSince) return false;
  return known.get(window.from)?.some((look) => look.window.to === window.to) === true;
}

/** Whether a window was looked at before with all that there is now, but for labels. */
async function knowledge(
  { cache }: LookPorts,
  asked: AskedModel,
  known: ReadonlyMap<Timestamp, KnownLook[]>,
  sameSpec: Looking["sameSpec"],
): Promise<(window: LogWindow) => Promise<boolean>> {
  const empty = await emptyWindows(cache, asked).read();
  return async ({ window, digest }) => {
    const looks = known.get(window.from);
    if (looks === undefined) return empty.has({ window, digest });
    for (const { inputs, window: looked } of looks)
      if (inputs.requests !== digest || looked.to !== window.to || !(await sameSpec(inputs.spec))) return false;
    return true;
  };
}

/** Rows of the future are none yet: a server's clock runs ahead, or this machine's behind. */
function aheadOf(files: readonly LogFile[], model: ModelName, now: Date): ModelLook["notes"] {
  const ahead = files.filter(({ hour }) => hour > now.getTime());
  const [first] = ahead;
  if (first === undefined) return [];
  const message = `Files of the request log (${ahead.length}) are of hours that have not begun, from ${new Date(first.hour).toISOString()} on. They are left out until then. A server's clock runs ahead, or this machine's behind`;
  return [{ model, code: "CLOCK_AHEAD", message }];
}
