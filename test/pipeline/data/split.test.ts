import { describe, expect, it } from "vitest";
import { prepare, refusal, text } from "./setting.ts";

const TIMES = ["2024-01-01", "2024-01-10", "2024-01-19", "2024-01-20", "2024-01-21", "2024-01-30"];
const csv = (times: string[]) => `seen,y\n${times.map((time, index) => `${time},${index + 1}\n`).join("")}`;
const rowsOf = async (file: string) => (await text(file)).trim().split("\n").slice(1);

function split(content: string, about: Record<string, unknown> = {}, columns: Record<string, unknown> = {}) {
  return prepare(
    { "t.csv": content },
    { source: "t.csv", split: { time: "seen", test: "10d", ...about }, label: "y", columns },
    { task: "regression" },
  );
}

describe("a split by time", () => {
  it("tests on what is later than max − test, to the microsecond", async () => {
    const { trainFile, featuresFile } = await split(csv([...TIMES, "2024-01-20T00:00:00.000001Z"]));
    expect(await rowsOf(trainFile as string)).toEqual(["2024-01-01,1", "2024-01-10,2", "2024-01-19,3", "2024-01-20,4"]);
    expect(await rowsOf(featuresFile)).toEqual(["5,2024-01-21", "6,2024-01-30", "7,2024-01-20T00:00:00.000001Z"]);
  });

  it("leaves the gap's rows out of both", async () => {
    const { train, test, trainFile } = await split(csv(TIMES), { gap: "1d" });
    expect([train?.rows, test.rows]).toEqual([3, 2]);
    expect(await rowsOf(trainFile as string)).toEqual(["2024-01-01,1", "2024-01-10,2", "2024-01-19,3"]);
  });

  it("takes times without an offset as UTC and reads offsets", async () => {
    const { featuresFile } = await split(csv(["2024-01-01", "2024-01-19T23:00:00-02:00", "2024-01-30"]));
    expect(await rowsOf(featuresFile)).toEqual(["2,2024-01-19T23:00:00-02:00", "3,2024-01-30"]);
  });

  it("gives train and test digests of their own, which follow the split", async () => {
    const content = csv(TIMES);
    const a = await split(content);
    const b = await split(content, { gap: "1d" });
    expect(new Set([a.train?.sha256, a.test.sha256, b.train?.sha256, b.test.sha256]).size).toBe(4);
  });

  it("counts rows without a time", async () => {
    const { violations, train } = await split(csv([...TIMES, ""]));
    expect(violations).toEqual([
      expect.objectContaining({ set: "train", check: "nulls", column: "seen", rows: ["7"] }),
    ]);
    expect(train?.rows).toBe(5);
  });

  it("is refused with the span that was found where no training rows are left", async () => {
    expect(await refusal(split(csv(TIMES), { test: "29d", gap: "1d" }))).toMatchObject({
      code: "DATA_INVALID",
      expected: "data that spans more than 29d and a gap of 1d",
      found: "2024-01-01T00:00:00.000Z to 2024-01-30T00:00:00.000Z",
    });
  });

  it("keeps the oldest row where it is just outside", async () => {
    const { train } = await split(csv(TIMES), { test: "28d", gap: "1d" });
    expect(train?.rows).toBe(1);
  });

  it("is refused for a number, which has no unit", async () => {
    expect(await refusal(split(csv(["1", "2"])))).toMatchObject({
      code: "DATA_INVALID",
      found: "long",
      hint: expect.stringContaining("no unit"),
    });
  });

  it("is refused for a column that is not there", async () => {
    expect(await refusal(split("when,y\n2024-01-01,1\n"))).toMatchObject({ code: "DATA_INVALID", found: "when, y" });
  });

  it("counts unfit times of a declared column as violations", async () => {
    const { violations } = await split(csv([...TIMES, "soon"]), {}, { seen: { type: "datetime" } });
    expect(violations.map(({ check, rows }) => [check, rows])).toEqual([
      ["type", ["7"]],
      ["nulls", ["7"]],
    ]);
  });
});
