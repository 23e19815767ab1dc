import { join } from "node:path";
import { onTestFinished } from "vitest";
import { stringify } from "yaml";
import type { Ports } from "../../core/acts/ports.ts";
import { promoteVersion } from "../../core/acts/promote.ts";
import { registerModel } from "../../core/acts/register.ts";
import { openObjects } from "../../core/git/objects.ts";
import { openWorkspace } from "../../core/git/workspace.ts";
import { registryOn } from "../../core/registry/open.ts";
import { openFolderStore } from "../../core/stores/file/folder.ts";
import { FILES, POLICY, SPEC } from "../e2e/tiny-model.ts";
import { type Content, makeRepository } from "../helpers/repository.ts";
import { temporaryFolder } from "../runtime/temporary.ts";

export const ADA = { name: "Ada", id: "ada@example.org" };

/** A score per row: 1 where the prediction is right. Reads labels, so it is the model's own judge. */
export const OWN_METRIC = `import { readFileSync, writeFileSync } from "node:fs";
const rows = (file) => readFileSync(file, "utf8").trim().split("\\n").slice(1).map((line) => line.split(","));
const said = new Map(rows(process.env.SLIPWAY_PREDICTIONS).map(([id, prediction]) => [id, prediction]));
const lines = rows(process.env.SLIPWAY_LABELS).map(([id, label]) => id + ",right," + (said.get(id) === label ? 1 : 0));
writeFileSync(process.env.SLIPWAY_SCORES, ["slipway_id,metric,value", ...lines, ""].join("\\n"));
`;

/** A repository with the model `tiny`, and the ports of a host that may do everything in it; its store is an absolute one. */
export async function arrangeModels(
  about: { spec?: Record<string, unknown>; policy?: Record<string, unknown>; files?: Record<string, Content> } = {},
) {
  const root = temporaryFolder();
  const store = join(root, "store");
  const policy = { ...POLICY, artifacts: { store: `file:${store}` }, ...about.policy };
  const repository = await makeRepository({
    ".gitignore": ".slipway/\n",
    "slipway.yaml": stringify(policy),
    "models/tiny/model.yaml": stringify({ ...SPEC, ...about.spec }),
    ...Object.fromEntries(Object.entries(FILES).map(([path, content]) => [`models/tiny/${path}`, content])),
    ...about.files,
  });
  onTestFinished(() => repository.end());
  const commit = await repository.commit("a tiny model");
  const objects = await openObjects(repository.folder);
  onTestFinished(() => objects.close());
  const ports: Ports = {
    name: "cli",
    identifiesUsers: false,
    runsUserCode: true,
    workspace: await openWorkspace(repository.folder),
    objects,
    registry: await registryOn(objects, undefined, undefined),
    store: openFolderStore(store, `file:${store}`),
    remote: undefined,
    clock: () => new Date(),
  };
  const spec = (changes: Record<string, unknown>) =>
    repository.write({ "models/tiny/model.yaml": stringify({ ...SPEC, ...about.spec, ...changes }) });
  /** Registers what main has, and puts it into production whatever its gates say of nothing to compare with. */
  const ship = async () => {
    const registered = await registerModel(ports, { model: "tiny", requestedBy: ADA });
    if (registered.outcome !== "registered") throw new Error(JSON.stringify(registered));
    const asked = { model: "tiny", stage: "production", requestedBy: ADA };
    const promoted = await promoteVersion(ports, asked);
    if (promoted.outcome !== "promoted") throw new Error(JSON.stringify(promoted));
    return registered.manifest;
  };
  return { root, repository, commit, ports, spec, ship, store };
}
