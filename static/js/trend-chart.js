// <trend-chart>: bars or lines by customer status, drawn from the JSON beside it; metric and kind change without a
// reload. Only the drawing uses floating point: every figure that is shown as text comes from the server.
import { init } from "../vendor/echarts-6.1.0.esm.min.js";

const SHORT = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
const LONG = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
const COMPACT = new Intl.NumberFormat("en-GB", { notation: "compact" });

class TrendChart extends HTMLElement {
  connectedCallback() {
    this.data = JSON.parse(this.querySelector("script[type='application/json']").textContent);
    this.chart = init(this.querySelector("[data-canvas]"), null, { renderer: "svg" });
    this.redraw = () => this.draw();
    this.resized = new ResizeObserver(() => this.chart.resize());
    this.resized.observe(this.querySelector("[data-canvas]"));
    this.themed = new MutationObserver(this.redraw);
    this.themed.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    this.dark = matchMedia("(prefers-color-scheme: dark)");
    this.dark.addEventListener("change", this.redraw);
    this.addEventListener("change", this.redraw);
    this.draw();
  }

  disconnectedCallback() {
    this.resized.disconnect();
    this.themed.disconnect();
    this.dark.removeEventListener("change", this.redraw);
    this.chart.dispose();
  }

  // A token may be light-dark(…), which only a used property resolves.
  colour(token) {
    const probe = this.querySelector("[data-canvas]");
    probe.style.color = `var(${token})`;
    const found = getComputedStyle(probe).color;
    probe.style.color = "";
    return found;
  }

  draw() {
    const { days, metrics, series } = this.data;
    const key = this.querySelector("[data-metric]:checked")?.value;
    const metric = metrics.find((one) => one.key === key) ?? metrics[0];
    const kind = this.querySelector("[data-kind]:checked")?.value ?? "bar";
    const axis = { color: this.colour("--text-3"), fontSize: 12, fontFamily: "inherit" };
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.querySelector("[data-metric-words]").textContent = `${metric.label} by day${metric.unit ? `, ${metric.unit}` : ""}`;
    series.forEach((line, index) => (this.querySelector(`[data-total="${index}"]`).textContent = line.totals?.[metric.key] ?? ""));
    this.chart.setOption(
      {
        animation: !still,
        animationDuration: 150,
        animationDurationUpdate: 150,
        grid: { left: 4, right: 4, top: 12, bottom: 4, containLabel: true },
        xAxis: {
          type: "category",
          data: days,
          boundaryGap: kind === "bar",
          axisTick: { show: false },
          axisLine: { lineStyle: { color: this.colour("--line-input") } },
          axisLabel: { ...axis, formatter: (day) => SHORT.format(new Date(day)), hideOverlap: true },
        },
        yAxis: {
          type: "value",
          minInterval: metric.digits ? 0 : 1,
          splitLine: { lineStyle: { color: this.colour("--line") } },
          axisLabel: { ...axis, formatter: (value) => COMPACT.format(value) },
        },
        tooltip: {
          trigger: "axis",
          confine: true,
          className: "trend-tip",
          backgroundColor: this.colour("--raised"),
          borderColor: this.colour("--line"),
          padding: 0,
          axisPointer: { type: kind === "bar" ? "shadow" : "line", shadowStyle: { color: this.colour("--hover") } },
          formatter: (points) => this.tip(points, metric),
        },
        series: series.map((line) => ({
          name: line.status,
          type: kind,
          stack: kind === "bar" && metric.stack !== false ? "all" : undefined,
          data: line.values[metric.key].map(Number),
          itemStyle: { color: this.colour(`--chart-${line.slug}`) },
          lineStyle: { width: 2 },
          symbol: "circle",
          symbolSize: 5,
          showSymbol: days.length <= 31,
          barMaxWidth: 28,
          emphasis: { disabled: true },
        })),
      },
      { notMerge: true },
    );
  }

  // Built as nodes: a style attribute inside a string of HTML would be refused by the content security policy.
  tip(points, metric) {
    const box = document.createElement("dl");
    const head = document.createElement("dt");
    head.textContent = LONG.format(new Date(points[0].axisValue));
    box.append(head);
    for (const point of points) {
      const line = this.data.series[point.seriesIndex];
      const row = document.createElement("dd");
      row.className = `status status-${line.slug}`;
      const figure = document.createElement("b");
      figure.textContent = this.figure(line.values[metric.key][point.dataIndex], metric);
      row.append(`${line.status} `, figure);
      box.append(row);
    }
    return box;
  }

  figure(value, { digits, unit }) {
    const words = new Intl.NumberFormat("en-GB", { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
    return unit ? `${words} ${unit}` : words;
  }
}
customElements.define("trend-chart", TrendChart);
