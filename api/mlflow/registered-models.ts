import { deprecateModel, renameModel } from "../../core/acts/change-model.ts";
import { createModel } from "../../core/acts/create-model.ts";
import { editModel, type ModelEdit } from "../../core/acts/edit-model.ts";
import { isDisplayName } from "../../core/registry/display-name.ts";
import { invalid, MlflowError, missing } from "./errors.ts";
import type { MlflowHost, MlflowRequest, RouteHandler } from "./host.ts";
import { allowed, denyDistrusted, latestVersions, seenModel, seenVersion } from "./look-up.ts";
import { checkAliasFree, checkAliasName, checkModelName, checkTag, versionNumber } from "./names.ts";
import { labels, optionalText, text, texts } from "./params.ts";
import { canonicalStage, POLICY_STAGE } from "./stages.ts";
import { modelJson, versionJson } from "./wire.ts";

/** The routes of models, by the method and path that MLflow's clients ask. */
export const REGISTERED_MODELS: Readonly<Record<string, RouteHandler>> = {
  "POST registered-models/create": async (host, { sent, caller }) => {
    const name = text(sent, "name");
    const tags = labels(sent);
    const description = optionalText(sent, "description");
    checkModelName(name);
    checkStorable(name);
    for (const [key, value] of Object.entries(tags)) checkTag(key, value);
    const { person: by, authorize } = caller;
    const made = allowed(
      await createModel(host.ports, { name, description, tags, by, authorize: authorize?.("register") }),
    );
    if (made.outcome === "exists")
      throw new MlflowError("RESOURCE_ALREADY_EXISTS", `Registered Model (name=${name}) already exists.`);
    return answerModel(host, name);
  },

  "GET registered-models/get": async (host, { sent }) => answerModel(host, text(sent, "name")),

  "PATCH registered-models/update": async (host, request) => {
    const name = text(request.sent, "name");
    const description = optionalText(request.sent, "description") ?? "";
    await edit(host, request, name, { act: "describe", description });
    return answerModel(host, name);
  },

  "POST registered-models/rename": async (host, { sent, caller }) => {
    const name = text(sent, "name");
    const to = text(sent, "new_name");
    checkModelName(to, "new_name");
    checkStorable(to);
    const { model } = await seenModel(host, name);
    const { person: by, authorize } = caller;
    try {
      allowed(await renameModel(host.ports, { model: model.name, to, by, authorize: authorize?.("retire") }));
    } catch (error) {
      if ((error as { code?: unknown }).code !== "NAME_TAKEN") throw error;
      throw new MlflowError("RESOURCE_ALREADY_EXISTS", `Registered Model (name=${to}) already exists.`);
    }
    return answerModel(host, to);
  },

  "DELETE registered-models/delete": async (host, { sent, caller }) => {
    const { model } = await seenModel(host, text(sent, "name"));
    const { person: by, authorize } = caller;
    allowed(await deprecateModel(host.ports, { model: model.name, by, authorize: authorize?.("retire") }));
    return {};
  },

  "POST registered-models/get-latest-versions": latest,
  "GET registered-models/get-latest-versions": latest,

  "POST registered-models/set-tag": async (host, request) => {
    const name = text(request.sent, "name");
    const key = text(request.sent, "key");
    const value = optionalText(request.sent, "value") ?? "";
    checkTag(key, value);
    await edit(host, request, name, { act: "tag", key, value });
    return {};
  },

  "DELETE registered-models/delete-tag": async (host, request) => {
    const name = text(request.sent, "name");
    const key = text(request.sent, "key");
    checkTag(key, undefined);
    await edit(host, request, name, { act: "untag", key });
    return {};
  },

  "POST registered-models/alias": async (host, request) => {
    const [name, alias, written] = ["name", "alias", "version"].map((key) => text(request.sent, key)) as [
      ...[string, string, string],
    ];
    checkAliasName(alias);
    checkAliasFree(alias);
    const version = versionNumber(written);
    await seenVersion(host, name, written);
    await edit(host, request, name, { act: "alias", alias, version });
    return {};
  },

  "DELETE registered-models/alias": async (host, request) => {
    const name = text(request.sent, "name");
    const alias = text(request.sent, "alias");
    checkAliasName(alias);
    await edit(host, request, name, { act: "unalias", alias });
    return {};
  },

  "GET registered-models/alias": async (host, { sent }) => {
    const name = text(sent, "name");
    const alias = text(sent, "alias");
    checkAliasName(alias);
    const { catalog, model } = await seenModel(host, name);
    if (alias.toLowerCase() === "latest") {
      const versions = await latestVersions(catalog, model);
      const newest = versions.sort((a, b) => b.facts.version - a.facts.version)[0];
      if (newest === undefined) throw missing(`Latest version not found for model ${name}.`);
      return { model_version: versionJson(model, newest) };
    }
    const { aliases } = model.record;
    const version = Object.hasOwn(aliases, alias) ? aliases[alias] : undefined;
    const found = version === undefined ? undefined : await catalog.version(model, version);
    if (found === undefined) throw invalid(`Registered model alias ${alias} not found.`);
    denyDistrusted(found.distrust);
    return { model_version: versionJson(model, found) };
  },
};

/** MLflow takes names that no file can have. */
function checkStorable(name: string): void {
  if (!isDisplayName(name))
    throw invalid(
      `Invalid model name '${name.slice(0, 200)}'. This registry takes names of at most 100 characters (200 bytes, percent-encoded), without control characters.`,
    );
}

async function latest(host: MlflowHost, { sent }: MlflowRequest): Promise<object> {
  const name = text(sent, "name");
  const stages = texts(sent, "stages");
  const { catalog, model } = await seenModel(host, name);
  const asked = stages.length === 0 ? undefined : new Set(stages.map(canonicalStage));
  for (const stage of asked ?? [])
    if (stage === "Staging" || stage === "Production") denyDistrusted(model.distrust?.get(POLICY_STAGE[stage]));
  const versions = await latestVersions(catalog, model, asked);
  if (versions.length === 0) return {};
  return { model_versions: versions.map((version) => versionJson(model, version)) };
}

async function edit(host: MlflowHost, { caller }: MlflowRequest, name: string, what: ModelEdit): Promise<void> {
  const { model } = await seenModel(host, name);
  const { person: by, authorize } = caller;
  allowed(await editModel(host.ports, { model: model.name, edit: what, by, authorize: authorize?.("edit") }));
}

async function answerModel(host: MlflowHost, name: string): Promise<object> {
  const { catalog, model } = await seenModel(host, name);
  const versions = await latestVersions(catalog, model);
  // As MLflow has it: the versions in a model are without their aliases.
  const shown = versions.map((version) => versionJson(model, version, false));
  return { registered_model: modelJson(model, shown) };
}
