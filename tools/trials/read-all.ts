import { canonicalJson } from "../../core/canonical.ts";
import { SlipwayError } from "../../core/errors.ts";
import { openObjects } from "../../core/git/objects.ts";
import { openCatalogs } from "../../core/registry/catalog.ts";
import { registryOn } from "../../core/registry/open.ts";
import type { RegistrySnapshot } from "../../core/registry/registry.ts";

/** Every answer that a registry gives to who reads it, as one text, or the code with which it refuses to. */
export async function readAll(folder: string): Promise<{ said: string } | { refused: string }> {
  const objects = await openObjects(folder);
  try {
    const snapshot = await (await registryOn(objects, undefined, undefined)).snapshot();
    const models = await snapshot.models();
    const catalog = await openCatalogs(objects, { remote: undefined, signers: async () => [] }).at(snapshot.commit);
    const listed = await Promise.all(
      catalog.models.map(async (model) => [
        model.displayName,
        model.record,
        await Promise.all((await snapshot.versions(model.name)).map((version) => catalog.version(model, version))),
      ]),
    );
    const names = ["penguins", "palmer penguins", "Antarctic birds", "nobody"];
    const found = await Promise.all(names.map(async (name) => (await snapshot.find(name)) ?? "nobody"));
    return { said: canonicalJson([listed, found, await Promise.all(models.map((name) => ofModel(snapshot, name)))]) };
  } catch (error) {
    if (error instanceof SlipwayError && error.code !== "INTERNAL") return { refused: error.code };
    throw error;
  } finally {
    await objects.close();
  }
}

async function ofModel(snapshot: RegistrySnapshot, name: string) {
  const versions = await snapshot.versions(name);
  return {
    model: await snapshot.model(name),
    decisions: await snapshot.list("decision", name),
    requests: await snapshot.list("request", name),
    reviews: await snapshot.list("review", name),
    changes: await snapshot.list("change", name),
    versions: await Promise.all(
      versions.map(async (version) => {
        const found = await snapshot.manifest(name, version);
        const source = found?.manifest.source.commit ?? "";
        return [
          found,
          await snapshot.read({ kind: "metadata", model: name, version }),
          await snapshot.list("comparison", name, (at) => at.version === version),
          await snapshot.read({ kind: "registration", model: name, source }),
        ];
      }),
    ),
  };
}
