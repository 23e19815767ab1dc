import { expect, it } from "vitest";
import { tellStored } from "../../../actions/store/tell-stored.ts";
import type { Problem } from "../../../schemas/problem.ts";
import type { RunResult } from "../../../schemas/run-result.ts";
import { runResult } from "../../report/run-result.ts";

const LACKING: Problem = { code: "ARTIFACT_NOT_DURABLE", message: "The policy names no store", file: "slipway.yaml" };

async function told(about: Partial<RunResult>) {
  const annotations: { level: string; title: string; message: string }[] = [];
  let summary = "";
  await tellStored(
    {
      annotate: (level, { title, message }) => annotations.push({ level, title, message }),
      log: () => {},
      summary: async (text) => {
        summary += text;
      },
    },
    runResult(about),
    true,
  );
  return { annotations, summary };
}

it("tells a pull request that merging it would register nothing, and why", async () => {
  const { annotations, summary } = await told({ binding: false, store_problem: LACKING });
  expect(annotations).toEqual([
    {
      level: "warning",
      title: "ARTIFACT_NOT_DURABLE",
      message: "Merging this would register nothing. The policy names no store",
    },
  ]);
  expect(summary).toMatch(/^### Merging this would register nothing\n\nThe policy names no store/);
});

it("tells the default branch's run as an error that nothing will be registered", async () => {
  const { annotations } = await told({ binding: true, store_problem: LACKING });
  expect(annotations).toMatchObject([
    { level: "error", message: expect.stringMatching(/^Nothing of this run will be/) },
  ]);
});

it("tells the store's own failure, which no other job has told", async () => {
  const problem: Problem = { code: "STORE_FAILED", message: "the disk is full" };
  const { annotations } = await told({ outcome: "failed", problem });
  expect(annotations).toMatchObject([{ level: "error", title: "STORE_FAILED" }]);
});

it("says nothing where all is well", async () => {
  expect(await told({ binding: false })).toEqual({ annotations: [], summary: "" });
});
