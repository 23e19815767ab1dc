import { expect, it } from "vitest";
import { modelsRepository } from "./models-repository.ts";

const AWAY = { artifacts: { store: "oci://127.0.0.1:1/acme/models" } };

it("runs what becomes no version without the store that is a service, and keeps it in this clone", async () => {
  const place = await modelsRepository();
  await place.policy(AWAY);
  await place.commit();
  const { code, result } = await place.json("run", "tiny", "--no-gate");
  expect(code).toBe(0);
  expect(result.runs[0]?.artifact?.uri).toMatch(/^file:\.slipway\/store\/sha256\//);
});

it("registers nothing while that store is away, and says so", async () => {
  const place = await modelsRepository();
  await place.policy(AWAY);
  await place.commit();
  const { code, error } = await place.json("register", "tiny");
  expect(code).not.toBe(0);
  expect(error).toMatchObject({ code: "STORE_UNREACHABLE" });
});
