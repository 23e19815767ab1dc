import { authorizeAct } from "../../../../core/promotion/decide-authority.ts";
import { openCatalogs } from "../../../../core/registry/catalog.ts";
import type { Person } from "../../../../schemas/names.ts";
import { forge, PERSONS, policyYaml, SPEC } from "../../../acts/hosts.ts";
import { register } from "../../../registry/builders.ts";
import { type TestPortal, testPortal } from "../server.ts";

export const FILES = { "slipway.yaml": policyYaml(0), "models/penguins/model.yaml": SPEC };

/** A plain repository's portal with so many versions of `penguins`, each of accuracy 0.97. */
export async function portalOf(versions: number, files: Record<string, string> = {}): Promise<TestPortal> {
  const portal = await testPortal({ ...FILES, ...files });
  for (let version = 1; version <= versions; version += 1) await register(portal.ports.registry);
  return portal;
}

/** Portals of a repository on a forge, which knows who people are: one for each that asks. */
export async function forgePortals(files: Record<string, string> = {}) {
  const repository = await forge(files);
  const ports = await repository.host();
  await register(ports.registry);
  const catalogs = openCatalogs(ports.objects, { remote: ports.remote, signers: async () => [] });
  const host = { catalogs, tip: async () => (await ports.registry.snapshot()).commit };
  return {
    ...repository,
    ports,
    /** The portal as this person sees it, with the rights that GitHub says they have. */
    as: (person: Person, permission: "read" | "write" = "write") =>
      testPortal(
        {},
        {
          ...{ on: ports, host },
          visitor: {
            person,
            session: { id: person.id, secret: Buffer.alloc(32, person.id) },
            authorize: (act) => async (policy) =>
              authorizeAct(policy, act, { login: person.id, id: 1, permission, given: true, teams: [] }),
          },
        },
      ),
  };
}

export const { ada, grace } = PERSONS;
