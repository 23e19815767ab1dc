import { changeVersion } from "../core/acts/change-version.ts";
import type { EditPorts } from "../core/acts/edit-and-publish.ts";
import { editModel } from "../core/acts/edit-model.ts";
import { editVersion, type VersionEdit } from "../core/acts/edit-version.ts";
import { type Reference, referredVersion } from "../core/acts/reference.ts";
import { knownModel } from "../core/acts/registered.ts";
import { currentSigners } from "../core/acts/signers.ts";
import { SlipwayError } from "../core/errors.ts";
import { openObjects } from "../core/git/objects.ts";
import { openWorkspace, person } from "../core/git/workspace.ts";
import { registryOn } from "../core/registry/open.ts";
import type { Change } from "../schemas/change.ts";
import type { EditResult } from "../schemas/cli-output.ts";
import type { Person } from "../schemas/names.ts";
import type { CommandOutcome, Session } from "./command.ts";
import { plainLine } from "./plain-text.ts";
import { parseReference } from "./reference.ts";
import { ownSigning } from "./signing.ts";

/** Opens what an edit of the registry needs: no store, and of the policy nothing but who signs. */
export async function withEditor<T>(
  { folder }: Session,
  remote: string | undefined,
  act: (ports: EditPorts, by: Person) => Promise<T>,
): Promise<T> {
  const workspace = await openWorkspace(folder);
  const objects = await openObjects(workspace.folder);
  try {
    // Nothing else of an edit brings the default branch here, and its policy may name others by now.
    const signing = { ...ownSigning(objects, remote), signers: () => currentSigners({ objects, remote }) };
    const registry = await registryOn(objects, remote, signing);
    const ports = { name: "cli", workspace, objects, registry, remote, clock: () => new Date() } as const;
    return await act(ports, await person(workspace));
  } finally {
    await objects.close();
  }
}

/**
 * The version that a reference means; the registry is read if the reference names no number. Rejects with USAGE if
 * it names a model alone.
 */
export async function versionMeant(ports: EditPorts, reference: Reference): Promise<number> {
  const { version, model } = reference;
  if (version !== undefined) return version;
  const meant = referredVersion(await knownModel(await ports.registry.snapshot(), model), reference);
  if (meant !== undefined) return meant;
  throw new SlipwayError("USAGE", "which version?", { expected: `${model}@<version>`, found: model });
}

/** Edits a model, or the version that is meant; `words` tell the state that follows. */
export function editWhat(
  session: Session,
  remote: string | undefined,
  what: string,
  { edit, words }: { edit: VersionEdit; words: string },
): Promise<CommandOutcome> {
  const reference = parseReference(what);
  const { model, ...rest } = reference;
  return withEditor(session, remote, async (ports, by) => {
    if (Object.values(rest).every((part) => part === undefined))
      return edited(session, await editModel(ports, { model, edit, by }), { model }, words);
    const version = await versionMeant(ports, reference);
    return edited(session, await editVersion(ports, { model, version, edit, by }), { model, version }, words);
  });
}

/** A command that takes a version out of use. `then` is the version's state after it: `archived` or `withdrawn`. */
export function takingOut(act: "archive" | "withdraw", then: string) {
  return async (
    session: Session,
    { version: written }: { version: string },
    { reason, remote }: { remote?: string; reason?: string },
  ): Promise<CommandOutcome> => {
    const reference = parseReference(written);
    const { model } = reference;
    return withEditor(session, remote, async (ports, by) => {
      const version = await versionMeant(ports, reference);
      const given = await changeVersion(ports, { model, version, act, reason, by });
      return edited(session, given, { model, version }, `${model} version ${version} is ${then}`);
    });
  };
}

/** The outcome of an edit; `words` tell the state that follows. */
export function edited(
  session: Session,
  given: { outcome: "changed" | "unchanged"; change?: Change } | { outcome: "denied" },
  about: { model: string; version?: number | undefined },
  words: string,
): CommandOutcome {
  // That takes a host that knows who people are.
  if (given.outcome === "denied") throw new Error("an edit from the command line was denied");
  const { outcome } = given;
  const change = "change" in given ? given.change : undefined;
  const { model, version } = about;
  const result: EditResult = {
    outcome,
    model: change?.model ?? model,
    version,
    change,
  };
  const lost = [
    ...(change?.ends ?? []).map(({ stage, version }) => `${stage} is empty now: version ${version} left it`),
    ...Object.entries(change?.aliases ?? {}).map(([alias, version]) => `@${alias} went: it led to version ${version}`),
  ];
  const lines = [`${session.colors.green("✓")} ${plainLine(words)}${outcome === "unchanged" ? " already" : ""}`];
  return { result, text: [...lines, ...lost.map((line) => `  ${plainLine(line)}`)].join("\n") };
}
