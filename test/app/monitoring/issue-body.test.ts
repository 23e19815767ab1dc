import fc from "fast-check";
import { expect, it } from "vitest";
import { type IssueMarks, readIssueMarks, writeIssueBody } from "../../../app/monitoring/issue-body.ts";

const MARKS: IssueMarks = { model: "rain", isOpen: true, alarms: ["0123456789ab", "ba9876543210"] };

it("reads the marks that it writes, whatever the report says", () => {
  const marks = fc.record({
    model: fc.constantFrom("rain", "a--b", "x_y"),
    isOpen: fc.boolean(),
    alarms: fc.array(fc.constantFrom("0123456789ab", "ba9876543210"), { maxLength: 3 }),
  });
  const report = fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc.constantFrom(
      "<!-- slipway:report end -->",
      "<!-- slipway:report cleared ffffffffffff -->",
      "<!-- slipway:monitor other -->\n",
    ),
  );
  fc.assert(
    fc.property(marks, report, (marks, report) => {
      expect(readIssueMarks(writeIssueBody(marks, report))).toEqual(marks);
    }),
  );
});

it("writes over its own report alone, and keeps what a person wrote before and behind it", () => {
  const first = writeIssueBody(MARKS, "Old report");
  const edited = first
    .replace("<!-- slipway:report open", "Ask Ada first.\n\n<!-- slipway:report open")
    .concat("\n\n- [ ] call the station");
  const second = writeIssueBody({ ...MARKS, isOpen: false, alarms: [] }, "New report", edited);
  expect(second).toContain("Ask Ada first.\n\n<!-- slipway:report cleared");
  expect(second).toContain("New report\n<!-- slipway:report end -->\n\n- [ ] call the station");
  expect(second).not.toContain("Old report");
  expect(readIssueMarks(second)).toEqual({ model: "rain", isOpen: false, alarms: [] });
});

it("changes nothing where nothing is new", () => {
  const body = writeIssueBody(MARKS, "Report");
  expect(writeIssueBody(MARKS, "Report", `${body}\nMine`)).toBe(`${body}\nMine`);
});

it("takes all behind its begin for the report where somebody took its end away", () => {
  const body = writeIssueBody(MARKS, "Report").replace("<!-- slipway:report end -->", "");
  expect(writeIssueBody(MARKS, "Other", body)).toBe(writeIssueBody(MARKS, "Other"));
});

it.each([
  ["no mark at all", "An issue of a person."],
  ["a mark that does not stand first", `Look:\n${writeIssueBody(MARKS, "Report")}`],
  ["no mark of a report", "<!-- slipway:monitor rain -->\nhello"],
  ["a model that is none", "<!-- slipway:monitor ../x -->\n<!-- slipway:report open  -->"],
])("is of no model with %s", (_, body) => {
  expect(readIssueMarks(body)).toBeUndefined();
});

it("leaves GitHub a body that it takes: the report gives way to what a person wrote", () => {
  const mine = `${writeIssueBody(MARKS, "Report")}${"x".repeat(40_000)}`;
  const body = writeIssueBody(MARKS, "y".repeat(48_000), mine);
  expect(body).toHaveLength(65_536);
  expect(body).toContain("x".repeat(40_000));
  expect(readIssueMarks(body)).toEqual(MARKS);
});
