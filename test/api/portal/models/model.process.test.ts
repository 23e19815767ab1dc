import { expect, it } from "vitest";
import { editModel } from "../../../../core/acts/edit-model.ts";
import { ADA, promote, register } from "../../../registry/builders.ts";
import { testPortal } from "../server.ts";

it("a model that is not there is 404", async () => {
  const { get } = await testPortal();
  const { status, text } = await get("/m/nothing");
  expect(status).toBe(404);
  expect(text).toContain("MODEL_UNKNOWN");
});

it("which version is live, and why, stands on its page", async () => {
  const { get, ports } = await testPortal();
  await register(ports.registry);
  const gate = { metric: "accuracy", "at-least": 0.9 };
  const passed = { gate, origin: "spec", verdict: "pass", expected: "at least 0.9", found: "0.97" } as const;
  await promote(ports.registry, 1, { gates: [passed], reason: "the summer's data" });
  const { text } = await get("/m/penguins");
  expect(text).toContain("<strong>Version 1</strong></a> is in production since");
  expect(text).toContain("promoted by Ada; its gate passed");
  expect(text).toContain("the summer&#39;s data");
});

it("a name that the model had before leads to the one that it has", async () => {
  const { get, ports } = await testPortal();
  await register(ports.registry);
  await editModel(ports, { model: "penguins", by: ADA, edit: { act: "describe", description: "birds" } });
  expect((await get("/m/penguins")).text).toContain("birds");
});
