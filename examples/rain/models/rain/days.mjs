import { readFileSync } from "node:fs";

/** Rows of a CSV file as objects of texts. No field of these data has a comma or a quote. */
export function readDays(file) {
  const [head, ...lines] = readFileSync(file, "utf8").trimEnd().split("\n");
  const names = head.split(",");
  return lines.map((line) => Object.fromEntries(line.split(",").map((text, at) => [names[at], text])));
}

/** A day as numbers. A root, since the step from 0 to 5 mm says more than that from 20 to 25. */
export const toNumbers = (day) => [
  Math.sqrt(Number(day.precipitation)),
  Number(day.temp_max),
  Number(day.temp_min),
  Number(day.wind),
];

/** How likely it rains tomorrow, by what train.mjs found. */
export function chanceOfRain({ means, deviations, weights }, day) {
  const [constant, ...slopes] = weights;
  const score = toNumbers(day).reduce(
    (sum, value, at) => sum + (slopes[at] * (value - means[at])) / deviations[at],
    constant,
  );
  return 1 / (1 + Math.exp(-score));
}

/** What predict.mjs writes, and serve.mjs answers, for each day. */
export function forecast(model, days) {
  return days.map((day) => {
    const rain = chanceOfRain(model, day);
    return { prediction: rain > 0.5 ? "rain" : "dry", proba_dry: 1 - rain, proba_rain: rain };
  });
}
