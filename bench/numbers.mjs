// Numbers as people read them, and what stands in the middle of several.

export function number(value) {
  const digits = Number.isInteger(value) || Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

export const counted = (count, noun) => `${count} ${noun}${count === 1 ? '' : 's'}`;

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2;
}

// { part: { figure: [a round's value, ...] } } to { part: { figure: median } }.
export const mediansOf = (figures) => Object.fromEntries(Object.entries(figures).map(([part, rows]) =>
  [part, Object.fromEntries(Object.entries(rows).map(([name, values]) => [name, median(values)]))]));
