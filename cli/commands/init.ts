import { mkdir } from "node:fs/promises";
import path from "node:path";
import { GitError } from "simple-git";
import { SlipwayError } from "../../core/errors.ts";
import { porcelain } from "../../core/git/porcelain.ts";
import { openWorkspace, person, workTreeState } from "../../core/git/workspace.ts";
import { readTemplate, type Template } from "../../core/new-model/read-template.ts";
import type { TemplateName } from "../../core/new-model/templates.ts";
import { POLICY_PATH } from "../../core/spec/project.ts";
import type { InitResult } from "../../schemas/cli-output.ts";
import type { Colors } from "../colors.ts";
import type { CommandOutcome, Session } from "../command.ts";
import { appNotes, changedFiles, firstBranch, hostedBranch, isBegun, readGitHubFiles } from "../init/github.ts";
import { gitHubSteps, storeNotes } from "../init/github-steps.ts";
import { addMissingFiles, inspectFolder } from "../init/inspect-folder.ts";
import { hasSealedLabels, previewNotes } from "../init/label-notes.ts";
import { hostedRepository, nameStore, nameStoreIn } from "../init/name-store.ts";
import { plainLine } from "../plain-text.ts";

/**
 * `slipway init [folder]`: a repository with a first model and its first commit. In a repository that a person has
 * begun, only missing files are added and nothing is committed. Doing it again changes nothing. With `--github` the
 * workflows and rulesets come too; in a repository with a commit, they alone.
 */
export async function run(
  session: Session,
  args: { folder?: string },
  options: { template: TemplateName; name?: string; github?: boolean; bot?: boolean },
): Promise<CommandOutcome> {
  const folder = path.resolve(session.folder, args.folder ?? ".");
  const { github = false, bot = false } = options;
  if (bot && !github)
    throw new SlipwayError("USAGE", "--bot is an option of --github", { hint: "slipway init --github --bot" });
  if (github && (await isBegun(folder))) return await addToRepository(session, folder, bot);
  const template = await readTemplate(session.packageRoot, options.template, options.name);
  const hosted = github ? await beginOnGitHub(session, folder, template, bot) : undefined;
  const place = await inspectFolder(folder, template);
  // Asked before anything is written: a commit needs a name.
  if (place === "new") await person(session);
  await mkdir(folder, { recursive: true });
  if (place === "new") await porcelain(folder).init(["--initial-branch=main"]);
  const { created, kept } = await addMissingFiles(folder, template);
  if (hosted && place === "begun" && kept.includes(POLICY_PATH)) hosted.store = (await nameStoreIn(folder)).outcome;
  const commit = place === "new" ? await firstCommit(folder, template, options.template) : undefined;
  const result: InitResult = {
    folder,
    template: options.template,
    model: template.model,
    created,
    kept,
    commit,
    notes: [
      ...(place === "new" ? await nestedNote(folder) : begunNotes(created, kept)),
      ...(hosted ? storeNotes(hosted.store) : []),
      ...(hosted?.notes ?? []),
      ...(await previewNotes(folder)),
    ],
    next: [
      ...nextCommands(session.folder, folder, options.template, template.model, {
        commit: place === "begun" && (created.length > 0 || hosted !== undefined),
        hosted: hosted !== undefined,
      }),
      ...(hosted
        ? gitHubSteps({ bot, branch: hosted.branch, committed: true, store: hosted.store, sealed: false })
        : []),
    ],
  };
  return { result, text: initText(result, session.colors) };
}

/** `--github` in a repository without a commit: workflows, rulesets and the store become the template's. */
async function beginOnGitHub({ packageRoot }: Session, folder: string, template: Template, bot: boolean) {
  const branch = await firstBranch(folder);
  const { files, notes } = await readGitHubFiles(packageRoot, branch, bot);
  for (const [file, content] of files) template.files.set(file, content);
  const policy = template.files.get(POLICY_PATH)?.toString("utf8") ?? "";
  const { text, outcome: store } = nameStore(policy, await hostedRepository(folder));
  template.files.set(POLICY_PATH, Buffer.from(text));
  return { branch, notes, store };
}

