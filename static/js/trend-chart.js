// <trend-chart>: bars or lines by customer status, drawn from the JSON beside it; metric and kind change without a
// reload. Only the drawing uses floating point: every figure that is shown as text comes from the server.
import { init } from "../vendor/echarts-6.1.0.esm.min.js";
import { tip } from "./trend-tip.js";

const SHORT = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
const COMPACT = new Intl.NumberFormat("en-GB", { notation: "compact" });
const FEW = 10; // days that are all labelled; of more, Mondays are
const HATCH = { symbol: "rect", dashArrayX: [1, 0], dashArrayY: [2, 3], rotation: -Math.PI / 4 };
const weekday = (day) => new Date(day).getUTCDay();

class TrendChart extends HTMLElement {
  connectedCallback() {
    this.data = JSON.parse(this.querySelector("script[type='application/json']").textContent);
    this.canvas = this.querySelector("[data-canvas]");
    this.chart = init(this.canvas, null, { renderer: "svg" });
    this.redraw = () => this.draw();
    this.resized = new ResizeObserver(() => this.chart.resize());
    this.resized.observe(this.canvas);
    this.themed = new MutationObserver(this.redraw);
    this.themed.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    this.dark = matchMedia("(prefers-color-scheme: dark)");
    this.dark.addEventListener("change", this.redraw);
    this.addEventListener("change", this.redraw);
    this.addEventListener("click", this.onClick);
    // The whole height of a day leads to its actions, however low its bar is.
    this.chart.getZr().on("click", ({ offsetX, offsetY }) => this.open(this.dayAt(offsetX, offsetY)));
    this.chart.getZr().on("mousemove", (event) => this.chart.getZr().setCursorStyle(this.address(this.dayAt(event.offsetX, event.offsetY)) ? "pointer" : "default"));
    this.draw();
  }

  disconnectedCallback() {
    this.resized.disconnect();
    this.themed.disconnect();
    this.dark.removeEventListener("change", this.redraw);
    this.removeEventListener("change", this.redraw);
    this.removeEventListener("click", this.onClick);
    this.chart.dispose();
  }

  // A status alone; the same again, and all are back.
  onClick({ target }) {
    const chosen = target.closest("[data-series]");
    if (!chosen) return;
    const wasAlone = chosen.ariaPressed === "true";
    for (const each of this.querySelectorAll("[data-series]")) each.ariaPressed = each === chosen && !wasAlone;
    this.draw();
  }

  dayAt(x, y) {
    if (!this.chart.containPixel("grid", [x, y])) return -1;
    return this.chart.convertFromPixel({ xAxisIndex: 0 }, x);
  }

  // The list of actions of a day, of the status that stands alone if one does; nothing where there is no order.
  address(index) {
    const { days, counts, url, series } = this.data;
    if (!url || !counts?.[index]) return "";
    return (series[this.alone]?.url ?? url).replaceAll("{day}", days[index]);
  }

  open(index) {
    const address = this.address(index);
    if (address) location.assign(address);
  }

  get alone() {
    return this.querySelector("[data-series][aria-pressed='true']")?.dataset.series;
  }

  get metric() {
    const key = this.querySelector("[data-metric]:checked")?.value;
    return this.data.metrics.find((one) => one.key === key) ?? this.data.metrics[0];
  }

  // A token may be light-dark(…), which only a used property resolves.
  colour(token) {
    this.canvas.style.color = `var(${token})`;
    const found = getComputedStyle(this.canvas).color;
    this.canvas.style.color = "";
    return found;
  }

  draw() {
    const { metric } = this;
    this.kind = this.querySelector("[data-kind]:checked")?.value ?? "bar";
    this.querySelector("[data-metric-words]").textContent = `${metric.label} by day${metric.unit ? `, ${metric.unit}` : ""}`;
    for (const each of this.querySelectorAll("[data-total]")) each.textContent = this.totals(each.dataset.total)?.[metric.key] ?? "";
    this.chart.setOption(this.options(metric), { notMerge: true });
  }

  totals(name) {
    return name === "before" ? this.data.before.totals : this.data.series[name].totals;
  }

