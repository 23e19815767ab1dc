import { Readable } from "node:stream";
import { refuseDistrusted } from "../../../core/acts/checked-version.ts";
import { SlipwayError } from "../../../core/errors.ts";
import { soundFiles } from "../../../core/stores/artifact.ts";
import type { Download, PageRequest } from "../request/page.ts";
import { heldBack } from "./held-back.ts";
import { loadVersion } from "./load-version.ts";

/**
 * `/m/NAME/v/N/files/PATH`: a file of a version, as bytes to keep. Its digest is checked on the way: of other bytes the last
 * part never comes. Rejects with RECORD_FORGED or TAG_UNTRUSTED where the version must not be handed out, ARTIFACT_NOT_DURABLE
 * where only an address is known, ARTIFACT_MISSING, and as the store does.
 */
export async function downloadFile(request: PageRequest): Promise<Download> {
  const { manifest, read, model, version } = await loadVersion(request);
  refuseDistrusted(read.distrust);
  const elsewhere = manifest.imported?.download;
  if (elsewhere !== undefined)
    throw new SlipwayError(
      "ARTIFACT_NOT_DURABLE",
      `The files of ${model.displayName} version ${version} are elsewhere`,
      {
        expected: "files in the store, known by their digest",
        found: elsewhere,
      },
    );
  const path = request.params["path"] ?? "";
  const file = soundFiles(manifest.artifact).find((each) => each.path === path);
  if (file === undefined)
    throw new SlipwayError("ARTIFACT_MISSING", "The version has no such file", {
      hint: "Its page lists those that it has.",
    });
  const { store } = request.host.ports;
  const stored = { uri: manifest.artifact.uri, sha256: file.sha256, size: file.size };
  const state = await store.has(stored);
  if (state !== "ok")
    throw new SlipwayError(
      state === "missing" ? "ARTIFACT_MISSING" : "ARTIFACT_CORRUPT",
      `The store has ${state === "missing" ? "no longer this file" : "other bytes in this file's place"}`,
      {
        hint: "`slipway verify` says what else is lost.",
      },
    );
  const name = path.slice(path.lastIndexOf("/") + 1);
  return {
    ...{ name, type: "application/octet-stream", size: file.size },
    body: Readable.from(heldBack(store.read(stored)), { objectMode: false }),
  };
}