/** `--github` in a repository with a commit: its models are its own. */
async function addToRepository(session: Session, folder: string, bot: boolean): Promise<CommandOutcome> {
  const branch = await hostedBranch(folder);
  const hosted = await readGitHubFiles(session.packageRoot, branch, bot);
  const { created, kept } = await addMissingFiles(folder, hosted);
  const { outcome: store, changed: named } = await nameStoreIn(folder);
  const changed = await changedFiles(folder, kept, hosted);
  const differ = `${changed.join(", ")} ${changed.length === 1 ? "is" : "are"} not as this release writes ${changed.length === 1 ? "it" : "them"}, and kept; to take this release's, delete and run slipway init --github again`;
  const result: InitResult = {
    folder,
    created,
    kept,
    notes: [
      ...begunNotes(created, kept, named),
      ...(changed.length > 0 ? [differ] : []),
      ...storeNotes(store),
      ...(await appNotes(folder, bot)),
      ...hosted.notes,
      ...(await previewNotes(folder)),
    ],
    next: [
      ...(session.folder === folder ? [] : [`cd ${quoted(shortest(session.folder, folder))}`]),
      ...gitHubSteps({ bot, branch, committed: false, store, sealed: await hasSealedLabels(folder) }),
    ],
  };
  return { result, text: initText(result, session.colors) };
}

/** The person's own commit, as their Git makes it. Rejects with GIT_FAILED if a hook or a missing key keeps Git from it. */
async function firstCommit(folder: string, template: Template, name: TemplateName): Promise<string | undefined> {
  const message = `Start from Slipway's ${name} template`;
  try {
    // Forced: a person's own excludes file may ignore *.csv, say.
    await porcelain(folder).raw("add", "--force", "--", ...template.files.keys());
    await porcelain(folder).commit(message);
  } catch (cause) {
    if (!(cause instanceof GitError)) throw cause;
    throw new SlipwayError("GIT_FAILED", "Git did not make the first commit; the files are there, and staged", {
      expected: "a commit in your name, with your hooks and, if commit.gpgSign says so, your signature",
      found: cause.message,
      hint: `mend what Git names and run slipway init again, or commit without: git -C ${quoted(folder)} -c commit.gpgSign=false commit --no-verify -m ${quoted(message)}`,
      cause,
    });
  }
  return (await workTreeState(await openWorkspace(folder))).commit;
}

/** A repository inside another one is allowed, and easily a mistake. */
async function nestedNote(folder: string): Promise<string[]> {
  const outer = await openWorkspace(path.dirname(folder)).catch(() => undefined);
  return outer ? [`it lies inside another Git repository, ${outer.folder}, which does not take it in`] : [];
}

function begunNotes(created: string[], kept: string[], changed = false): string[] {
  if (created.length === 0 && !changed) return ["nothing to do: all of it was there"];
  return [
    "nothing was committed: look at what was added, then commit it",
    ...(kept.includes(".gitignore") ? [".gitignore was kept: let it ignore .slipway/, node_modules/ and .venv/"] : []),
  ];
}

/** On GitHub (`hosted`) a pull request runs a model and a merge registers it: a registry of this clone's own would be another one. */
function nextCommands(
  from: string,
  folder: string,
  template: TemplateName,
  model: string,
  { commit, hosted }: { commit: boolean; hosted: boolean },
): string[] {
  return [
    ...(from === folder ? [] : [`cd ${quoted(shortest(from, folder))}`]),
    ...(template === "empty" ? [`$EDITOR models/${model}/model.yaml`] : []),
    "slipway check",
    ...(hosted ? [] : [`slipway run ${model}`]),
    ...(commit || template === "empty" ? [`git add -A && git commit -m "Add the model ${model}"`] : []),
    ...(hosted ? [] : [`slipway register ${model}`, `slipway promote ${model}@1 production`, `slipway serve ${model}`]),
  ];
}

function shortest(from: string, folder: string): string {
  const relative = path.relative(from, folder);
  return relative.startsWith("..") ? folder : relative;
}

function quoted(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

function initText(result: InitResult, colors: Colors): string {
  const created = result.created.map((file) => `  ${colors.green("+")} ${plainLine(file)}`);
  const kept = result.kept.map((file) => `  ${colors.dim(`= ${plainLine(file)} (was there; kept)`)}`);
  return [
    `${colors.bold(result.model ?? "Slipway on GitHub")} in ${plainLine(result.folder)}`,
    ...created,
    ...kept,
    ...(result.commit ? [`committed as ${result.commit.slice(0, 7)}`] : []),
    ...result.notes,
    "",
    "Next:",
    ...result.next.map((command) => `  ${plainLine(command)}`),
  ].join("\n");
}
