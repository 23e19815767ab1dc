/*
 * Colours by role. Each light colour is written as no other role's, as the dark theme finds a shape by its colour.
 * Series follow Okabe and Ito (2008), told apart by colour-blind readers; shapes and dashes differ besides.
 */
export const LIGHT = {
  background: "#ffffff",
  text: "#1f2328",
  muted: "#59636e",
  grid: "#e4e8ec",
  first: "#0072b2",
  second: "#d55e00",
  third: "#007a5a",
  fourth: "#a3467f",
  fifth: "#8a6100",
  sixth: "#3f6f91",
  level0: "#eef2f6",
  level1: "#d3e4f2",
  level2: "#f9d3ae",
  level3: "#ee9a55",
  level4: "#c2500f",
} as const;

export const DARK: Record<keyof typeof LIGHT, string> = {
  background: "#0d1117",
  text: "#f0f6fc",
  muted: "#9198a1",
  grid: "#262c36",
  first: "#56b4e9",
  second: "#ff8c42",
  third: "#2fc59a",
  fourth: "#e39ac8",
  fifth: "#f0c03e",
  sixth: "#9cc3de",
  level0: "#1b222b",
  level1: "#20405c",
  level2: "#5d3d1c",
  level3: "#8a4d18",
  level4: "#c8641a",
};

/** From nothing to much; between the second and the third lies what counts. */
export const LEVELS = [LIGHT.level0, LIGHT.level1, LIGHT.level2, LIGHT.level3, LIGHT.level4] as const;

/** Series in order; after six they begin again with another dash. */
export const SERIES = [LIGHT.first, LIGHT.second, LIGHT.third, LIGHT.fourth, LIGHT.fifth, LIGHT.sixth] as const;
const DASHES = ["solid", "dashed", "dotted"] as const;
const SHAPES = ["circle", "rect", "triangle", "diamond"] as const;

export function seriesStyle(index: number) {
  return {
    colour: SERIES[index % SERIES.length] ?? LIGHT.first,
    dash: DASHES[index % DASHES.length] ?? "solid",
    shape: SHAPES[index % SHAPES.length] ?? "circle",
  };
}
