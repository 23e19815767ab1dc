import { expect, it } from "vitest";
import { renameModel } from "../../../../core/acts/change-model.ts";
import { createModel } from "../../../../core/acts/create-model.ts";
import { editModel } from "../../../../core/acts/edit-model.ts";
import { snoozeModel } from "../../../../core/acts/snooze.ts";
import { ADA, promote, register } from "../../../registry/builders.ts";
import { gitIn } from "../../../registry/repositories.ts";
import { testPortal } from "../server.ts";

const EVE = { name: "Eve", id: "eve@example.org" };

/** `gulls` by Eve, `penguins` with a version in production. */
async function history() {
  const portal = await testPortal();
  const { ports } = portal;
  await createModel(ports, { name: "gulls", by: EVE });
  await register(ports.registry);
  await promote(ports.registry, 1);
  const tip = async () => (await ports.registry.snapshot()).commit as string;
  return { ...portal, tip };
}

const rowsOf = (text: string) => text.split("<tbody>")[1]?.split("<tr>").slice(1) ?? [];

it("an empty registry says what to do", async () => {
  const { get } = await testPortal();
  expect((await get("/timeline")).text).toContain("Nothing was done yet");
});

it("shows who did what about which version, and its commit, newest first", async () => {
  const { get, tip } = await history();
  const rows = rowsOf((await get("/timeline")).text);
  expect(rows).toHaveLength(3);
  expect(rows[0]).toContain("Ada");
  expect(rows[0]).toContain('href="/m/penguins/v/1"');
  expect(rows[0]).toContain("production");
  expect(rows[0]).toContain((await tip()).slice(0, 10));
  expect(rows[2]).toContain("Eve");
});

it("finds by the words of slipway log", async () => {
  const { get } = await history();
  for (const [words, count] of [
    ["model=gulls", 1],
    ["by=EVE", 1],
    ["act=promote", 1],
    ["stage=Production", 1],
    ["version=1", 2],
    ["since=2020-01-01&until=2020-01-02", 0],
    ["model=penguins&act=create", 0],
  ] as const)
    expect(rowsOf((await get(`/timeline?${words}`)).text), words).toHaveLength(count);
});

it("leads back to all acts where none is found", async () => {
  const { get } = await history();
  expect((await get("/timeline?by=nobody")).text).toContain('<a href="/timeline">Show all acts</a>');
});

it("finds words in what was said", async () => {
  const { get, ports } = await history();
  const reason = "Buses count, too";
  await renameModel(ports, { model: "gulls", to: "terns", by: EVE, reason });
  const { text } = await get("/timeline?q=BUSES+too");
  expect(rowsOf(text)).toHaveLength(1);
  expect(text).toContain(reason);
});

it("finds the acts of a model by each name that it had", async () => {
  const { get, ports } = await history();
  await renameModel(ports, { model: "gulls", to: "terns", by: EVE });
  for (const name of ["gulls", "terns"]) expect(rowsOf((await get(`/timeline?model=${name}`)).text)).toHaveLength(2);
});

it("a page stays as it is while others write", async () => {
  const { get, ports, tip } = await history();
  const before = await tip();
  const page = rowsOf((await get(`/timeline?before=${before}`)).text);
  await editModel(ports, { model: "gulls", edit: { act: "tag", key: "a", value: "b" }, by: ADA });
  expect(rowsOf((await get(`/timeline?before=${before}`)).text)).toEqual(page);
  expect(page).toHaveLength(2);
});

it("leads on to what is older, fifty at a time", async () => {
  const { get, ports } = await testPortal();
  for (let n = 0; n < 52; n += 1) await createModel(ports, { name: `m${n}`, by: ADA });
  for (const words of ["", "by=ada"]) {
    const { text } = await get(`/timeline?${words}`);
    expect(rowsOf(text)).toHaveLength(50);
    const [, next = ""] = /rel="next" href="([^"]+)"/.exec(text) ?? [];
    const older = await get(next.replaceAll("&amp;", "&"));
    expect(rowsOf(older.text)).toHaveLength(2);
    expect(older.text).not.toContain('rel="next"');
  }
});

it("shows no commit of another branch as an act", async () => {
  const { get, ports } = await history();
  const main = await gitIn(ports.workspace.folder, "rev-parse", "main");
  for (const words of ["", "&by=ada"]) {
    const { text } = await get(`/timeline?before=${main}${words}`);
    expect(rowsOf(text)).toEqual([]);
    expect(text).toContain("no such commit on the branch registry");
  }
});

it("tells what cannot be asked beside what was typed", async () => {
  const { get } = await history();
  for (const [words, said] of [
    ["since=yesterday", "2026-03-01, 2026-03-01T09:00:00Z or 7d"],
    ["version=x", "a number from 1"],
    ["model=%3Cb%3E", "no such model"],
    ["before=HEAD", "the id of a commit"],
  ] as const) {
    const { status, text } = await get(`/timeline?${words}`);
    expect(status).toBe(200);
    expect(text).toContain(said);
  }
  expect((await get("/timeline?since=yesterday")).text).toContain('value="yesterday"');
});

it("markup in a reason, a name and a filter is text", async () => {
  const { get, ports } = await history();
  const evil = '<script>alert(1)</script>"><img src=x>\u202e';
  await renameModel(ports, { model: "gulls", to: "<i>terns", by: { ...EVE, name: "<b>Eve" }, reason: evil });
  const { text } = await get(`/timeline?q=${encodeURIComponent("<script>")}`);
  expect(rowsOf(text)).toHaveLength(1);
  for (const tag of ["<script>alert", "<img src=x", "<i>terns", "<b>Eve", "\u202e"]) expect(text).not.toContain(tag);
});

it("shows what was monitored beside what was decided", async () => {
  const { get, ports } = await history();
  await snoozeModel(ports, { model: "penguins", lasts: "7d", reason: "calibration", by: ADA });
  const rows = rowsOf((await get("/timeline?branch=monitoring&by=ada")).text);
  expect(rows).toHaveLength(1);
  expect(rows[0]).toContain("Snooze penguins for 7d");
});

it("downloads what the filters find, as slipway log writes it", async () => {
  const { get } = await history();
  const csv = await get("/timeline.csv?model=penguins");
  expect(csv.headers.get("content-disposition")).toContain('attachment; filename="timeline.csv"');
  expect(csv.text.split("\r\n")).toHaveLength(4);
  const lines = (await get("/timeline.jsonl?act=create")).text.trim().split("\n");
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ act: "create", model: "gulls", actor: EVE }]);
});

it("a reason is no formula in a spreadsheet", async () => {
  const { get, ports } = await history();
  await renameModel(ports, { model: "gulls", to: "terns", by: EVE, reason: '=HYPERLINK("https://evil.example")' });
  expect((await get("/timeline.csv?act=rename")).text).toContain(`"'=HYPERLINK(""https://evil.example"")"`);
});
