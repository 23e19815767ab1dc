import { join } from "node:path";
import { METRIC_RULES, refuseProblems } from "../../core/acts/project.ts";
import { canonicalJson } from "../../core/canonical.ts";
import { checkRemoteData, type LockOptions, lockRemoteData } from "../../core/data/remote/lock.ts";
import { pinChanges } from "../../core/data/remote/pin-changes.ts";
import { SlipwayError } from "../../core/errors.ts";
import { openObjects } from "../../core/git/objects.ts";
import { openWorkspace } from "../../core/git/workspace.ts";
import { readDataLock } from "../../core/plan/data-lock.ts";
import { inShort } from "../../core/report/pin-change-lines.ts";
import { counted } from "../../core/report/verdict-words.ts";
import { openWorkTree } from "../../core/source/worktree.ts";
import { shownUri } from "../../core/spec/data-uri.ts";
import { type LoadedModel, loadProject } from "../../core/spec/project.ts";
import { writeDurably } from "../../core/write-durably.ts";
import type { LockResult, MovedData, PinChange } from "../../schemas/cli-output.ts";
import type { DataLock } from "../../schemas/data-record.ts";
import type { Colors } from "../colors.ts";
import type { CommandOutcome, Session } from "../command.ts";
import { plainLine } from "../plain-text.ts";
import { storePolicy } from "../ports.ts";

/** `slipway lock [models…]`: pins remote data, file by file, in data.lock.json beside each spec. */
export async function run(
  session: Session,
  args: { models?: string[] },
  options: { check?: boolean; update?: boolean },
): Promise<CommandOutcome> {
  if (options.check && options.update)
    throw new SlipwayError("USAGE", "--check and --update contradict each other", {
      expected: "--check, which writes nothing, or --update, which pins what moved",
      found: "both",
    });
  const workspace = await openWorkspace(session.folder);
  if (workspace.bare) throw new SlipwayError("USAGE", "a bare repository has no work tree to write a lock into");
  const tree = await openWorkTree(workspace.folder);
  const { models, problems } = await loadProject(
    tree,
    METRIC_RULES,
    args.models?.length ? { models: args.models } : {},
  );
  refuseProblems(problems);
  const objects = await openObjects(workspace.folder);
  const { policy } = await storePolicy(session, workspace, objects).finally(() => objects.close());
  const transfer = () => session.progress.transfer("fetching");
  const access = { env: session.env, store: policy.artifacts?.store, transfer, signal: session.signal };
  const how: LockOptions = { cache: join(workspace.state, "cache"), access };
  const result: LockResult = { models: [] };
  for (const model of models.values()) {
    const step = session.progress.start(`lock ${model.name}`);
    const previous = (await readDataLock(tree, model.folder)) ?? NONE;
    const file = `${model.folder}/data.lock.json`;
    const about = { model: model.name, file };
    if (options.check || options.update) {
      const moved = await checkRemoteData(inputsOf(model), how, previous);
      if (options.check || moved.length === 0) {
        result.models.push({ ...about, uris: previous.files.length, changed: moved.length > 0, moved });
        step.done(moved.length === 0 ? "nothing moved" : "data moved");
        continue;
      }
    }
    const lock = await lockRemoteData(inputsOf(model), how, previous);
    const changed = canonicalJson(previous) !== canonicalJson(lock);
    if (changed) await writeDurably(join(workspace.folder, file), canonicalJson(lock));
    result.models.push({ ...about, uris: lock.files.length, changed, pins: pinChanges(previous, lock) });
    step.done(lock.files.length === 0 ? "no remote data" : `${lock.files.length} pinned`);
  }
  if (options.check) return checked(result, session.colors);
  return pinned(result, session.colors, options.update ? "nothing moved since it was pinned" : "nothing to pin anew");
}

const NONE: DataLock = { slipway: 1, files: [] };

function inputsOf({ folder, spec, path, position }: LoadedModel) {
  return { folder, spec, path, position };
}

function pinned({ models }: LockResult, colors: Colors, nothing: string): CommandOutcome {
  const lines = models.flatMap(({ file, uris, changed, pins = [] }) => {
    if (pins.length === 0 && !changed) return [];
    const sign = changed ? colors.green("+") : " ";
    const places = [...new Set(pins.map(({ location }) => location))];
    return [`${sign} ${file}: ${uris} pinned`, ...places.flatMap((place) => pinLines(place, pins, colors))];
  });
  const isChanged = models.some(({ changed }) => changed);
  return {
    result: { models },
    text: [...lines, isChanged ? "commit what was pinned" : nothing].join("\n"),
  };
}

function checked(result: LockResult, colors: Colors): CommandOutcome {
  const models = result.models.filter(({ changed }) => changed);
  if (models.length === 0) return { result, text: "nothing moved since it was pinned" };
  const lines = models.flatMap(({ file, moved = [] }) => [file, ...moved.flatMap((each) => movedLines(each, colors))]);
  const refusal = new SlipwayError("DATA_CHANGED", "Data outside the repository moved since it was pinned", {
    found: models.map(({ model }) => model).join(", "),
    hint: "If the change is wanted, run `slipway lock` and commit data.lock.json.",
  });
  return { result, text: lines.join("\n"), refusal };
}

const MOST_LINES = 20;

/** One line for the location, and one for each file that is pinned otherwise than before. */
function pinLines(location: string, pins: readonly PinChange[], colors: Colors): string[] {
  const here = pins.filter((each) => each.location === location);
  const kept = here.filter(({ change }) => change === "kept").length;
  const lines = here.flatMap(({ uri, change, before, now }) => {
    const shown = plainLine(shownUri(uri));
    if (change === "added") return [`    ${colors.green("+")} ${shown} pinned: ${inShort(now)}`];
    if (change === "gone") return [`    ${colors.red("-")} ${shown} pinned no more`];
    if (change === "kept") return [];
    const isSame = before?.sha256 === now?.sha256;
    const how = isSame ? `another version of the same ${inShort(now)}` : `${inShort(before)} → ${inShort(now)}`;
    return [`    ${colors.yellow("~")} ${shown} moved: ${how}`];
  });
  const stayed = kept === 0 ? [] : [`    ${counted(kept, "file")} stayed as pinned`];
  return [`  ${plainLine(shownUri(location))}`, ...shortened(lines), ...stayed];
}

/** One line for the location, and one for each file where it is a pattern. */
function movedLines({ location, added, gone, changed }: MovedData, colors: Colors): string[] {
  const files = [
    ...added.map((uri) => [colors.green("+"), uri, "added"]),
    ...gone.map((uri) => [colors.red("-"), uri, "gone"]),
    ...changed.map((uri) => [colors.yellow("~"), uri, "changed"]),
  ].map(([sign, uri = "", word]) => `    ${sign} ${plainLine(shownUri(uri))} ${word}`);
  return [`  ${plainLine(shownUri(location))}`, ...shortened(files)];
}

function shortened(lines: readonly string[]): string[] {
  const more = lines.length - MOST_LINES;
  return [...lines.slice(0, MOST_LINES), ...(more > 0 ? [`    … and ${more} more; --json says all`] : [])];
}
