import { axis, belowLegend, chartSvg, chartText, drawablePoints, legend } from "./chart-svg.ts";
import { type Curve, distinct } from "./curve-charts.ts";
import { LIGHT, seriesStyle } from "./palette.ts";

const MOST_POINTS = 200;
const MOST_CURVES = 12;
const MOST_PANELS = 3;
const PANEL = 220;

/**
 * Training curves by step (x). Curves whose names end alike (loss, val_loss, train/loss) share a panel and so a scale;
 * what else was logged stands below, at most three panels.
 */
export function trainingCurvesChart(curves: readonly Curve[], title = "Training curves"): string {
  const panels = [...byLastWord(curves)].slice(0, MOST_PANELS);
  const shown = panels
    .flatMap(([, members], panel) => members.map((curve) => ({ curve, panel })))
    .slice(0, MOST_CURVES);
  const labels = distinct(shown.map(({ curve }) => chartText(curve.name)));
  const top = belowLegend(labels) + 4;
  const rest = curves.length - shown.length;
  return chartSvg(
    {
      title,
      subtitle: `What training logged at each step.${rest === 0 ? "" : ` ${rest} more are not shown.`}`,
      height: top + PANEL * Math.max(1, panels.length) + 16,
    },
    {
      legend: legend(labels),
      grid: panels.map((_, index) => ({ left: 76, right: 24, top: top + index * PANEL, height: PANEL - 72 })),
      xAxis: panels.map((_, gridIndex) =>
        axis("Step", { type: "value", gridIndex, min: "dataMin", max: "dataMax", nameGap: 26 }),
      ),
      yAxis: panels.map(([name], gridIndex) => axis(name, { type: "value", gridIndex, scale: true, nameGap: 52 })),
      series: shown.map(({ curve, panel }, index) => {
        const { colour, dash, shape } = seriesStyle(index);
        return {
          type: "line",
          name: labels[index],
          xAxisIndex: panel,
          yAxisIndex: panel,
          data: drawablePoints(curve.x, curve.y, MOST_POINTS),
          symbol: curve.x.length > 30 ? "none" : shape,
          symbolSize: 6,
          silent: true,
          lineStyle: { color: colour, type: dash, width: 2 },
          itemStyle: { color: colour, borderColor: LIGHT.background },
        };
      }),
    },
  );
}

function byLastWord(curves: readonly Curve[]): Map<string, Curve[]> {
  const panels = new Map<string, Curve[]>();
  for (const curve of curves) {
    const word = curve.name.split(/[^A-Za-z0-9]+/).findLast((each) => each !== "") ?? curve.name;
    panels.set(word, [...(panels.get(word) ?? []), curve]);
  }
  return panels;
}
