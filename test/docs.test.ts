import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { COMMANDS } from "../cli/table/commands.ts";
import { GLOBAL_OPTIONS } from "../cli/table/global-options.ts";
import { COMPLETE } from "../cli/table/shell-commands.ts";
import { projectOf } from "./spec/builders.ts";

const ROOT = path.join(import.meta.dirname, "..");
const PAGES = [
  ".",
  "docs",
  "docs/decisions",
  "examples",
  ...readdirSync(path.join(ROOT, "examples")).map((name) => `examples/${name}`),
]
  .filter((folder) => statSync(path.join(ROOT, folder)).isDirectory())
  .flatMap((folder) => readdirSync(path.join(ROOT, folder)).map((name) => path.posix.join(folder, name)))
  .filter((page) => page.endsWith(".md"))
  .map((page) => ({ page, text: readFileSync(path.join(ROOT, page), "utf8") }));
const read = (page: string) => PAGES.find((each) => each.page === page)?.text ?? "";

const fences = (text: string, language: string) =>
  [...text.matchAll(/^```(\w*)\n(.*?)^```$/gms)]
    .filter((match) => match[1] === language)
    .map((match) => match[2] ?? "");
const withoutFences = (text: string) => text.replace(/^```.*?^```$/gms, "");

it.each(PAGES)("the links of $page lead somewhere", ({ page, text }) => {
  const links = [...withoutFences(text).matchAll(/\]\((?!https?:)([^)#\s]+)(?:#[^)]*)?\)/g)].map(
    (match) => match[1] ?? "",
  );
  expect(links.filter((link) => !existsSync(path.join(ROOT, path.dirname(page), link)))).toEqual([]);
});

it("the index names every page of docs/", () => {
  const index = read("docs/README.md");
  const pages = PAGES.map(({ page }) => page).filter(
    (page) => path.dirname(page) === "docs" && !page.endsWith("README.md"),
  );
  expect(pages.filter((page) => !index.includes(`(${path.basename(page)})`))).toEqual([]);
});

const SPECS = PAGES.flatMap(({ page, text }) =>
  fences(text, "yaml")
    .filter((block) => /^slipway: 1$/m.test(block) && /^task:/m.test(block))
    .map((block) => ({ page, block })),
);

it("whole specs stand on the pages that promise them", () => {
  expect(SPECS.map(({ page }) => page)).toEqual(expect.arrayContaining(["README.md", "docs/start.md", "docs/spec.md"]));
});

it.each(SPECS)("the whole spec on $page has no problem", async ({ block }) => {
  const { problems, warnings } = await projectOf({ "models/example/model.yaml": block });
  expect([...problems, ...warnings]).toEqual([]);
});

it.each(PAGES)("the commands on $page exist, with their options", ({ text }) => {
  const lines = [
    ...["", "sh"].flatMap((language) => fences(text, language)).flatMap((block) => block.split("\n")),
    ...[...withoutFences(text).matchAll(/`(slipway [^`]+)`/g)].map((match) => match[1] ?? ""),
  ];
  const typed = lines.flatMap((line) => [
    ...line.replace(/ #.*/, "").matchAll(/\bslipway ([a-z]+(?:-[a-z]+)*)([^|&;)]*)/g),
  ]);
  const wrong = typed.flatMap(([whole, name, rest = ""]) => {
    const command = [...COMMANDS, COMPLETE].find((each) => each.name === name);
    if (command === undefined) return [whole];
    const known = [...command.options, ...GLOBAL_OPTIONS].flatMap(
      ({ flags }) => flags.match(/--?[a-zA-Z][a-z-]*/g) ?? [],
    );
    const used = rest.match(/(?<=\s)--?[a-zA-Z][a-z-]*/g) ?? [];
    return used.filter((flag) => flag !== "--help" && !known.includes(flag)).map((flag) => `${whole}: ${flag}`);
  });
  expect(wrong).toEqual([]);
});

it.each(COMMANDS)("docs/cli.md tells the arguments and options of $name", ({ name, options }) => {
  const row = read("docs/cli.md")
    .split("\n")
    .find((line) => new RegExp(`^\\| \`${name}[ \`]`).test(line));
  const told = row?.match(/(?<=`)--[a-z-]+/g) ?? [];
  expect(told.sort()).toEqual(options.map(({ flags }) => flags.split(" ")[0]).sort());
});