  options(metric) {
    const { days } = this.data;
    const axis = { color: this.colour("--text-3"), fontSize: 12, fontFamily: "inherit" };
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const labelled = days.length <= FEW ? days : days.filter((day) => weekday(day) === 1);
    return {
      animation: !still,
      animationDuration: 150,
      animationDurationUpdate: 150,
      grid: { left: 4, right: 4, top: 12, bottom: 4, containLabel: true },
      xAxis: {
        type: "category",
        data: days,
        axisTick: { show: false },
        axisLine: { lineStyle: { color: this.colour("--line-input") } },
        axisLabel: { ...axis, interval: (_, day) => labelled.includes(day), formatter: (day) => SHORT.format(new Date(day)), hideOverlap: true },
        splitArea: { show: true, interval: 0, areaStyle: { color: days.map((day) => (weekday(day) % 6 ? "transparent" : this.colour("--hover"))) } },
      },
      yAxis: {
        type: "value",
        minInterval: metric.digits ? 0 : 1,
        splitNumber: this.canvas.clientHeight < 200 ? 2 : 5,
        splitLine: { lineStyle: { color: this.colour("--line") } },
        axisLabel: { ...axis, formatter: (value) => `${value < 0 ? "−" : ""}${metric.sign ?? ""}${COMPACT.format(Math.abs(value))}` },
      },
      tooltip: {
        trigger: "axis",
        className: "trend-tip",
        backgroundColor: this.colour("--raised"),
        borderColor: this.colour("--line"),
        padding: 0,
        transitionDuration: 0,
        axisPointer: { type: this.kind === "bar" ? "shadow" : "line", shadowStyle: { color: this.colour("--text"), opacity: 0.06 } },
        formatter: ([{ dataIndex }]) => tip(this.data, dataIndex, metric, this.alone),
        position: (point, points, box, _, size) => this.beside(points[0].dataIndex, size),
      },
      series: [...this.lines(metric), ...this.marks(metric)],
    };
  }

  lines(metric) {
    const { days, series, today } = this.data;
    const bars = this.kind === "bar";
    const surface = this.colour("--surface");
    return series.map((line, index) => {
      const color = this.colour(`--chart-${line.slug}`);
      const hatched = { decal: { ...HATCH, color: surface } };
      return {
        name: line.status,
        type: this.kind,
        stack: bars && metric.stack !== false ? "all" : undefined,
        data: line.values[metric.key].map((value, place) => {
          const isShown = (this.alone ?? String(index)) === String(index) && (!bars || Number(value));
          const shown = isShown ? Number(value) : null;
          return { value: shown, itemStyle: days[place] === today ? hatched : undefined };
        }),
        // A border of the surface's colour lies within each of two neighbours: 1 px between them.
        itemStyle: { color, ...(bars && { borderColor: surface, borderWidth: 0.5 }) },
        lineStyle: { width: 2 },
        symbol: "circle",
        symbolSize: 5,
        showSymbol: days.length <= 31,
        barMaxWidth: 28,
        emphasis: { disabled: true },
      };
    });
  }

  // What is not a status: the same day of the comparison, and a circle where nothing was ordered.
  marks(metric) {
    const { days, before, counts } = this.data;
    const mark = { type: "line", silent: true, animation: false, showSymbol: true, lineStyle: { opacity: 0 }, emphasis: { disabled: true, scale: false } };
    const found = [];
    const empty = days.filter((_, place) => counts && !counts[place]).map((day) => [day, 0]);
    if (empty.length) {
      found.push({ ...mark, data: empty, symbol: "circle", symbolSize: 5, symbolOffset: [0, -6], itemStyle: { color: "transparent", borderColor: this.colour("--text-3"), borderWidth: 1 } });
    }
    if (!before) return found;
    const values = this.alone === undefined ? before.values[metric.key] : before.series[this.alone][metric.key];
    const data = days.map((day, place) => [day, Number(values[place]) || null]);
    const color = this.colour("--chart-before");
    if (this.kind === "line") {
      return [...found, { ...mark, data, symbol: "none", lineStyle: { color, width: 1.5, type: [4, 3] } }];
    }
    const width = Math.min(28, (this.canvas.clientWidth / days.length) * 0.8);
    const outline = { borderColor: this.colour("--surface"), borderWidth: 1 };
    return [...found, { ...mark, z: 3, data, symbol: "rect", symbolSize: [width, 4], itemStyle: { color, ...outline } }];
  }

  // Beside the day, and where there is no room for that, above the drawing: never over the bar that it speaks of.
  beside(index, { contentSize: [width, height], viewSize: [whole] }) {
    const middle = this.chart.convertToPixel({ xAxisIndex: 0 }, index);
    const half = whole / this.data.days.length / 2 + 8;
    if (middle + half + width <= whole) return [middle + half, 8];
    if (middle - half - width >= 0) return [middle - half - width, 8];
    return [Math.max(0, Math.min(whole - width, middle - width / 2)), -height - 8];
  }
}
customElements.define("trend-chart", TrendChart);
