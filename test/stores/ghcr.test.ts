import { expect, it } from "vitest";
import { openStore } from "../../core/stores/open/open-store.ts";

it("prints what a package's owner types on GitHub, whose registry lets nobody delete, and contacts nobody", async () => {
  const name = `sha256:${"a".repeat(64)}`;
  const stored = { name, is: [], holds: [], size: 1, put: new Date(0) };
  const removal = await openStore("oci://ghcr.io/acme/churn/models", "/").remove(stored, new Date());
  expect(removal).toEqual({ outcome: "owner", command: expect.stringContaining(`select(.name == "${name}")`) });
  expect(removal).toMatchObject({
    command: expect.stringContaining("/acme/packages/container/churn%2Fmodels/versions/ID"),
  });
});
