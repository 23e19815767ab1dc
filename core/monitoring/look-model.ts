import type { MonitorResult, WindowRecord } from "../../schemas/monitoring.ts";
import type { ModelName, Person, StageName, Timestamp, VersionNumber } from "../../schemas/names.ts";
import { timestamp } from "../clock.ts";
import { windowLength } from "../drift/windows.ts";
import type { GitObjects } from "../git/objects.ts";
import type { EvaluatedVersion } from "../promotion/evaluated.ts";
import { type LogFile, type LogSource, listLog } from "../serving/request-log/list-log.ts";
import type { LoadedModel } from "../spec/project.ts";
import type { ArtifactStore } from "../stores/store.ts";
import { emptyWindows } from "./empty-windows.ts";
import { type KnownLook, knownLooks, sameInputs } from "./known-looks.ts";
import { type LogSession, withLog } from "./log-session.ts";
import { type LogWindow, logWindows } from "./log-windows.ts";
import { answeringVersions, type LookedVersion, lookAtRows } from "./look-window.ts";
import type { Monitoring } from "./open-branch.ts";
import { keptReference } from "./reference.ts";
import { sameAsked } from "./same-asked.ts";

export interface LookPorts {
  objects: GitObjects;
  store: ArtifactStore;
  branch: Monitoring;
  log: LogSource;
  /** A version of the model, as decisions see it. */
  version(number: VersionNumber): Promise<EvaluatedVersion | undefined>;
  /** A folder for what is quicker to know than to find out again. */
  cache: string;
  clock(): Date;
  signal?: AbortSignal | undefined;
}

export interface AskedModel {
  /** Its folder's name in the registry, which the log has. */
  model: ModelName;
  /** The spec at the default branch's tip; undefined if the model has none. */
  loaded: LoadedModel | undefined;
  stage: StageName;
  /** Windows from then on, and those that are over at `at`. */
  since: Timestamp;
  at: Timestamp;
  by: Person;
  host: string;
  /** Windows to look at, at most: the newest ones. */
  most: number;
}

export interface ModelLook {
  windows: WindowRecord[];
  unchanged: number;
  left: number;
  notes: MonitorResult["notes"] & object;
}

/**
 * Looks at the windows of a model's log in which there is something new. Rejects as the stores do, with STORE_FAILED for a log
 * that cannot be read.
 */
export async function lookAtModel(ports: LookPorts, asked: AskedModel): Promise<ModelLook> {
  const { model, loaded, since, at } = asked;
  const files = await listLog(ports.log, model);
  const windows = logWindows(files, { since, at, length: windowLength(loaded?.spec.monitor) });
  const look: ModelLook = { windows: [], unchanged: 0, left: 0, notes: notesOn(files, model, ports.clock()) };
  const [oldest] = windows;
  if (oldest === undefined) return look;
  const known = await knownLooks(ports.branch, model, oldest.window.from);
  const isKnown = await knowledge(ports, asked, known);
  const open: LogWindow[] = [];
  for (const window of windows) {
    if (await isKnown(window)) look.unchanged += 1;
    else open.push(window);
  }
  const chosen = open.slice(-asked.most);
  look.left = open.length - chosen.length;
  if (chosen.length === 0) return look;
  const needed = [...new Map(chosen.flatMap((each) => each.files).map((file) => [file.name, file])).values()];
  await withLog(needed, ports, async (session) => {
    const versions = versionsOf(ports, asked, session, look.notes);
    for (const window of chosen) {
      const found = await lookAtWindow(session, asked, window, versions, ports);
      const fresh = found.filter((record) => {
        const before = known.get(window.window.from)?.find(({ version }) => version === record.version);
        return before === undefined || !sameInputs(before.inputs, record.inputs);
      });
      look.windows.push(...fresh);
      if (found.length === 0) await emptyWindows(ports.cache, asked).add(window);
      if (fresh.length === 0) look.unchanged += 1;
    }
  });
  return look;
}

