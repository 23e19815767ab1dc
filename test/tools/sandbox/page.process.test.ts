import { expect, it } from "vitest";
import { openPull, openWorld } from "./world.ts";

const text = async (url: string) => (await fetch(url)).text();

it("shows a pull request: title, branches, commits, checks with their details, comments, deployments", async () => {
  const world = await openWorld();
  const { ada, number, head } = await openPull(world);
  await ada.rest.issues.createComment({
    ...world.at,
    issue_number: number,
    body: "| a | b |\n|---|---|\n| **1** | 2 |",
  });
  await world.asInstallation.rest.checks.create({
    ...world.at,
    name: "robot",
    head_sha: head,
    conclusion: "failure",
    output: {
      title: "Too low",
      summary: "It is `0.7`",
      annotations: [{ path: "models/a.txt", start_line: 3, end_line: 3, annotation_level: "failure", message: "Here" }],
    },
    actions: [{ label: "Approve", description: "Says yes", identifier: "approve" }],
  });
  await ada.rest.repos.createDeployment({ ...world.at, ref: "main", environment: "staging", required_contexts: [] });
  const page = await text(`${world.sandbox.url}/acme/models/pull/${number}`);
  for (const part of [
    "The change",
    "<code>change</code> into <code>main</code>",
    "Change change",
    "Too low",
    "<code>0.7</code>",
    "models/a.txt:3",
    "Approve",
    "<td><strong>1</strong></td>",
    "staging",
    "A stand-in for GitHub",
  ]) {
    expect(page).toContain(part);
  }
  expect(await text(`${world.sandbox.url}/acme/models`)).toContain(`/acme/models/pull/${number}`);
});

it("runs nothing that somebody wrote, and lets nothing out", async () => {
  const world = await openWorld();
  const { ada, number } = await openPull(world, { "models/a.txt": "2\n" }, "a<b>&c");
  const evil = [
    "<script>alert(1)</script><img src=x onerror=alert(1)><a href='javascript:alert(1)'>x</a>",
    "<iframe src='//evil'></iframe><form action='//evil'><button>x</button></form><p style='position:fixed' class='stand-in'>p</p>",
    "![x](data:image/png;base64,AAAA) <img src='//evil/x.png'> <svg onload=alert(1)></svg><!-- hidden -->",
  ].join("\n\n");
  await ada.rest.issues.createComment({ ...world.at, issue_number: number, body: evil });
  await ada.rest.pulls.update({ ...world.at, pull_number: number, title: "<script>title</script>", body: evil });
  const answer = await fetch(`${world.sandbox.url}/acme/models/pull/${number}`);
  expect(answer.headers.get("content-security-policy")).toContain("default-src 'none'");
  const page = await answer.text();
  expect(page).not.toMatch(/<script|onerror|javascript:|<iframe|<form|<button|style=|data:|\/\/evil|<svg|hidden|<b>&c/);
  expect(page.match(/class="stand-in"/g)).toHaveLength(1);
  expect(page).toContain("&lt;script&gt;title");
});

it("keeps what GitHub keeps: folded details, pictures of a branch", async () => {
  const world = await openWorld();
  const { ada, number, clone } = await openPull(world);
  await clone.git("checkout", "-q", "-b", "charts/one");
  await clone.commit({
    "plot one.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
    "page.html": "<script>1</script>",
  });
  await clone.git("push", "-q", "origin", "charts/one");
  const url = `${world.sandbox.url}/acme/models/raw/charts/one/plot%20one.svg`;
  const body = `<details open><summary>More</summary>\n\n![plot](${url})\n\n</details>\n\nline\nline`;
  await ada.rest.issues.createComment({ ...world.at, issue_number: number, body });
  const page = await text(`${world.sandbox.url}/acme/models/pull/${number}`);
  expect(page).toContain("<details open><summary>More</summary>");
  expect(page).toContain(`<img src="${url}" alt="plot" />`);
  expect(page).toContain("line<br />line");
  const picture = await fetch(url);
  expect(picture.headers.get("content-type")).toBe("image/svg+xml");
  expect(picture.headers.get("content-security-policy")).toContain("sandbox");
  const blob = await fetch(`${world.sandbox.url}/acme/models/blob/charts/one/page.html?raw=true`);
  expect(blob.headers.get("content-type")).toContain("text/plain");
  expect((await fetch(`${world.sandbox.url}/acme/models/raw/main/nothing`)).status).toBe(404);
});
