import { expect, it, onTestFinished } from "vitest";
import { labelled, openLabelled } from "./labelled.ts";

it("brings a version back where issues are turned off", async () => {
  const github = await openLabelled();
  onTestFinished(() => github.end());
  github.hosted.sandbox.faults.api({ kind: "fail", status: 410, path: /\/issues$/, method: "POST", times: 100 });
  await github.looked({ windows: [labelled(10, 50), labelled(9, 45)] });
  expect([await github.live(), github.issues()]).toEqual([1, []]);
});