async function lookAtWindow(
  session: LogSession,
  { model, loaded, stage, by, host }: AskedModel,
  { window, files, digest }: LogWindow,
  versions: (version: VersionNumber) => Promise<LookedVersion | undefined>,
  { clock }: Pick<LookPorts, "clock">,
): Promise<WindowRecord[]> {
  const range = { since: new Date(window.from), until: new Date(window.to) };
  return session.within(files, range, async (logged) => {
    const records: WindowRecord[] = [];
    for (const version of await answeringVersions(session.db, stage)) {
      const about = await versions(version);
      if (about === undefined) continue;
      const { data, predictions_profile } = about.manifest;
      const looked = await lookAtRows(session.db, about, stage, logged);
      records.push({
        ...{ slipway: 1, model, version, stage, window },
        inputs: {
          requests: digest,
          ...(data.profile === undefined ? {} : { profile: data.profile.sha256 }),
          ...(predictions_profile === undefined ? {} : { predictions_profile: predictions_profile.sha256 }),
          ...(loaded === undefined ? {} : { spec: loaded.blob }),
        },
        ...looked,
        ...{ looked_at: timestamp(clock()), by, host },
      });
    }
    return records;
  });
}

/** Whether a window was looked at before with all that there is now. */
async function knowledge(
  ports: LookPorts,
  asked: AskedModel,
  known: ReadonlyMap<Timestamp, KnownLook[]>,
): Promise<(window: LogWindow) => Promise<boolean>> {
  const { loaded } = asked;
  const isSame = loaded && sameAsked(ports.objects, loaded.spec);
  const empty = emptyWindows(ports.cache, asked);
  const sameSpec = async (blob: string | undefined) =>
    blob === loaded?.blob || (blob !== undefined && isSame !== undefined && (await isSame(blob)));
  return async (window) => {
    const looks = known.get(window.window.from);
    if (looks === undefined) return empty.has(window);
    for (const { inputs, window: looked } of looks)
      if (inputs.requests !== window.digest || looked.to !== window.window.to || !(await sameSpec(inputs.spec)))
        return false;
    return true;
  };
}

/** The versions that rows name, each read once. One that is not registered is said, and its rows are left out. */
function versionsOf(
  ports: LookPorts,
  { model, loaded }: AskedModel,
  { work }: LogSession,
  notes: ModelLook["notes"],
): (version: VersionNumber) => Promise<LookedVersion | undefined> {
  const known = new Map<VersionNumber, Promise<LookedVersion | undefined>>();
  const read = async (number: VersionNumber): Promise<LookedVersion | undefined> => {
    const found = await ports.version(number);
    const note = (code: string, message: string) => notes.push({ model, code, message });
    if (found === undefined) {
      note(
        "VERSION_UNKNOWN",
        `The request log has rows of version ${number}, which is not registered: they are left out`,
      );
      return undefined;
    }
    const reference = await keptReference(ports.store, found.manifest, work);
    if (reference.problem !== undefined)
      note(
        "ARTIFACT_MISSING",
        `The kept profile of version ${number} cannot be read (${reference.problem}): what it describes is not compared`,
      );
    return { manifest: found.manifest, reference, spec: loaded?.spec };
  };
  return (version) => {
    const answer = known.get(version) ?? read(version);
    known.set(version, answer);
    return answer;
  };
}

/** Rows of the future are none yet: a server's clock runs ahead, or this machine's behind. */
function notesOn(files: readonly LogFile[], model: ModelName, now: Date): ModelLook["notes"] {
  const ahead = files.filter(({ hour }) => hour > now.getTime());
  const [first] = ahead;
  if (first === undefined) return [];
  const message = `${ahead.length} files of the request log are of hours that have not begun, from ${new Date(first.hour).toISOString()} on: they are left out until then. A server's clock runs ahead, or this machine's behind`;
  return [{ model, code: "CLOCK_AHEAD", message }];
}
