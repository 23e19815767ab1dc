import { expect, it } from "vitest";
import { PACKAGE_ROOT, slipway } from "../../../cli/memory-host.ts";
import { gitIn } from "../../../registry/repositories.ts";
import { testPortal } from "../server.ts";
import { FLOWERS, proposedFields, rows } from "./brought.ts";

const portalOf = (files: Record<string, string> = {}) => testPortal(files, { host: { packageRoot: PACKAGE_ROOT } });
type Portal = Awaited<ReturnType<typeof portalOf>>;

async function preview({ app, token, get }: Portal, text: string | Buffer, name = "flowers.csv", query = "") {
  const data = new FormData();
  data.append("token", token());
  data.append("file", new File([typeof text === "string" ? text : new Uint8Array(text)], name));
  const headers = { origin: "http://localhost", "sec-fetch-site": "same-origin" };
  const answer = await app.request("http://localhost/new", { method: "POST", body: data, headers });
  const location = answer.headers.get("location") ?? "";
  if (answer.status !== 303) return { status: answer.status, text: await answer.text(), location };
  return { ...(await get(`${location}${query}`)), location };
}

async function propose(portal: Portal, page: string, change: Record<string, string> = {}) {
  const { status, text } = await portal.send("/acts/propose-model", { ...proposedFields(page), ...change });
  const branch = /git merge (slipway\/new-[\w-]+)/.exec((await portal.get("/new")).text)?.[1] ?? "";
  return { status, text, branch };
}

it("asks for a table or a template", async () => {
  const { text, status } = await (await portalOf()).get("/new");
  expect(status).toBe(200);
  expect(text).toContain('enctype="multipart/form-data"');
  expect(text).toContain("scikit-learn");
});

it("shows what a table holds, what is guessed of it, and why its gates ask for what they do", async () => {
  const { text, location } = await preview(await portalOf(), FLOWERS);
  expect(location).toMatch(/^\/new\?csv=[0-9a-f]{64}&name=flowers$/);
  expect(text).toContain("200 rows of 3 columns in flowers.csv");
  expect(text).toContain("what is predicted");
  expect(text).toMatch(/Saying &quot;(?:big|small)&quot; for each row is right in/);
  expect(text).toContain("models/flowers/model.yaml");
});

it("what it proposes passes check and runs, as a class", async () => {
  const portal = await portalOf();
  const { text } = await preview(portal, FLOWERS);
  const { status, branch } = await propose(portal, text);
  expect(status).toBe(303);
  const { folder } = portal.ports.workspace;
  expect(await gitIn(folder, "diff", "--name-only", "main", branch)).toContain("models/flowers/data/rows.csv");
  await gitIn(folder, "switch", "--quiet", branch);
  expect(await slipway(["check"], { cwd: folder, env: process.env })).toMatchObject({ code: 0 });
  const run = await slipway(["run", "flowers", "--json"], { cwd: folder, env: process.env });
  expect(run.code).toBe(0);
  expect(run.stdout).not.toMatch(/"verdict": ?"(?:fail|inconclusive)"/);
}, 120_000);

it("a policy that asks for more than the guess is left to ask for it", async () => {
  const floors = {
    register: [{ metric: "accuracy", "at-least": 0.97 }],
    production: [{ metric: "accuracy", "at-least": 0.99 }],
  };
  const policy = JSON.stringify({ slipway: 1, metrics: { accuracy: { metric: "accuracy_score" } }, gates: floors });
  const portal = await portalOf({ "slipway.yaml": policy });
  const { text } = await preview(portal, FLOWERS);
  expect(text).toContain("left to it");
  const { status, text: refused } = await propose(portal, text);
  expect({ status, refused }).toMatchObject({ status: 303 });
});

it("what it proposes passes check and runs, as a number of a table with semicolons, odd names and missing values", async () => {
  const portal = await portalOf();
  const table = `\ufeff"Größe; m²";Größe; m²;yes;when;price\n`.replace("Größe; m²;yes", '"Größe, ""m²""";yes');
  const body = rows(
    300,
    (at, x, y) =>
      `${x},5;${at % 7 === 0 ? "NA" : y};${at % 2 === 0 ? "on" : "off"};${(at % 28) + 1}.0${(at % 9) + 1}.2024;${at % 50 === 0 ? "" : 3 * x + y}`,
  );
  const { text, status } = await preview(portal, `${table}${body}\n`, "Häuser & Co.csv");
  expect(status).toBe(200);
  expect(text).toContain("semicolons");
  const { status: proposed, branch, text: refused } = await propose(portal, text);
  expect({ proposed, refused }).toMatchObject({ proposed: 303 });
  const { folder } = portal.ports.workspace;
  await gitIn(folder, "switch", "--quiet", branch);
  const check = await slipway(["check"], { cwd: folder, env: process.env });
  expect(check).toMatchObject({ code: 0 });
  const run = await slipway(["run", "--json"], { cwd: folder, env: process.env });
  expect(run).toMatchObject({ code: 0 });
}, 120_000);

