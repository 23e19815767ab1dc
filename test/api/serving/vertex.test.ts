import { expect, it } from "vitest";
import { vertexContainer } from "../../../api/serving/vertex.ts";
import { testFace } from "./face.ts";

const ENV = {
  AIP_HTTP_PORT: "8081",
  AIP_HEALTH_ROUTE: "/v1/endpoints/12/deployedModels/34",
  AIP_PREDICT_ROUTE: "/v1/endpoints/12/deployedModels/34:predict",
};

it("answers at the routes that Vertex AI names", async () => {
  const { get, post } = await testFace({ options: { routes: vertexContainer(ENV).routes } });
  const instances = [{ bill_length_mm: 39.1, island: "Dream" }];
  expect(await get(ENV.AIP_HEALTH_ROUTE)).toMatchObject({ status: 200 });
  expect(await post(ENV.AIP_PREDICT_ROUTE, { instances, parameters: {} })).toMatchObject({
    status: 200,
    body: { predictions: ["adelie"] },
  });
});

it("may be given MLflow's own paths", async () => {
  const env = { AIP_HEALTH_ROUTE: "/ping", AIP_PREDICT_ROUTE: "/invocations" };
  const { post } = await testFace({ options: { routes: vertexContainer(env).routes } });
  const instances = [{ bill_length_mm: 39.1, island: "Dream" }];
  expect((await post("/invocations", { instances })).body).toEqual({ predictions: ["adelie"] });
});

it("takes the port that Vertex AI names", () => {
  expect(vertexContainer(ENV).port).toBe(8081);
});

it("without those variables is nothing", () => {
  expect(vertexContainer({})).toEqual({ routes: [] });
});

it.each([
  { AIP_HTTP_PORT: "80a" },
  { AIP_HTTP_PORT: "70000" },
  { AIP_PREDICT_ROUTE: "predict" },
  { AIP_PREDICT_ROUTE: "/a/:b" },
  { AIP_HEALTH_ROUTE: "/*" },
])("refuses what is neither port nor path: %j", (env) => {
  expect(() => vertexContainer(env)).toThrow(expect.objectContaining({ code: "USAGE" }));
});
