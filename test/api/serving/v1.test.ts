import { expect, it } from "vitest";
import { testFace } from "./face.ts";

const instances = [{ bill_length_mm: 39.1, island: "Dream" }];

it("predict answers instances with predictions", async () => {
  const { post } = await testFace();
  expect(await post("/v1/models/penguins:predict", { instances })).toMatchObject({
    status: 200,
    body: { predictions: ["adelie"] },
  });
});

it("a model says whether it is ready", async () => {
  const { get } = await testFace();
  expect(await get("/v1/models/penguins")).toMatchObject({ status: 200, body: { name: "penguins", ready: true } });
  expect((await get("/v1/models")).body).toEqual({ models: ["penguins"] });
});

it.each<[string, unknown, number]>([
  ["/v1/models/nope:predict", { instances }, 404],
  ["/v1/models/penguins:explain", { instances }, 404],
  ["/v1/models/penguins", { instances }, 404],
  ["/v1/models/penguins:predict", { inputs: [] }, 400],
  ["/v1/models/penguins:predict", { instances: [[39.1]] }, 400],
  ["/v1/models/penguins:predict", { instances: [1] }, 400],
])("%s with %j is %i and `error`", async (path, body, status) => {
  const { post } = await testFace();
  expect(await post(path, body)).toMatchObject({ status, body: { error: expect.any(String) } });
});