it("an edit of the spec is what is proposed, and a mistake in it is told with its line", async () => {
  const portal = await portalOf();
  const { text } = await preview(portal, FLOWERS);
  const path = "file:models/flowers/model.yaml";
  const spec = proposedFields(text)[path] ?? "";
  const wrong = await propose(portal, text, { [path]: spec.replace("task: classification", "task: clasification") });
  expect(wrong.status).toBe(422);
  expect(wrong.text).toContain("models/flowers/model.yaml:3");
  const { branch } = await propose(portal, text, { [path]: spec.replace("steps: 200", "steps: 20") });
  expect(await gitIn(portal.ports.workspace.folder, "show", `${branch}:models/flowers/model.yaml`)).toContain(
    "steps: 20\n",
  );
});

it("a form names no file of its own", async () => {
  const portal = await portalOf();
  const { text } = await preview(portal, FLOWERS);
  const { branch } = await propose(portal, text, { "file:slipway.yaml": "slipway: 1\n", "file:../../x": "x" });
  const names = await gitIn(portal.ports.workspace.folder, "diff", "--name-only", "main", branch);
  expect(names.split("\n").every((name) => name.startsWith("models/flowers/"))).toBe(true);
});

it("another label and task are chosen in the address", async () => {
  const { text } = await preview(
    await portalOf(),
    FLOWERS,
    "flowers.csv",
    "&label=Petal%20width%20(cm)&task=regression",
  );
  expect(text).toContain("task: regression");
  expect(text).toContain("label: &quot;Petal width (cm)&quot;");
});

it("a name that is taken is said so, and nothing can be proposed", async () => {
  const { text } = await preview(await portalOf({ "models/flowers/model.yaml": "slipway: 1\n" }), FLOWERS);
  expect(text).toContain("There is a model flowers already.");
  expect(text).not.toContain("/acts/propose-model");
});

it.each([
  ["an empty file", "", 400],
  ["a header alone", "a,b\n", 422],
  ["one column", `a\n${rows(50, (at) => String(at))}\n`, 422],
  ["a quote that is left open", 'a,b\n"1,2\n', 400],
])("%s is refused in words", async (_, text, status) => {
  const answer = await preview(await portalOf(), text);
  expect(answer.status).toBe(status);
  expect(answer.text).not.toContain("INTERNAL");
});

it("names and values with markup are text", async () => {
  const table = `<img src=x>,kind\n${rows(60, (at) => `${at},${at % 2 === 0 ? "<b>a</b>" : "c"}`)}\n`;
  const { text } = await preview(await portalOf(), table);
  expect(text).not.toContain("<img src=x>");
  expect(text).not.toContain("<b>a</b>");
});

it("another session does not see what this one brought", async () => {
  const portal = await portalOf();
  const { location } = await preview(portal, FLOWERS);
  const other = await testPortal(
    {},
    {
      ...{ on: portal.ports, host: { packageRoot: PACKAGE_ROOT } },
      visitor: { session: { id: "another", secret: Buffer.alloc(32, 9) } },
    },
  );
  const { status, text } = await other.get(location);
  expect(status).toBe(404);
  expect(text).toContain("not here any more");
});

it("a template comes with the files that the repository lacks", async () => {
  const portal = await portalOf({ "slipway.yaml": "slipway: 1\n" });
  const { text } = await portal.get("/new?template=rain&name=seattle");
  expect(text).toContain("models/seattle/model.yaml");
  const { branch } = await propose(portal, text);
  const { folder } = portal.ports.workspace;
  expect(await gitIn(folder, "show", `${branch}:slipway.yaml`)).toBe("slipway: 1");
  await gitIn(folder, "switch", "--quiet", branch);
  expect(await slipway(["check"], { cwd: folder, env: process.env })).toMatchObject({ code: 0 });
});
