import { changeVersion } from "../../core/acts/change-version.ts";
import { editVersion, type VersionEdit } from "../../core/acts/edit-version.ts";
import { importVersion } from "../../core/acts/import-version.ts";
import type { MlflowHost, MlflowRequest, RouteHandler } from "./host.ts";
import { allowed, seenModel, seenVersion, servedVersion } from "./look-up.ts";
import { checkTag } from "./names.ts";
import { flag, labels, optionalText, text } from "./params.ts";
import { resolveSource } from "./source.ts";
import { transition } from "./transition.ts";
import { versionJson } from "./wire.ts";

/** The routes of versions, by the method and path that MLflow's clients ask. */
export const MODEL_VERSIONS: Readonly<Record<string, RouteHandler>> = {
  "POST model-versions/create": async (host, { sent, caller }) => {
    const name = text(sent, "name");
    const source = text(sent, "source");
    const tags = labels(sent);
    for (const [key, value] of Object.entries(tags)) checkTag(key, value);
    const { model } = await seenModel(host, name);
    const run_id = optionalText(sent, "run_id");
    const [run_link, model_id] = [optionalText(sent, "run_link"), optionalText(sent, "model_id")];
    const resolved = await resolveSource(host, { source, run_id, run_link, model_id });
    const { person: by, authorize } = caller;
    const description = optionalText(sent, "description");
    const about = { model: model.name, description, tags, by, authorize: authorize?.("register") };
    const { manifest } = allowed(await importVersion(host.ports, { ...resolved, ...about }));
    return answerVersion(host, name, String(manifest.version));
  },

  "GET model-versions/get": async (host, { sent }) => answerVersion(host, text(sent, "name"), text(sent, "version")),

  "PATCH model-versions/update": async (host, request) => {
    const description = optionalText(request.sent, "description") ?? "";
    const { name, written } = await edit(host, request, { act: "describe", description });
    return answerVersion(host, name, written);
  },

  "POST model-versions/transition-stage": async (host, { sent, caller }) => {
    const name = text(sent, "name");
    const written = text(sent, "version");
    const stage = text(sent, "stage");
    await transition(host, caller, { name, written, stage, archive: flag(sent, "archive_existing_versions") });
    return answerVersion(host, name, written);
  },

  "DELETE model-versions/delete": async (host, { sent, caller }) => {
    const { model, version } = await seenVersion(host, text(sent, "name"), text(sent, "version"));
    const { person: by, authorize } = caller;
    const about = { model: model.name, version: version.facts.version, by, authorize: authorize?.("retire") };
    allowed(await changeVersion(host.ports, { ...about, act: "withdraw" }));
    return {};
  },

  "GET model-versions/get-download-uri": async (host, { sent, artifacts }) => {
    const { model, version } = await servedVersion(host, text(sent, "name"), text(sent, "version"));
    const { facts } = version;
    // Without this server's address a client would ask the one that has its runs.
    const here = `${artifacts}/registry/${model.name}/${facts.version}`;
    return { artifact_uri: facts.imported?.download ?? here };
  },

  "POST model-versions/set-tag": async (host, request) => {
    const key = text(request.sent, "key");
    const value = optionalText(request.sent, "value") ?? "";
    checkTag(key, value);
    await edit(host, request, { act: "tag", key, value });
    return {};
  },

  "DELETE model-versions/delete-tag": async (host, request) => {
    const key = text(request.sent, "key");
    checkTag(key, undefined);
    await edit(host, request, { act: "untag", key });
    return {};
  },
};

async function edit(host: MlflowHost, { sent, caller }: MlflowRequest, what: VersionEdit) {
  const name = text(sent, "name");
  const written = text(sent, "version");
  const { model, version } = await seenVersion(host, name, written);
  const { person: by, authorize } = caller;
  const about = { model: model.name, version: version.facts.version, by, authorize: authorize?.("edit") };
  allowed(await editVersion(host.ports, { ...about, edit: what }));
  return { name, written };
}

async function answerVersion(host: MlflowHost, name: string, written: string): Promise<object> {
  const { model, version } = await seenVersion(host, name, written);
  return { model_version: versionJson(model, version) };
}
