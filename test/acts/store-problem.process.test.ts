import { expect, it } from "vitest";
import { findStoreProblem } from "../../core/acts/store-problem.ts";
import { temporaryFolder } from "../runtime/temporary.ts";

it("finds none where the folder is there", async () => {
  expect(await findStoreProblem(`file:${temporaryFolder()}`)).toBeUndefined();
});

it.each([
  ["none is named", undefined, "ARTIFACT_NOT_DURABLE"],
  ["it is a folder of each clone", "file:.slipway/store", "ARTIFACT_NOT_DURABLE"],
  ["it is a folder that this runner does not have", "file:/none/of/these", "STORE_UNREACHABLE"],
])("says why a merge could not register where %s", async (_, store, code) => {
  expect(await findStoreProblem(store)).toMatchObject({ code, file: "slipway.yaml" });
});
