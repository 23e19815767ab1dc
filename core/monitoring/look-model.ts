import type { LivePerformance, WindowRecord } from "../../schemas/monitoring.ts";
import type { BlobId, ModelName, StageName, VersionNumber } from "../../schemas/names.ts";
import { timestamp } from "../clock.ts";
import { windowAt, windowLength } from "../drift/windows.ts";
import { type LogFile, listLog } from "../serving/request-log/list-log.ts";
import { answeringVersions } from "./answered-rows.ts";
import { emptyWindows } from "./empty-windows.ts";
import { hasLabelled, joinedLabels } from "./join-labels.ts";
import { type KnownLook, knownLooks, sameInputs } from "./known-looks.ts";
import type { OpenLabels } from "./labels-of-look.ts";
import { type LogSession, withLog } from "./log-session.ts";
import { type LogWindow, logWindows } from "./log-windows.ts";
import type { AskedModel, LookPorts, ModelLook } from "./look-ports.ts";
import { type LookedVersion, lookAtLabels, lookAtRows } from "./look-window.ts";
import { planLook } from "./plan-look.ts";
import { readWindow } from "./read-records.ts";
import type { RowsOfLook } from "./rows-of-look.ts";
import { sameAsked } from "./same-asked.ts";
import { UnreadableRows, unreadIn } from "./unreadable-rows.ts";
import { versionsOf } from "./versions-of-look.ts";
import { idsSince, namesRows } from "./windows-of-look.ts";

/**
 * Looks at the windows of a model's log in which there is something new: requests, labels, or what the spec asks. Rejects as the
 * stores do, with STORE_FAILED for a log that cannot be read; of a file that is none, the windows that it meets are left out.
 */
export async function lookAtModel(ports: LookPorts, asked: AskedModel): Promise<ModelLook> {
  const { model, loaded, stage, since, at } = asked;
  const files = await listLog(ports.log, model);
  const length = windowLength(loaded?.spec.monitor);
  const all = logWindows(files, { since: idsSince(asked), at, length });
  const windows = all.filter(({ window }) => window.from >= windowAt(since, length).from);
  const look: ModelLook = {
    ...{ windows: [], unchanged: 0, left: 0, notes: aheadOf(files, model, ports.clock()), problems: [] },
  };
  const [oldest] = windows;
  if (oldest === undefined) return look;
  const known = await knownLooks(ports.branch, model, oldest.window.from);
  const sameSpec = sameSpecAs(ports, asked);
  const plan = await planLook(ports, asked, { windows, known, sameSpec }, look);
  const { open, labels, rows } = plan;
  const last = open.at(-1);
  if (last === undefined) return look;
  const before = labels && namesRows(asked) ? all.filter(({ window }) => window.from < last.window.from) : [];
  const needed = new Map([...before, ...open].flatMap((each) => each.files).map((file) => [file.name, file]));
  const unread = new Set<string>();
  const leftOut = unreadIn(look, asked, unread);
  await withLog([...needed.values()], { ...ports, read: plan.read }, async (session) => {
    look.notes.push(...((await labels?.importInto(session.db)) ?? []));
    const versions = versionsOf(ports, asked, session, look.notes);
    const opened = new Set(open);
    const isAsked = before.length > 0 && (labels?.haveMoved === true || (await haveLabels(session, open, stage)));
    // The oldest first: a label belongs to the first answer.
    for (const window of isAsked ? inOrder([...before, ...open]) : open) {
      if (!opened.has(window)) {
        await session
          .within(window.files, rangeOf(window), async () => labels?.seen(session.db))
          .catch(leftOut(window));
        continue;
      }
      const looked = await lookAtWindow(
        { ports, asked, session, labels, rows, versions, sameSpec },
        window,
        known.get(window.window.from) ?? [],
      ).catch(leftOut(window));
      if (looked === undefined) continue;
      look.windows.push(...looked.fresh);
      look.notes.push(...looked.notes);
      if (looked.count === 0) await emptyWindows(ports.cache, asked).add(window);
      if (looked.fresh.length === 0) look.unchanged += 1;
    }
    await labels?.complete(session.db, look, look.left === 0 && unread.size === 0);
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
  return session.within(files, rangeOf({ window }), async (logged) => {
    const fresh: WindowRecord[] = [];
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
    await labels?.seen(db);
    return { fresh, count: answered.length, notes };
  });
}

function rangeOf({ window }: Pick<LogWindow, "window">) {
  return { since: new Date(window.from), until: new Date(window.to) };
}

/** Each once, by their begin. */
function inOrder(windows: readonly LogWindow[]): LogWindow[] {
  return [...new Set(windows)].sort((a, b) => a.window.from.localeCompare(b.window.from));
}

/** Whether a label has come for any row of these windows: only then earlier answers matter. */
async function haveLabels(session: LogSession, windows: readonly LogWindow[], stage: StageName): Promise<boolean> {
  const hasAny = (window: LogWindow) =>
    session
      .within(window.files, rangeOf(window), () => hasLabelled(session.db, stage))
      .catch((error: unknown) => {
        // It is told once the window itself is looked at.
        if (error instanceof UnreadableRows) return false;
        throw error;
      });
  for (const window of windows) if (await hasAny(window)) return true;
  return false;
}

/** Counted at the end, over all windows. */
const NOT_COUNTED: Pick<LivePerformance, "doubled" | "unknown"> = { doubled: 0, unknown: 0 };

/** Whether a spec that an earlier look was asked by asks for what the model's spec does now. */
function sameSpecAs({ objects }: LookPorts, { loaded }: AskedModel): Looking["sameSpec"] {
  const isSame = loaded && sameAsked(objects, loaded.spec);
  return async (blob) => blob === loaded?.blob || (blob !== undefined && ((await isSame?.(blob)) ?? false));
}

/** Rows of the future are none yet: a server's clock runs ahead, or this machine's behind. */
function aheadOf(files: readonly LogFile[], model: ModelName, now: Date): ModelLook["notes"] {
  const ahead = files.filter(({ hour }) => hour > now.getTime());
  const [first] = ahead;
  if (first === undefined) return [];
  const message = `Files of the request log (${ahead.length}) are of hours that have not begun, from ${new Date(first.hour).toISOString()} on. They are left out until then. A server's clock runs ahead, or this machine's behind`;
  return [{ model, code: "CLOCK_AHEAD", message }];
}
