import { expect, it, onTestFinished, vi } from "vitest";
import { colorsFor } from "../../cli/colors.ts";
import { createProgress } from "../../cli/progress.ts";

function memory(about: { isTTY?: boolean; columns?: number; quiet?: boolean } = {}) {
  const written: string[] = [];
  let time = 0;
  const stream = { write: (text: string) => written.push(text), ...about };
  const progress = createProgress({
    stream,
    colors: colorsFor({}, {}, true),
    quiet: about.quiet ?? false,
    now: () => time,
  });
  const wait = (milliseconds: number) => {
    time += milliseconds;
  };
  return { progress, wait, text: () => written.join("") };
}

/** The same on a clock that timers go by. */
function ticking() {
  vi.useFakeTimers();
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const { wait, ...rest } = memory();
  const pass = (milliseconds: number) => {
    wait(milliseconds);
    vi.advanceTimersByTime(milliseconds);
  };
  return { ...rest, pass };
}

it("says when a step starts, and how long it took", () => {
  const { progress, wait, text } = memory();
  const step = progress.start("train");
  wait(3_240);
  step.done("241 rows");
  expect(text()).toBe("… train\n✓ train 3.2 s · 241 rows\n");
});

it("says in a log that a quiet step goes on, and for how long, until it ends", () => {
  const { progress, pass, text } = ticking();
  const step = progress.start("setup");
  for (let second = 0; second < 7; second++) pass(1_000);
  progress.output("installing\n");
  for (let second = 0; second < 6; second++) pass(1_000);
  step.done();
  pass(60_000);
  expect(text()).toBe("… setup\n… setup 5.0 s\ninstalling\n… setup 12.0 s\n✓ setup 13.0 s\n");
});

it("says in a log how many bytes of a transfer went by if it lasts, and nothing of a short one", () => {
  const { progress, pass, text } = ticking();
  const short = progress.transfer("storing");
  short.moved({ done: 10, total: 10 });
  short.end();
  const { moved, end } = progress.transfer("fetching");
  for (let second = 1; second <= 12; second++) {
    moved({ done: second * 100e6, total: 2e9 });
    pass(1_000);
  }
  end();
  pass(60_000);
  expect(text()).toBe("… fetching 500 MB of 2 GB 5.0 s\n… fetching 1 GB of 2 GB 10.0 s\n");
});

it("shows on a terminal how many bytes of a transfer went by, beside its step, and takes it back", () => {
  const { progress, text } = memory({ isTTY: true, columns: 80 });
  const step = progress.start("pull penguins");
  const { moved, end } = progress.transfer("fetching");
  moved({ done: 312_000_000, total: 2_000_000_000 });
  expect(text()).toContain("pull penguins 0.0 s · fetching 312 MB of 2 GB 0.0 s");
  end();
  moved({ done: 2_000_000_000, total: 2_000_000_000 });
  step.done();
  expect(text().split("✓ pull penguins 0.0 s\n")[1]).not.toContain("fetching");
  expect(text().endsWith("\r\u001b[2K")).toBe(true);
});

it("shows a transfer whose size nobody knows", () => {
  const { progress, text } = memory({ isTTY: true, columns: 80 });
  progress.transfer("fetching").moved({ done: 5_000 });
  expect(text()).toContain("fetching 5 kB 0.0 s");
});

it("tells several models apart", () => {
  const { progress, wait, text } = memory();
  const one = progress.start("train", "penguins");
  const two = progress.start("train", "diabetes");
  wait(100);
  two.fail();
  one.done();
  expect(text().split("\n")).toEqual([
    "penguins │ … train",
    "diabetes │ … train",
    "diabetes │ ✗ train 0.1 s",
    "penguins │ ✓ train 0.1 s",
    "",
  ]);
});

it("tells a step's end once", () => {
  const { progress, text } = memory();
  const step = progress.start("train");
  step.done();
  step.fail();
  expect(text()).not.toContain("✗");
});

it("shows user code's output by whole lines, whatever the pieces it came in, and the rest at the end", () => {
  const { progress, text } = memory();
  for (const piece of ["epoch", " 1\nepo", "ch 2\r", "\nlast"]) progress.output(piece, "m");
  expect(text()).toBe("m │ epoch 1\nm │ epoch 2\n");
  progress.close();
  expect(text()).toBe("m │ epoch 1\nm │ epoch 2\nm │ last\n");
});

it("lets user code's output neither clear the screen nor fill the memory with one line", () => {
  const { progress, text } = memory();
  progress.output("\u001b[2Jhello\n");
  for (let piece = 0; piece < 1_000; piece++) progress.output("x".repeat(1_000));
  progress.close();
  expect(text()).toMatch(/^hello\nx{2000}…/);
  expect(text().length).toBeLessThan(5_000);
});

it("draws one row on a terminal, never wider than it, and takes it back", () => {
  const { progress, text } = memory({ isTTY: true, columns: 20 });
  const step = progress.start("a step with a long name", "model");
  const drawn = text().replace("\r\u001b[2K", "");
  expect(drawn.length).toBeLessThan(20);
  step.done();
  expect(text()).toContain("\r\u001b[2Kmodel │ ✓ a step with a long name");
  expect(text().endsWith("\r\u001b[2K")).toBe(true);
});

it("is silent where it is asked to be", () => {
  const { progress, text } = memory({ quiet: true });
  progress.start("train").done();
  progress.transfer("fetching").moved({ done: 1, total: 2 });
  progress.note("a note");
  progress.output("line\n");
  progress.close();
  expect(text()).toBe("");
});
