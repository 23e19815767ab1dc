import { expect, it } from "vitest";
import { createModel } from "../../../../core/acts/create-model.ts";
import { editModel } from "../../../../core/acts/edit-model.ts";
import { ADA, promote, register } from "../../../registry/builders.ts";
import { testPortal } from "../server.ts";

it("a card is of what is live in the last stage, or else of the latest version", async () => {
  const { get, ports } = await testPortal();
  await register(ports.registry);
  await register(ports.registry);
  expect((await get("/m/penguins/card")).text).toContain("<h1>penguins, version 2</h1>");
  await promote(ports.registry, 1);
  expect((await get("/m/penguins/card")).text).toContain("<h1>penguins, version 1</h1>");
});

it("a card has what was measured, decided, and where it came from", async () => {
  const { get, ports } = await testPortal();
  await register(ports.registry);
  await promote(ports.registry, 1);
  const { text } = await get("/m/penguins/card");
  for (const title of ["How it was judged", "Metrics", "Decisions and approvals", "Where it came from", "Environment"])
    expect(text).toContain(`<h2>${title}</h2>`);
});

it("the same card is kept as Markdown", async () => {
  const { get, ports } = await testPortal();
  await register(ports.registry);
  const { text, headers } = await get("/m/penguins/card?as=markdown");
  expect(headers.get("content-disposition")).toContain('filename="penguins.md"');
  expect(text).toMatch(/^# penguins, version 1\n/);
});

it("markup in a description is text", async () => {
  const { get, ports } = await testPortal();
  await register(ports.registry);
  const edit = { act: "describe", description: "<script>alert(1)</script>\n\nsecond" } as const;
  await editModel(ports, { model: "penguins", by: ADA, edit });
  const { text } = await get("/m/penguins/card");
  expect(text).toContain("<p>&lt;script&gt;alert(1)&lt;/script&gt;</p><p>second</p>");
});

it("a model without a version has no card", async () => {
  const { get, ports } = await testPortal();
  await createModel(ports, { name: "new", by: ADA });
  const { status, text } = await get("/m/new/card");
  expect(status).toBe(404);
  expect(text).toContain("VERSION_UNKNOWN");
});
