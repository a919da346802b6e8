// What a trend chart says of one day: the total first, each customer status, the day before, the day it is compared with.
const LONG = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
const long = (day) => LONG.format(new Date(day)).replace(",", "");

// Built as nodes: a style attribute inside a string of HTML would be refused by the content security policy.
export function tip({ days, series, totals, before, counts, today }, index, metric, alone) {
  const box = document.createElement("dl");
  const head = document.createElement("dt");
  head.textContent = long(days[index]) + (days[index] === today ? ", so far" : "");
  box.append(head);
  const isEmpty = counts && !counts[index];
  if (isEmpty) line(box, "No orders");
  const one = alone === undefined ? null : series[alone];
  const sums = one ? one.values[metric.key] : totals?.[metric.key];
  if (!one && sums && !isEmpty) line(box, "Total", figure(sums[index], metric), "trend-total");
  for (const each of one ? [one] : series) {
    const value = each.values[metric.key][index];
    if (Number(value) || (one && !isEmpty)) line(box, each.status, figure(value, metric), `status status-${each.slug}`);
  }
  if (sums && index > 0) line(box, "The day before", figure(sums[index - 1], metric), "muted");
  const compared = one ? before?.series[alone] : before?.values;
  if (compared?.[metric.key][index] !== undefined) {
    line(box, long(before.days[index]), figure(compared[metric.key][index], metric), "muted");
  }
  return box;
}

function line(box, words, figure = "", looks = "muted") {
  const row = document.createElement("dd");
  row.className = looks;
  const bold = document.createElement("b");
  bold.textContent = figure;
  row.append(`${words} `, bold);
  box.append(row);
}

function figure(value, { digits, sign }) {
  const words = new Intl.NumberFormat("en-GB", { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(Math.abs(value));
  return `${value < 0 ? "−" : ""}${sign ?? ""}${words}`;
}
