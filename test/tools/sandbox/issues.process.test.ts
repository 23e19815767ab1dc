import { expect, it } from "vitest";
import { openPull, openWorld, refusal } from "./world.ts";

it("keeps comments: written, edited by their author, deleted, each with its webhook", async () => {
  const world = await openWorld();
  const { ada, number } = await openPull(world);
  const { data } = await ada.rest.issues.createComment({ ...world.at, issue_number: number, body: "First" });
  const id = { ...world.at, comment_id: data.id };
  await ada.rest.issues.updateComment({ ...id, body: "Second" });
  expect((await ada.rest.issues.getComment(id)).data.body).toBe("Second");
  await ada.rest.issues.deleteComment(id);
  expect(await refusal(ada.rest.issues.getComment(id))).toMatchObject({ status: 404 });
  await world.sandbox.idle();
  const told = world.received.filter(({ event }) => event === "issue_comment").map(({ payload }) => payload);
  expect(told.map(({ action }) => action)).toEqual(["created", "edited", "deleted"]);
  expect(told[1].changes.body.from).toBe("First");
  expect(told[0].issue.pull_request.url).toContain(`/pulls/${number}`);
});

it("lets nobody edit another's comment without write access", async () => {
  const world = await openWorld();
  const { ada, number } = await openPull(world);
  const { data } = await ada.rest.issues.createComment({ ...world.at, issue_number: number, body: "Mine" });
  const edit = { ...world.at, comment_id: data.id, body: "Yours" };
  expect(await refusal(world.sandbox.octokit("eve").rest.issues.updateComment(edit))).toMatchObject({ status: 403 });
  expect((await world.sandbox.octokit("bob").rest.issues.updateComment(edit)).data).toMatchObject({
    body: "Yours",
    user: { login: "ada" },
  });
});

it("says which App wrote a comment", async () => {
  const world = await openWorld();
  const { number } = await openPull(world);
  const { data } = await world.asInstallation.rest.issues.createComment({
    ...world.at,
    issue_number: number,
    body: "Beep",
  });
  expect(data).toMatchObject({
    user: { login: "robot[bot]", type: "Bot" },
    performed_via_github_app: { id: world.app.id },
  });
});

it("pages comments with links, and lists those since a time", async () => {
  const ticks = { now: Date.parse("2026-11-25T10:00:00Z") };
  const clock = () => {
    ticks.now += 1000;
    return new Date(ticks.now);
  };
  const world = await openWorld({ clock });
  const { ada, number } = await openPull(world);
  const issue = { ...world.at, issue_number: number };
  for (const body of ["1", "2", "3", "4", "5"]) await ada.rest.issues.createComment({ ...issue, body });
  const page = await ada.rest.issues.listComments({ ...issue, per_page: 2, page: 2 });
  expect(page.data.map(({ body }) => body)).toEqual(["3", "4"]);
  expect(page.headers.link).toMatch(
    /page=1>; rel="prev".*page=3>; rel="next".*page=3>; rel="last".*page=1>; rel="first"/,
  );
  const all = await ada.paginate(ada.rest.issues.listComments, { ...issue, per_page: 2 });
  expect(all.map(({ body }) => body)).toEqual(["1", "2", "3", "4", "5"]);
  const { updated_at: since = "" } = all[3] ?? {};
  expect((await ada.rest.issues.listComments({ ...issue, since })).data.map(({ body }) => body)).toEqual(["4", "5"]);
  const newest = await ada.rest.issues.listCommentsForRepo({ ...world.at, sort: "updated", direction: "desc", since });
  expect(newest.data.map(({ body }) => body)).toEqual(["5", "4"]);
});

it("takes a comment of 65,536 characters, and neither a longer one nor a blank one", async () => {
  const world = await openWorld();
  const { ada, number } = await openPull(world);
  const write = (body: string) => ada.rest.issues.createComment({ ...world.at, issue_number: number, body });
  expect((await write("é".repeat(65_536))).status).toBe(201);
  expect(await refusal(write("é".repeat(65_537)))).toMatchObject({ status: 422 });
  expect(await refusal(write("  \n"))).toMatchObject({ status: 422 });
});

it("keeps one reaction of a kind from each person", async () => {
  const world = await openWorld();
  const { ada, number } = await openPull(world);
  const { data } = await ada.rest.issues.createComment({ ...world.at, issue_number: number, body: "/status" });
  const id = { ...world.at, comment_id: data.id };
  const react = (content: "eyes" | "rocket") =>
    world.asInstallation.rest.reactions.createForIssueComment({ ...id, content });
  expect([(await react("eyes")).status, (await react("eyes")).status, (await react("rocket")).status]).toEqual([
    201, 200, 201,
  ]);
  const { data: list } = await ada.rest.reactions.listForIssueComment(id);
  expect(list.map(({ content, user }) => [content, user?.login])).toEqual([
    ["eyes", "robot[bot]"],
    ["rocket", "robot[bot]"],
  ]);
  const [{ id: reaction_id = 0 } = {}] = list;
  await world.asInstallation.rest.reactions.deleteForIssueComment({ ...id, reaction_id });
  expect((await ada.rest.issues.getComment(id)).data.reactions).toMatchObject({ total_count: 1, rocket: 1, eyes: 0 });
});

it("keeps issues beside pull requests, in one row of numbers", async () => {
  const world = await openWorld();
  const { ada, number } = await openPull(world);
  const { data } = await ada.rest.issues.create({ ...world.at, title: "A drift", body: "Look" });
  expect(data.number).toBe(number + 1);
  await ada.rest.issues.update({ ...world.at, issue_number: data.number, state: "closed" });
  expect((await ada.rest.issues.listForRepo(world.at)).data.map((one) => one.number)).toEqual([number]);
  expect((await ada.rest.issues.get({ ...world.at, issue_number: data.number })).data.state).toBe("closed");
});

it("makes a label by its use, and lists issues by label and by who opened them", async () => {
  const world = await openWorld();
  const { asInstallation: robot, at } = world;
  const { data } = await robot.rest.issues.create({ ...at, title: "Beep", body: "Boop", labels: ["watch"] });
  await robot.rest.issues.create({ ...at, title: "Other" });
  await world.sandbox.octokit("ada").rest.issues.create({ ...at, title: "Mine", labels: ["watch"] });
  const listed = async (about: object) => {
    const found = await robot.rest.issues.listForRepo({ ...at, state: "all", ...about });
    return found.data.map(({ title }) => title);
  };
  expect(data.labels).toMatchObject([{ name: "watch" }]);
  expect(await listed({ labels: "Watch", creator: "robot[bot]" })).toEqual(["Beep"]);
  expect(await listed({ creator: "robot[bot]" })).toEqual(["Other", "Beep"]);
});

it("leaves out the labels that somebody without access wants", async () => {
  const world = await openWorld();
  const { data } = await world.sandbox.octokit("eve").rest.issues.create({ ...world.at, title: "Me", labels: ["big"] });
  expect(data.labels).toEqual([]);
});
